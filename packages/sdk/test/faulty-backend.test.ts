import { createFaultyServer, type FaultyServer, type ScriptedAnswer } from '@slipstream/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import type { ClientStats } from '../src/index.js';
import { startApp } from './support/app-process.js';

interface Run {
  readonly ids: readonly string[];
  /** What was traced, and by how much the process grew meanwhile. */
  readonly tracedBytes: number;
  readonly stats: ClientStats;
  readonly medianMs: number;
  readonly lagMs: number;
  readonly grownBytes: number;
}

const sinks: FaultyServer[] = [];

afterEach(async () => {
  await Promise.all(sinks.splice(0).map((sink) => sink.close()));
});

/** `undefined` is a backend that is down. */
async function startSink(answer: ScriptedAnswer | undefined): Promise<FaultyServer> {
  const sink = await createFaultyServer(answer === undefined ? {} : { otherwise: answer });
  sinks.push(sink);
  if (answer === undefined) await sink.close();
  return sink;
}

/** Room for a fraction of what is traced, so that something has to give. */
const SMALL = { SLIPSTREAM_BUFFER_BYTES: '524288', SLIPSTREAM_RETRY_BUFFER_BYTES: '1048576' };

/** A round takes some two seconds. */
const MAX_ROUNDS = 20;

/** @param load requests, milliseconds between them, and characters of text in each of a request's seven spans. */
async function run(url: string, load: readonly number[], env: Record<string, string> = {}): Promise<Run> {
  const app = startApp('under-load.mjs', {
    args: load,
    env: { SLIPSTREAM_URL: url, SLIPSTREAM_EXIT_TIMEOUT_MS: '100', ...env },
  });
  const result = (await app.message()) as Run;
  expect((await app.ended).code).toBe(0);
  return result;
}

const droppedOf = ({ dropped }: ClientStats) => Object.values(dropped).reduce((sum, count) => sum + count, 0);

describe.each<[string, ScriptedAnswer | undefined]>([
  ['down', undefined],
  ['hanging', { kind: 'hang' }],
  ['answering 503', { kind: 'status', status: 503 }],
  // One batch of a quarter of a megabyte in half a second, two at a time: a tenth of what comes.
  ['ten times slower than the load', { kind: 'delay', delayMs: 500 }],
])('a backend that is %s', (_, answer) => {
  it('costs the application hardly more than no tracing at all, and its loop nothing', async () => {
    const sink = await startSink(answer);
    // Other work on the machine only adds, so that one quiet round tells what tracing costs; none tells of a fault.
    let work = Number.POSITIVE_INFINITY;
    let lag = Number.POSITIVE_INFINITY;
    for (let round = 0; round < MAX_ROUNDS && (work >= 1.6 || lag >= 2); round++) {
      const untraced = await run(sink.url, [150, 3, 4096], { SLIPSTREAM_ENABLED: 'false' });
      const traced = await run(sink.url, [150, 3, 4096], SMALL);
      work = Math.min(work, traced.medianMs / untraced.medianMs);
      // A timer is late by a millisecond or so on any machine.
      lag = Math.min(lag, (traced.lagMs + 1) / (untraced.lagMs + 1));
    }
    expect(work).toBeLessThan(1.6);
    expect(lag).toBeLessThan(2);
  }, 120_000);

  it('fills the buffers and no more memory, and what does not fit is counted, span by span', async () => {
    const sink = await startSink(answer);
    const { ids, stats, tracedBytes, grownBytes } = await run(sink.url, [3_000, 0, 16_384], SMALL);
    // Ring, retry buffer and the heap of a worker that is about to collect: a third, and more on a newer V8.
    expect(grownBytes).toBeLessThan(tracedBytes / 2);
    const made = new Set(ids);
    expect(stats.started).toBe(made.size);
    expect(stats.open + stats.pending + stats.delivered + droppedOf(stats)).toBe(made.size);
    expect(droppedOf(stats)).toBeGreaterThan(made.size / 2);
    const arrived = new Set(sink.spans().map(({ traceId, spanId }) => `${traceId}/${spanId}`));
    expect([...arrived].filter((id) => !made.has(id))).toEqual([]);
    expect(arrived.size).toBeGreaterThanOrEqual(stats.delivered);
    expect(made.size - arrived.size).toBeLessThanOrEqual(droppedOf(stats) + stats.pending);
  }, 120_000);
});
