import { createFaultyServer, type FaultyServer } from '@slipstream/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as Sdk from '../src/index.js';
import { COUNT } from '../src/ring/layout.js';
import { startApp } from './support/app-process.js';
import { loadFreshSdk, warningsOf } from './support/fresh-sdk.js';
import { Oracle } from './support/oracle.js';
import { WorkerWatch } from './support/workers.js';
import { until } from './worker-support/until.js';

let sink: FaultyServer;
let sdk: typeof Sdk;
let workers: WorkerWatch;
let oracle: Oracle;
const clients: Sdk.Client[] = [];

beforeEach(async () => {
  sink = await createFaultyServer();
  sdk = await loadFreshSdk();
  workers = new WorkerWatch();
  oracle = new Oracle();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(clients.splice(0).map((client) => client.shutdown({ timeoutMs: 2000 })));
  workers.close();
  await sink.close();
});

function open(options: Sdk.SlipstreamOptions = {}): Sdk.Client {
  const client = sdk.createClient({ url: sink.url, service: 'death', handleSignals: false, ...options });
  clients.push(client);
  void client.recorder;
  return client;
}

/** Makes spans in short bursts, with turns of the event loop between them, until the condition holds. */
async function makeUntil(client: Sdk.Client, condition: () => boolean): Promise<void> {
  await until(() => {
    oracle.make(client, 20);
    return condition();
  });
}

describe('a worker that is ended from outside', () => {
  it('is started again, and what it had taken is counted as worker_stopped', async () => {
    const client = open({ batchAgeMs: 60_000 });
    await client.flush();
    oracle.make(client, 200);
    // Taken from the ring, and not sent because batches wait so long.
    await until(() => client.recorder?.counts[COUNT.TAKEN] === 200);
    expect(await warningsOf(async () => void (await workers.newest.terminate()))).toEqual([
      'SLIPSTREAM_WORKER_STOPPED',
    ]);
    expect(workers.started).toHaveLength(2);
    expect(client.stats()).toMatchObject({ pending: 0, dropped: { worker_stopped: 200 } });
    oracle.make(client, 100);
    expect(await client.flush()).toEqual({ delivered: 100, dropped: 200, pending: 0 });
    oracle.check(client.stats(), sink.spans());
  });

  it('at any moment leaves books that balance, with every span accounted for', async () => {
    for (let round = 0; round < 3; round++) {
      const client = open({ drainIntervalMs: 1, batchAgeMs: 1, bufferBytes: 65_536 });
      oracle = new Oracle();
      for (let deaths = 0; deaths < 3; deaths++) {
        const before = workers.started.length;
        const begun = client.stats().delivered;
        await makeUntil(client, () => client.stats().delivered > begun);
        void workers.newest.terminate();
        await makeUntil(client, () => workers.started.length > before);
      }
      expect(await client.flush({ timeoutMs: 10_000 })).toMatchObject({ pending: 0 });
      oracle.check(
        client.stats(),
        sink.spans().filter((span) => oracle.made(span)),
      );
    }
  }, 60_000);

  it('does not end a flush that waits: the next worker answers it', async () => {
    const client = open();
    await client.flush();
    sink.enqueue({ kind: 'hang' });
    oracle.make(client, 10);
    const flush = client.flush({ timeoutMs: 10_000 });
    await until(() => sink.stats().unacknowledgedSpans > 0);
    oracle.make(client, 10);
    void workers.newest.terminate();
    const { delivered, dropped, pending } = await flush;
    expect(delivered + dropped).toBe(20);
    expect(dropped).toBeGreaterThanOrEqual(10);
    expect(pending).toBe(0);
    expect(workers.started).toHaveLength(2);
  });

  it('while the client shuts down is started again for what is left', async () => {
    const client = open();
    await client.flush();
    void workers.newest.terminate();
    oracle.make(client, 50);
    expect(await client.shutdown({ timeoutMs: 10_000 })).toEqual({ delivered: 50, dropped: 0, pending: 0 });
    oracle.check(client.stats(), sink.spans());
  });

  it('for the fourth time is not started again: the buffer fills, the rest is dropped and counted', async () => {
    const client = open({ bufferBytes: 65_536 });
    const warnings = await warningsOf(async () => {
      for (let deaths = 1; deaths <= 4; deaths++) {
        await client.flush();
        await workers.newest.terminate();
        await until(() => workers.started.length === Math.min(deaths + 1, 4));
      }
    });
    expect(warnings).toEqual(Array(4).fill('SLIPSTREAM_WORKER_STOPPED'));
    oracle.make(client, 2_000);
    const result = await client.flush({ timeoutMs: 60_000 });
    expect(result.delivered).toBe(0);
    expect(client.stats().dropped.ring_full).toBeGreaterThan(1_000);
    oracle.check(client.stats(), sink.spans());
    expect(workers.started).toHaveLength(4);
  });

  it('now and then, over days, is always started again', async () => {
    const client = open();
    let nowMs = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
    for (let deaths = 1; deaths <= 6; deaths++) {
      await client.flush();
      nowMs += 11 * 60_000;
      await workers.newest.terminate();
      await until(() => workers.started.length === deaths + 1);
    }
  });
});

describe('a worker', () => {
  it('without memory dies alone; the application goes on, and its books balance', async () => {
    const app = startApp('out-of-memory.mjs', { env: { SLIPSTREAM_URL: sink.url } });
    const { code, stdout, stderr } = await app.ended;
    expect([code, stderr]).toEqual([0, expect.stringContaining('memory')]);
    const { stats, workerCount, made } = JSON.parse(stdout);
    const dropped = Object.values(stats.dropped as Record<string, number>).reduce((sum, count) => sum + count, 0);
    expect(workerCount).toBeGreaterThan(1);
    expect(stats.started).toBe(made);
    expect(stats.open + stats.pending + stats.delivered + dropped).toBe(made);
    expect(sink.uniqueSpanCount()).toBeGreaterThanOrEqual(stats.delivered);
    expect(made - sink.uniqueSpanCount()).toBeLessThanOrEqual(dropped + stats.pending + stats.open);
  });

  it('that never comes to run is replaced by the application’s own thread', async () => {
    const threads = process.getBuiltinModule('node:worker_threads');
    const { Worker } = threads;
    threads.Worker = class extends Worker {
      constructor(_: string, options: object) {
        super('throw new Error("no threads here")', options);
      }
    } as typeof Worker;
    const warnings = await warningsOf(async () => {
      const client = open();
      oracle.make(client, 100);
      await until(() => client.stats().delivered === 100);
      oracle.check(client.stats(), sink.spans());
    });
    threads.Worker = Worker;
    expect(warnings).toEqual([...Array(3).fill('SLIPSTREAM_WORKER_STOPPED'), 'SLIPSTREAM_NO_WORKER']);
    expect(workers.started).toHaveLength(4);
  });
});
