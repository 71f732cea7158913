import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StoreFixture } from './fixture.js';
import type { CreateHarness } from './harness.js';

/** Pages of the list. */
export function describePaging(createHarness: CreateHarness): void {
  const suite = new StoreFixture(createHarness);

  describe('paging', () => {
    beforeEach(suite.open);
    afterEach(suite.dispose);

    test('runs from the newest to the oldest without loss or doubles while traces arrive', async () => {
      for (let trace = 1; trace <= 25; trace += 1) await suite.write({ trace, span: 1, startUs: 1000 * (trace % 5) });
      const seen: number[] = [];
      let next: string | null | undefined;
      for (let page = 0; next !== null && page < 20; page += 1) {
        const result = await suite.store.listTraces({ limit: 4, ...(next === undefined ? {} : { cursor: next }) });
        seen.push(...suite.numbers(result.traces));
        next = result.nextCursor;
        await suite.write({ trace: 100 + page, span: 1, startUs: 1_000_000 + page });
      }
      expect(seen.filter((trace) => trace < 100)).toHaveLength(25);
      expect(new Set(seen).size).toBe(seen.length);
      const startOf = (trace: number): number => trace % 5;
      const starts = seen.filter((trace) => trace < 100).map(startOf);
      expect(starts).toEqual([...starts].sort((a, b) => b - a));
    });

    test('ends with a page that is exactly full', async () => {
      await suite.write({ trace: 1, span: 1 }, { trace: 2, span: 1 });
      expect((await suite.store.listTraces({ limit: 2 })).nextCursor).toBeNull();
      expect((await suite.store.listTraces({ limit: 1 })).nextCursor).not.toBeNull();
    });

    test('goes through the matches of a text search', async () => {
      for (let trace = 1; trace <= 9; trace += 1) {
        await suite.write({ trace, span: 1, startUs: trace, name: trace % 3 === 0 ? 'needle' : 'hay' });
      }
      const first = await suite.store.listTraces({ limit: 2, text: 'NEEDLE' });
      expect(suite.numbers(first.traces)).toEqual([9, 6]);
      const second = await suite.store.listTraces({ limit: 2, text: 'NEEDLE', cursor: first.nextCursor! });
      expect(suite.numbers(second.traces)).toEqual([3]);
      expect(second.nextCursor).toBeNull();
    });
  });
}
