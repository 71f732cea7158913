import { existsSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { ATTRIBUTE } from '@slipstream/wire';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EPOCH_US, payload, type SpanSpec, spanIdOf, traceIdOf } from '../suite/payloads.js';
import { Engine } from './engine.js';
import { listTraces } from './query/list-traces.js';
import { readObservation, readTrace } from './query/read-trace.js';
import { type EngineSettings, resolveSettings } from './settings.js';

let directory: string;
let engine: Engine | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipstream-engine-'));
});

afterEach(async () => {
  await engine?.close();
  engine = undefined;
  await rm(directory, { recursive: true, force: true });
});

async function open(overrides: Partial<EngineSettings> = {}): Promise<Engine> {
  engine = await Engine.open({ ...resolveSettings({ directory }), ...overrides }, () => undefined);
  return engine;
}

let cursor = 0;

function write(...specs: readonly SpanSpec[]): ReturnType<Engine['write']> {
  cursor += 1;
  return engine!.write({ payloads: [payload(...specs)], cursor });
}

async function countOf(table: string): Promise<number> {
  const [row] = await engine!.queries.rows({ sql: `SELECT count(*)::INTEGER FROM ${table}` });
  return Number(row?.[0]);
}

const eventually = (check: () => Promise<void>): Promise<void> => vi.waitFor(check, { timeout: 10_000, interval: 50 });

const AT_ONCE = { quietMs: -1, maxHotTraces: 20_000, intervalMs: 1 };

describe('traces that have come to rest', () => {
  test('move to the large table, are listed once, and come back with a late span', async () => {
    await open({ settle: AT_ONCE });
    await write({ trace: 1, span: 2, parent: 1, name: 'child' }, { trace: 2, span: 1, running: true });
    await eventually(async () => expect(await countOf('traces')).toBe(2));
    expect(await countOf('hot_traces')).toBe(0);
    await write({ trace: 1, span: 1, name: 'root', startUs: 0 }, { trace: 2, span: 1 });
    const now = EPOCH_US;
    const { traces } = await listTraces(engine!.queries, { limit: 10 }, now);
    expect(traces).toMatchObject([
      { traceId: traceIdOf(2), running: false, observationCount: 1 },
      { traceId: traceIdOf(1), name: 'root', observationCount: 2, startTimeUs: EPOCH_US },
    ]);
    expect((await countOf('hot_traces')) + (await countOf('traces'))).toBe(2);
  });

  test('recognise what comes again although nothing of them is in memory', async () => {
    await open({ settle: AT_ONCE, cache: { maxTraces: 0, maxSpans: 0 } });
    await write({ trace: 1, span: 1 }, { trace: 1, span: 2, running: true });
    await eventually(async () => expect(await countOf('traces')).toBe(1));
    expect(await write({ trace: 1, span: 1 }, { trace: 1, span: 2 })).toMatchObject({
      insertedSpans: 1,
      duplicates: 1,
    });
    expect((await readTrace(engine!.queries, traceIdOf(1), EPOCH_US))?.observations).toHaveLength(2);
  });

  test('move early when too many are in motion', async () => {
    await open({ settle: { quietMs: 3_600_000, maxHotTraces: 3, intervalMs: 1 } });
    for (let trace = 1; trace <= 6; trace += 1) {
      await write({ trace, span: 1 });
      const writtenAt = Date.now();
      await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(writtenAt), { interval: 1 });
    }
    await eventually(async () => expect(await countOf('traces')).toBeGreaterThanOrEqual(2));
    expect(await countOf('all_traces')).toBe(6);
  });
});

describe('starts of ended spans', () => {
  test('are removed, before that left out of what is read', async () => {
    await open({ obsoleteStartsIntervalMs: 1_000 });
    await write({ trace: 1, span: 1, running: true });
    await write({ trace: 1, span: 1, durationUs: 7 });
    expect((await readTrace(engine!.queries, traceIdOf(1), EPOCH_US))?.observations).toHaveLength(1);
    expect(await readObservation(engine!.queries, traceIdOf(1), spanIdOf(1), false)).toMatchObject({
      endTimeUs: EPOCH_US + 1007,
    });
    await eventually(async () => expect(await countOf('running_observations')).toBe(0));
  });

  test('are found and removed after a restart', async () => {
    await open();
    await write({ trace: 1, span: 1 }, { trace: 2, span: 1, running: true });
    await engine?.close();
    const instance = await DuckDBInstance.create(join(directory, 'store.duckdb'));
    const connection = await instance.connect();
    await connection.run('INSERT INTO running_observations SELECT * FROM observations');
    connection.closeSync();
    instance.closeSync();
    await open({ obsoleteStartsIntervalMs: 1 });
    expect(await countOf('running_observations')).toBe(2);
    await eventually(async () => expect(await countOf('running_observations')).toBe(1));
  });
});

