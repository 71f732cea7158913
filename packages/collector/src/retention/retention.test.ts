import { afterEach, describe, expect, test, vi } from 'vitest';
import { MemoryStore } from '../../test/support/memory-store.js';
import { createLog } from '../logging/log.js';
import { type Retention, type RetentionSettings, startRetention } from './retention.js';

const DAY_US = 86_400_000_000;

let retention: Retention | undefined;

afterEach(async () => {
  await retention?.stop();
  retention = undefined;
});

function start(store: MemoryStore, settings: Partial<RetentionSettings>): string[] {
  const lines: string[] = [];
  retention = startRetention({
    store,
    retentionDays: undefined,
    maxStoreBytes: undefined,
    log: createLog({ format: 'text', write: (line) => lines.push(line) }),
    intervalMs: 1,
    minPauseMs: 1,
    ...settings,
  });
  return lines;
}

const share = (removedTraces: number, hasMore: boolean) => ({
  removedTraces,
  removedSpans: removedTraces * 3,
  hasMore,
});

const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 5000, interval: 5 });

describe('retention', () => {
  test('removes share after share, and says in one line what went', async () => {
    const store = new MemoryStore();
    store.pruneResults = [share(5, true), share(5, true), share(2, false)];
    const lines = start(store, { retentionDays: 2, intervalMs: 60_000 });
    await eventually(() => expect(lines).toHaveLength(1));
    expect(lines[0]).toMatch(/removed 12 traces with 36 spans/);
    expect(store.pruned).toHaveLength(3);
    expect(retention?.stats()).toEqual({ removedTraces: 12, removedSpans: 36, failures: 0 });
  });

  test('asks for what is older than its days, and for what is more than its bytes', async () => {
    const store = new MemoryStore();
    const before = Date.now() * 1000;
    start(store, { retentionDays: 1.5, maxStoreBytes: 7 });
    await eventually(() => expect(store.pruned.length).toBeGreaterThan(1));
    const [policy] = store.pruned;
    expect(policy?.maxBytes).toBe(7);
    expect(policy?.beforeUs).toBeGreaterThanOrEqual(before - 1.5 * DAY_US);
    expect(policy?.beforeUs).toBeLessThanOrEqual(Date.now() * 1000 - 1.5 * DAY_US);
  });

  test('asks for nothing where nothing is limited', async () => {
    const store = new MemoryStore();
    start(store, {});
    await retention?.stop();
    expect(store.pruned).toEqual([]);
  });

  test('goes on after a fault, and tells of it once when it begins and once when it ends', async () => {
    const store = new MemoryStore();
    let faults = 3;
    store.before = (method) => {
      if (method === 'prune' && faults-- > 0) throw new Error('disk full');
    };
    store.pruneResults = [share(1, false)];
    const lines = start(store, { maxStoreBytes: 1 });
    await eventually(() => expect(lines).toHaveLength(3));
    expect(lines).toEqual([
      expect.stringContaining('old traces cannot be removed: disk full'),
      expect.stringContaining('over: old traces cannot be removed'),
      expect.stringContaining('removed 1 traces'),
    ]);
    expect(retention?.stats().failures).toBe(3);
  });

  test('stops in the middle of a round, and when it was never started', async () => {
    const store = new MemoryStore();
    store.pruneResults = Array.from({ length: 1000 }, () => share(1, true));
    start(store, { retentionDays: 1, minPauseMs: 60_000 });
    await eventually(() => expect(store.pruned).toHaveLength(1));
    await retention?.stop();
    await retention?.stop();
    expect(store.pruned).toHaveLength(1);
  });
});
