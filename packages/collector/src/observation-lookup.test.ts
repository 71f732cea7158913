import type { TraceSummary } from '@slipstream/query-api';
import { describe, expect, it } from 'vitest';
import { createObservationLookup } from './observation-lookup.js';
import type { Queue, QueueStats } from './queue/contract.js';
import type { Store } from './store/contract.js';

/** A queue of so many entries, of which the store has not dealt with some. */
function queueWith(stats: { nextId: number; backlog: Record<string, number> }, isShared = false): Queue {
  return { isShared, stats: () => stats as unknown as QueueStats } as Queue;
}

interface Asked {
  readonly traceIds: readonly string[];
  readonly answer: (stored: readonly string[]) => void;
  readonly fail: (error: Error) => void;
}

/** A store whose answers wait to be given. */
function createSlowStore(): { store: Store; asked: Asked[] } {
  const asked: Asked[] = [];
  const summaries: Store['summaries'] = (traceIds) =>
    new Promise((resolve, reject) => {
      const answer = (stored: readonly string[]) => resolve(stored.map((traceId) => ({ traceId }) as TraceSummary));
      asked.push({ traceIds, answer, fail: reject });
    });
  return { store: { summaries } as Store, asked };
}

const turns = () => new Promise<void>((resolve) => setImmediate(resolve));
const nothingBehind = () => queueWith({ nextId: 1, backlog: {} });

describe('the look-up of observations', () => {
  it('asks of many traces at once, and of what comes meanwhile after that', async () => {
    const { store, asked } = createSlowStore();
    const lookup = createObservationLookup({ queue: nothingBehind(), store, destination: 'store' });
    const first = [lookup.storedTraces(['a', 'b'], 0), lookup.storedTraces(['a'], 0)];
    await turns();
    const second = [lookup.storedTraces(['c'], 0), lookup.storedTraces(['a'], 0)];
    await turns();
    expect(asked.map(({ traceIds }) => traceIds)).toEqual([['a', 'b']]);
    asked[0]?.answer(['a']);
    expect(await Promise.all(first)).toEqual([new Set(['a']), new Set(['a'])]);
    await turns();
    expect(asked[1]?.traceIds).toEqual(['c', 'a']);
    asked[1]?.answer(['c', 'a']);
    expect(await Promise.all(second)).toEqual([new Set(['c']), new Set(['a'])]);
  });

  it('asks of at most 500 traces at once', async () => {
    const { store, asked } = createSlowStore();
    const lookup = createObservationLookup({ queue: nothingBehind(), store, destination: 'store' });
    const traceIds = Array.from({ length: 501 }, (_, index) => `${index}`);
    const stored = lookup.storedTraces(traceIds, 0);
    await turns();
    asked[0]?.answer(['0', '499']);
    await turns();
    asked[1]?.answer(['500']);
    expect(asked.map((question) => question.traceIds.length)).toEqual([500, 1]);
    expect(await stored).toEqual(new Set(['0', '499', '500']));
  });

  it('asks nothing about no trace, however far behind the store is', async () => {
    const { store, asked } = createSlowStore();
    const queue = queueWith({ nextId: 11, backlog: { store: 10 } });
    const lookup = createObservationLookup({ queue, store, destination: 'store' });
    expect(await lookup.storedTraces([], lookup.mark())).toEqual(new Set());
    expect(asked).toEqual([]);
  });

  it('rejects for those who asked when the store fails, and asks again for the next', async () => {
    const { store, asked } = createSlowStore();
    const lookup = createObservationLookup({ queue: nothingBehind(), store, destination: 'store' });
    const failed = expect(lookup.storedTraces(['a'], 0)).rejects.toThrow('away');
    await turns();
    asked[0]?.fail(new TypeError('away'));
    await failed;
    const next = lookup.storedTraces(['a'], 0);
    await turns();
    asked[1]?.answer(['a']);
    expect(await next).toEqual(new Set(['a']));
  });

  it('waits until the store has reached the mark, and asks nothing where it does not within its time', async () => {
    const { store, asked } = createSlowStore();
    const stats = { nextId: 11, backlog: { store: 4, elsewhere: 10 } };
    const queue = queueWith(stats);
    const lookup = createObservationLookup({ queue, store, destination: 'store', timeoutMs: 30_000 });
    const mark = lookup.mark();
    const waiting = lookup.storedTraces(['a'], mark);
    await turns();
    expect(asked).toEqual([]);
    // More has come since, which the store need not have dealt with.
    Object.assign(stats, { nextId: 13, backlog: { store: 2 } });
    await expect.poll(() => asked.length).toBe(1);
    asked[0]?.answer([]);
    expect(await waiting).toEqual(new Set());
    const hasty = createObservationLookup({ queue, store, destination: 'store', timeoutMs: 1 });
    await expect(hasty.storedTraces(['a'], hasty.mark())).rejects.toMatchObject({ code: 'STORE_BEHIND' });
  });

  it('knows whether others write to the queue', () => {
    const { store } = createSlowStore();
    const settings = { store, destination: 'store' };
    expect(createObservationLookup({ queue: nothingBehind(), ...settings }).isExclusive).toBe(true);
    const shared = queueWith({ nextId: 1, backlog: {} }, true);
    expect(createObservationLookup({ queue: shared, ...settings }).isExclusive).toBe(false);
  });
});