describe('upkeep', () => {
  test('adds up the counts of instances at a checkpoint', async () => {
    await open({ checkpoint: { everyRows: 2, everyBytes: 2 ** 30, idleMs: 3_600_000 } });
    await write({ trace: 1, span: 1, instance: 'a' });
    expect(await countOf('instance_counts')).toBe(1);
    await write({ trace: 1, span: 2, instance: 'a' });
    await eventually(async () => expect(await countOf('instance_counts')).toBe(1));
    expect((await engine!.counts()).spansByInstance).toEqual({ a: 2 });
  });

  test('empties the log once writes have stopped', async () => {
    await open({ checkpoint: { everyRows: 1_000_000, everyBytes: 2 ** 30, idleMs: 1 } });
    await write({ trace: 1, span: 1 });
    const log = join(directory, 'store.duckdb.wal');
    await eventually(async () => expect(existsSync(log) ? statSync(log).size : 0).toBeLessThan(100));
  });
});

describe('the log', () => {
  const BATCH_BYTES = 200_000;
  const EVERY_BYTES = 3 * BATCH_BYTES;
  const text = 'x'.repeat(BATCH_BYTES);

  async function largestLogOf(everyRows: number, everyBytes: number): Promise<number> {
    await open({ checkpoint: { everyRows, everyBytes, idleMs: 3_600_000 } });
    const log = join(directory, 'store.duckdb.wal');
    let largest = 0;
    for (let trace = 1; trace <= 12; trace += 1) {
      await write({ trace, span: 1, attributes: { [ATTRIBUTE.observationInput]: text } });
      largest = Math.max(largest, statSync(log, { throwIfNoEntry: false })?.size ?? 0);
    }
    return largest;
  }

  test('does not outgrow its bound of bytes by more than the batches around it, whatever the rows', async () => {
    expect(await largestLogOf(1_000_000, EVERY_BYTES)).toBeLessThan(EVERY_BYTES + 2 * BATCH_BYTES);
  });

  test('does not outgrow its bound of rows by more than the batches around it, whatever the bytes', async () => {
    expect(await largestLogOf(3, 2 ** 40)).toBeLessThan(5.5 * BATCH_BYTES);
  });

  test('would outgrow both without them', async () => {
    expect(await largestLogOf(1_000_000, 2 ** 40)).toBeGreaterThan(11 * BATCH_BYTES);
  });
});

