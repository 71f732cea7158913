import { createServer, type Server } from 'node:http';
import type { Arm } from '../arms/contract.js';
import type { RunnerChannel } from './channel.js';
import { type CpuReading, openCpuClock } from './cpu-clock.js';
import { flushArm } from './flush.js';
import { createPayload } from './payload.js';
import type { SampleResult, ServerTask } from './protocol.js';
import { startTimedStallProbe } from './stall-probe.js';
import { createTracedWork, SPANS_PER_TRACE } from './traced-work.js';

/** Short beside the stalls that matter (10 ms and more), long enough to cost little. */
const STALL_PROBE_PERIOD_MS = 5;

/**
 * Serves requests, one trace each, while another process makes them. The CPU window is the time between the runner's
 * `go` and `stop`: what a library puts off beyond it falls out of one window and into the next.
 */
export async function runServer(task: ServerTask, arm: Arm, channel: RunnerChannel): Promise<SampleResult> {
  await arm.load();
  arm.setUp(task.sinkUrl);
  const runTrace = createTracedWork(arm, createPayload(task.payload, task.seed), task.leafWaitMs);
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
  channel.send({ type: 'ready', url: await listen(server) });

  await channel.receive('go');
  await flushArm(arm);
  answered = 0;
  const clock = openCpuClock();
  const start = await clock.read();
  const startedAt = performance.now();
  const probe = startTimedStallProbe(STALL_PROBE_PERIOD_MS);
  channel.send({ type: 'started' });
  await channel.receive('stop');
  const stalls = probe.stop();
  const wallMs = performance.now() - startedAt;
  const end = await clock.read();

  const spans = answered * SPANS_PER_TRACE;
  const flushed = await flushArm(arm);
  server.close();
  server.closeAllConnections();
  return {
    spans,
    cpuSource: clock.source,
    metrics: {
      ...windowMetrics(start, end, wallMs),
      longestStallMs: stalls.longestMs,
      loopDelayMaxMs: stalls.loopDelayMaxMs,
      loadWallMs: wallMs,
      flushWallMs: flushed.wallMs,
    },
    ...(flushed.error === undefined ? {} : { flushError: flushed.error }),
  };
}

function windowMetrics(start: CpuReading, end: CpuReading, wallMs: number) {
  return {
    mainCpuMsPerSecond: (end.mainUs - start.mainUs) / wallMs,
    runQueueWaitMs: (end.waitUs - start.waitUs) / 1_000,
  };
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
