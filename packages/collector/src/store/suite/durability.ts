import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StoreFixture } from './fixture.js';
import type { CreateHarness } from './harness.js';
import { traceIdOf } from './payloads.js';

/** What a close and a crash leave. */
export function describeDurability(createHarness: CreateHarness): void {
  const suite = new StoreFixture(createHarness);

  describe('durability', () => {
    beforeEach(suite.open);
    afterEach(suite.dispose);

    test('everything is there after a close', async () => {
      await suite.write({ trace: 1, span: 1, running: true }, { trace: 1, span: 2, parent: 1 });
      const [traces, counts] = [await suite.list(), await suite.store.counts()];
      await suite.store.close();
      await suite.reopen();
      expect(await suite.list()).toEqual(traces);
      expect(await suite.store.cursor()).toBe(suite.cursorAt(1));
      expect(await suite.store.counts()).toEqual({ ...counts, bytes: expect.any(Number) });
    });

    test('what was written before a crash is there, with its cursor, and is recognised when it comes again', async () => {
      for (let trace = 1; trace <= 20; trace += 1) {
        await suite.write({ trace, span: 1 }, { trace, span: 2, parent: 1, running: true });
      }
      await suite.harness.crash();
      await suite.reopen();
      expect(await suite.store.cursor()).toBe(suite.cursorAt(20));
      expect(await suite.store.counts()).toMatchObject({
        spans: 20,
        runningSpans: 20,
        spansByInstance: { 'suite-instance': 20 },
      });
      expect(await suite.write({ trace: 7, span: 1 }, { trace: 7, span: 2, parent: 1 })).toMatchObject({
        insertedSpans: 1,
        duplicates: 1,
        changedTraceIds: [traceIdOf(7)],
      });
      expect(await suite.store.counts()).toMatchObject({ spans: 21, runningSpans: 19, traces: 20 });
      expect(await suite.found({ name: 'span-1' })).toHaveLength(20);
    });

    test('a crash under writes leaves rows and cursor of the same batches', async () => {
      const writing: Promise<unknown>[] = [];
      for (let batch = 1; batch <= 40; batch += 1) {
        const specs = Array.from({ length: 50 }, (_, index) => ({ trace: batch, span: index + 1 }));
        writing.push(suite.write(...specs).catch(() => undefined));
      }
      await writing[4];
      await suite.harness.crash();
      await Promise.all(writing);
      await suite.reopen();
      const { spans } = await suite.store.counts();
      const committed = spans / 50;
      expect(committed).toBeGreaterThanOrEqual(5);
      expect(await suite.store.cursor()).toBe(suite.cursorAt(committed));
      expect(await suite.store.counts()).toMatchObject({ spans: committed * 50, traces: committed });
      const sizes = (await suite.list({ limit: 500 })).map(({ observationCount }) => observationCount);
      expect(sizes).toEqual(Array.from({ length: committed }, () => 50));
    });

    test('a closed store refuses calls and closes twice', async () => {
      await suite.store.close();
      await suite.store.close();
      expect(await suite.store.healthy()).toBe(false);
      await expect(suite.store.listTraces({ limit: 1 })).rejects.toMatchObject({ code: 'store_closed' });
      await expect(suite.store.write({ payloads: [], cursor: suite.cursorAt(1) })).rejects.toMatchObject({
        code: 'store_closed',
      });
    });
  });
}