describe('pruning', () => {
  test('goes on in shares, each whole traces, while spans are written and read', async () => {
    await open({ prune: { maxTraces: 4, maxSpans: 6 } });
    for (let trace = 1; trace <= 20; trace += 1) {
      await write({ trace, span: 1, startUs: trace }, { trace, span: 2, parent: 1, startUs: trace });
    }
    const shares: number[] = [];
    const prune = async (): Promise<void> => {
      for (let hasMore = true; hasMore; ) {
        const share = await engine!.prune({ beforeUs: EPOCH_US + 16 });
        shares.push(share.removedTraces);
        hasMore = share.hasMore;
      }
    };
    const writing = Array.from({ length: 10 }, (_, index) => write({ trace: 100 + index, span: 1 }));
    await Promise.all([prune(), ...writing]);
    expect(shares).toEqual([3, 3, 3, 3, 3]);
    const { traces } = await listTraces(engine!.queries, { limit: 50 }, EPOCH_US);
    expect(traces).toHaveLength(15);
    expect(await engine!.counts()).toMatchObject({ spans: 20, traces: 15 });
    expect(await countOf('observations')).toBe(20);
    expect(await countOf('metadata')).toBe(0);
  });

  test('takes a trace that is larger than a share, alone', async () => {
    await open({ prune: { maxTraces: 4, maxSpans: 2 } });
    await write(...[1, 2, 3, 4, 5].map((span) => ({ trace: 1, span, startUs: span })), {
      trace: 2,
      span: 1,
      startUs: 9,
    });
    const policy = { beforeUs: EPOCH_US + 100 };
    expect(await engine!.prune(policy)).toEqual({ removedTraces: 1, removedSpans: 5, hasMore: true });
    expect(await engine!.prune(policy)).toEqual({ removedTraces: 1, removedSpans: 1, hasMore: false });
  });

  test('removes a trace that has come to rest, and one of which nothing is in memory', async () => {
    await open({ settle: AT_ONCE, cache: { maxTraces: 0, maxSpans: 0 } });
    await write({ trace: 1, span: 1, startUs: 1 }, { trace: 1, span: 2, startUs: 2, running: true });
    await eventually(async () => expect(await countOf('traces')).toBe(1));
    expect(await engine!.prune({ beforeUs: EPOCH_US + 100 })).toMatchObject({ removedTraces: 1, removedSpans: 2 });
    expect(await engine!.counts()).toMatchObject({ spans: 0, runningSpans: 0, traces: 0 });
  });

  test('keeps what processes are known to have sent, until they are gone for as long', async () => {
    await open();
    await write({ trace: 1, span: 1, startUs: 1, instance: 'a' });
    await engine!.prune({ beforeUs: EPOCH_US + 100 });
    expect((await engine!.counts()).spansByInstance).toEqual({ a: 1 });
    await engine!.prune({ beforeUs: Date.now() * 1000 + 60_000_000 });
    expect((await engine!.counts()).spansByInstance).toEqual({});
  });
});

describe('faults', () => {
  test('a batch that cannot be committed leaves nothing behind, and the next one works', async () => {
    await open();
    await write({ trace: 1, span: 1 });
    const before = await engine!.counts();
    await expect(engine!.write({ payloads: [payload({ trace: 1, span: 2 })], cursor: Number.NaN })).rejects.toThrow();
    expect(await engine!.counts()).toEqual(before);
    expect(await engine!.healthy()).toBe(true);
    expect(await write({ trace: 1, span: 1 }, { trace: 1, span: 2 })).toMatchObject({
      insertedSpans: 1,
      duplicates: 1,
    });
    const { traces } = await listTraces(engine!.queries, { limit: 10 }, EPOCH_US);
    expect(traces).toMatchObject([{ observationCount: 2 }]);
  });

  test('a query that takes too long is stopped while writes go on', async () => {
    await open({ queries: { connections: 1, timeLimitMs: 100, maxWaiting: 1 } });
    const slow = engine!.queries.rows({ sql: 'SELECT count(*) FROM range(1000000000000) AS r(n) WHERE n % 7 = 8' });
    const waiting = engine!.queries.rows({ sql: 'SELECT 1' });
    const refused = engine!.queries.rows({ sql: 'SELECT 1' });
    await expect(refused).rejects.toMatchObject({ code: 'query_overload' });
    // Watched from the start: on a busy machine it is stopped before the write is done.
    const stopped = expect(slow).rejects.toMatchObject({ code: 'query_timeout' });
    expect(await write({ trace: 1, span: 1 })).toMatchObject({ insertedSpans: 1 });
    await stopped;
    expect(await waiting).toHaveLength(1);
  });

  test('a database of a newer version is refused', async () => {
    await open();
    await engine?.close();
    const instance = await DuckDBInstance.create(join(directory, 'store.duckdb'));
    const connection = await instance.connect();
    await connection.run('INSERT INTO schema_migrations VALUES (99, 0)');
    connection.closeSync();
    instance.closeSync();
    await expect(open()).rejects.toMatchObject({ code: 'store_schema_too_new' });
    engine = undefined;
  });

  test('queries cannot load extensions or fetch them', async () => {
    await open();
    const [row] = await engine!.queries.rows({
      sql: `SELECT current_setting('autoinstall_known_extensions'), current_setting('autoload_known_extensions')`,
    });
    expect(row).toEqual([false, false]);
  });

  test('a checkpoint after a removal rewrites nothing', async () => {
    await open();
    const [row] = await engine!.queries.rows({ sql: "SELECT current_setting('max_vacuum_tasks')" });
    expect(Number(row?.[0])).toBe(0);
  });
});
