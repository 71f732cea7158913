import { ATTRIBUTE } from '@slipstream/wire';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { StoreFixture } from './fixture.js';
import type { CreateHarness } from './harness.js';
import { type SpanSpec, spanIdOf } from './payloads.js';

/** Spans that have started and not ended. */
export function describeRunning(createHarness: CreateHarness): void {
  const suite = new StoreFixture(createHarness);

  describe('running spans', () => {
    beforeAll(suite.open);
    beforeEach(suite.startTest);
    afterAll(suite.dispose);

    const start: SpanSpec = { trace: 1, span: 1, name: 'work', running: true };
    const end: SpanSpec = { trace: 1, span: 1, name: 'work', durationUs: 5000 };

    test('are shown until they end', async () => {
      const started = await suite.growth(async () => {
        expect(await suite.write(start)).toMatchObject({ insertedSpans: 0, insertedStarts: 1 });
      });
      expect(started).toMatchObject({ spans: 0, runningSpans: 1 });
      expect(await suite.only()).toMatchObject({ name: 'work', running: true, durationUs: null, observationCount: 1 });
      expect((await suite.store.trace(suite.idOf(1)))?.observations).toMatchObject([{ endTimeUs: null }]);
      const ended = await suite.growth(async () => {
        expect(await suite.write(end)).toMatchObject({ insertedSpans: 1, duplicates: 0 });
      });
      expect(ended).toMatchObject({ spans: 1, runningSpans: -1 });
      expect(await suite.only()).toMatchObject({ running: false, durationUs: 5000, observationCount: 1 });
      expect((await suite.store.trace(suite.idOf(1)))?.observations).toMatchObject([
        { endTimeUs: suite.epochUs() + 6000 },
      ]);
    });

    test.each([
      ['start first', [start, end]],
      ['end first', [end, start]],
      ['start twice', [start, start, end]],
    ] as const)('make one observation in one batch: %s', async (_, specs) => {
      expect(await suite.growth(() => suite.write(...specs))).toMatchObject({ spans: 1, runningSpans: 0 });
      expect(await suite.only()).toMatchObject({ running: false, observationCount: 1, durationUs: 5000 });
    });

    test('do not come back when their start arrives after their end', async () => {
      await suite.write(end);
      expect(await suite.write(start)).toMatchObject({ insertedStarts: 0, changedTraceIds: [] });
      expect((await suite.store.trace(suite.idOf(1)))?.observations).toMatchObject([
        { endTimeUs: suite.epochUs() + 6000 },
      ]);
    });

    test('leave nothing behind that their end does not say', async () => {
      const key = `${ATTRIBUTE.traceMetadata}stage`;
      const own = `${ATTRIBUTE.observationMetadata}step`;
      await suite.write({
        ...start,
        startUs: 0,
        attributes: { [key]: 'begun', [own]: 'first', [ATTRIBUTE.userId]: 'an', [ATTRIBUTE.traceTags]: ['open'] },
      });
      expect(await suite.found({ metadata: ['stage:begun'] })).toEqual([1]);
      const result = await suite.write({ ...end, startUs: 500 }, { trace: 1, span: 2, parent: 1, startUs: 600 });
      expect(result).toMatchObject({ insertedSpans: 2, duplicates: 0 });
      expect(await suite.only()).toMatchObject({
        startTimeUs: suite.epochUs() + 500,
        observationCount: 2,
        running: false,
        userId: null,
        tags: [],
        metadata: {},
      });
      expect(await suite.found({ metadata: ['stage:begun'] })).toEqual([]);
      expect(await suite.found({ metadata: ['step:first'] })).toEqual([]);
      expect((await suite.store.trace(suite.idOf(1)))?.observations).toHaveLength(2);
    });

    test('give their details', async () => {
      await suite.write({ ...start, attributes: { [ATTRIBUTE.observationInput]: 'question' } });
      const detail = await suite.store.observation(suite.idOf(1), spanIdOf(1), false);
      expect(detail).toMatchObject({ endTimeUs: null, input: { text: 'question' }, output: null });
      await suite.write({ ...end, attributes: { [ATTRIBUTE.observationOutput]: 'answer' } });
      const after = await suite.store.observation(suite.idOf(1), spanIdOf(1), false);
      expect(after).toMatchObject({ input: null, output: { text: 'answer' } });
    });
  });
}
