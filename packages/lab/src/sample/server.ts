import { createServer, type Server } from 'node:http';
import type { Arm } from '../arms/contract.js';
import type { SampleBooks } from './books.js';
import type { RunnerChannel } from './channel.js';
import { flushArm } from './flush.js';
import { startMemoryWatch } from './memory-watch.js';
import { createPayload } from './payload.js';
import type { SampleResult, ServerTask } from './protocol.js';
import { startTimedStallProbe } from './stall-probe.js';
import { createTracedWork, SPANS_PER_TRACE } from './traced-work.js';
import { cpuPerSecond, openInstruments, threadsOf } from './window.js';

/** Short beside the stalls that matter (10 ms and more), long enough to cost little. */
const STALL_PROBE_PERIOD_MS = 5;

/**
 * Serves requests, one trace each, while another process makes them. The CPU window is the time between the runner's
 * `go` and `stop`: what a library puts off beyond it falls out of one window and into the next.
 */
export async function runServer(task: ServerTask, arm: Arm, channel: RunnerChannel): Promise<SampleResult> {
  const instruments = await openInstruments();
  await arm.load();
  arm.setUp(task.sinkUrl);
  const payload = createPayload(task.payload, task.seed);
  const served = await startServer(createTracedWork(arm, payload, task.leafWaitMs));
  channel.send({ type: 'ready', url: served.url });

  await channel.receive('go');
  await flushArm(arm, task.flushLimitMs);
  const answeredBefore = served.answered();
  const window = await instruments.begin();
  const startedAt = performance.now();
  const probe = startTimedStallProbe(STALL_PROBE_PERIOD_MS);
  const memory = task.flushLimitMs === undefined ? undefined : startMemoryWatch();
  channel.send({ type: 'started' });
  await channel.receive('stop');
  const stalls = probe.stop();
  const wallMs = performance.now() - startedAt;
  const growth = memory?.stop();
  const reading = await window.end();

  const flushed = await flushArm(arm, task.flushLimitMs);
  served.close();
  return {
    spans: (served.answered() - answeredBefore) * SPANS_PER_TRACE,
    cpuSource: instruments.clock.source,
    ...threadsOf(reading),
    metrics: {
      ...reading.metrics,
      ...cpuPerSecond(window.start, reading, wallMs),
      longestStallMs: stalls.longestMs,
      loopDelayMaxMs: stalls.loopDelayMaxMs,
      loopDelayP99Ms: stalls.loopDelayP99Ms,
      loadWallMs: wallMs,
      flushWallMs: flushed.wallMs,
      textPerSpan: payload.textLength,
      ...growth,
    },
    ...(flushed.error === undefined ? {} : { flushError: flushed.error }),
    ...(growth === undefined ? {} : readBooks(arm, served.answered() * SPANS_PER_TRACE)),
  };
}

interface TracedServer {
  readonly url: string;
  /** Requests answered so far: their traces have ended. */
  answered(): number;
  close(): void;
}

async function startServer(runTrace: () => Promise<unknown>): Promise<TracedServer> {
  let answered = 0;
  const server = createServer((_request, response) => {
    runTrace().then(
      () => {
        answered++;
        response.writeHead(200, { 'content-type': 'text/plain' }).end('ok');
      },
      (error) => response.writeHead(500).end(String(error)),
    );
  });
  const url = await listen(server);
  return {
    url,
    answered: () => answered,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function readBooks(arm: Arm, offered: number): { books?: SampleBooks } {
  const books = arm.books?.();
  return books === undefined ? {} : { books: { ...books, offered } };
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`);
    });
  });
}
