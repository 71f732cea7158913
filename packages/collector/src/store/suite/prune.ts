import { ATTRIBUTE } from '@slipstream/wire';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RetentionPolicy } from '../contract.js';
import { StoreFixture } from './fixture.js';
import type { CreateHarness } from './harness.js';
import { EPOCH_US, type SpanSpec } from './payloads.js';

const MANY = 40;

/** What is too old, or too much, goes. */
export function describePrune(createHarness: CreateHarness): void {
  const suite = new StoreFixture(createHarness);

  /** Until nothing more is to go; gives what went in all. */
  const prune = async (policy: RetentionPolicy): Promise<{ traces: number; spans: number }> => {
    const removed = { traces: 0, spans: 0 };
    for (let share = 0; share < 1000; share += 1) {
      const { removedTraces, removedSpans, hasMore } = await suite.store.prune(policy);
      removed.traces += removedTraces;
      removed.spans += removedSpans;
      if (!hasMore) return removed;
    }
    throw new Error('it never ends');
  };

  const everything = async (): Promise<unknown> => ({
    traces: await suite.list(),
    rows: (await suite.store.scan({ what: 'observations', limit: 1000 })).rows,
    scores: (await suite.store.scan({ what: 'scores', limit: 1000 })).rows,
    facets: await suite.store.facets(),
    metadata: (
      await suite.store.sql({ sql: 'SELECT * FROM metadata ORDER BY ALL', maxRows: 1000, timeLimitMs: 10_000 })
    ).rows,
  });

  describe('pruning', () => {
    beforeEach(suite.open);
    afterEach(suite.dispose);

    test('removes whole traces by the start of their last observation, with all that belongs to them', async () => {
      const spec = (trace: number, span: number, startUs: number, running = false): SpanSpec => ({
        trace,
        span,
        startUs,
        running,
        attributes: {
          [`${ATTRIBUTE.observationMetadata}o`]: `${trace}`,
          [`${ATTRIBUTE.traceMetadata}t`]: `${trace}`,
          [ATTRIBUTE.observationInput]: `text ${trace}`,
        },
      });
      const kept = [spec(2, 1, 10), spec(2, 2, 1000), spec(4, 1, 1000)];
      await suite.write(...kept);
      await suite.judge(suite.scoreOf('kept', { traceId: suite.idOf(2), timeUs: EPOCH_US + 10 }));
      const before = await everything();
      await suite.write(spec(1, 1, 0), spec(1, 2, 999), spec(3, 1, 500, true));
      await suite.judge(suite.scoreOf('gone', { traceId: suite.idOf(1), timeUs: EPOCH_US + 5000 }));
      expect(await prune({ beforeUs: EPOCH_US + 1000 })).toEqual({ traces: 2, spans: 3 });
      expect(await everything()).toEqual(before);
      expect(await suite.store.counts()).toMatchObject({ spans: 3, runningSpans: 0, traces: 2 });
      expect(await suite.store.trace(suite.idOf(1))).toBeUndefined();
      expect(await suite.found({ metadata: ['t:1'] })).toEqual([]);
      expect(await suite.found({ text: 'text 3' })).toEqual([]);
      expect(await prune({ beforeUs: EPOCH_US + 1000 })).toEqual({ traces: 0, spans: 0 });
    });

    test('takes a span of a trace that went as a new one, also after a restart', async () => {
      await suite.write({ trace: 1, span: 1, startUs: 0, name: 'old' });
      await prune({ beforeUs: EPOCH_US + 1 });
      expect(await suite.write({ trace: 1, span: 2, startUs: 5, name: 'new' })).toMatchObject({ insertedSpans: 1 });
      expect(await suite.only()).toMatchObject({ name: 'new', observationCount: 1 });
      await suite.harness.crash();
      await suite.reopen();
      expect(await suite.only()).toMatchObject({ name: 'new', observationCount: 1 });
      expect(await suite.store.counts()).toMatchObject({ spans: 1, traces: 1 });
    });

    test('removes nothing where nothing is too old or too much', async () => {
      await suite.write({ trace: 1, span: 1, startUs: 7 });
      const { bytes } = await suite.store.counts();
      for (const policy of [{}, { beforeUs: EPOCH_US + 7 }, { maxBytes: bytes * 100 + 1_000_000_000 }]) {
        expect(await prune(policy)).toEqual({ traces: 0, spans: 0 });
      }
      expect(await suite.list()).toHaveLength(1);
    });

    test('by size removes the oldest first', async () => {
      for (let trace = 1; trace <= MANY; trace += 1) {
        await suite.write(
          { trace, span: 1, startUs: trace * 10 },
          { trace, span: 2, parent: 1, startUs: trace * 10 + 5 },
        );
      }
      await suite.store.prune({ maxBytes: 1 });
      const left = (await suite.list()).map(({ startTimeUs }) => startTimeUs - EPOCH_US);
      expect(left.length).toBeLessThan(MANY);
      const newest = Array.from({ length: left.length }, (_, index) => (MANY - index) * 10);
      expect(left).toEqual(newest);
      await prune({ maxBytes: 1 });
      expect(await suite.store.counts()).toMatchObject({ spans: 0, traces: 0 });
    });
  });
}
