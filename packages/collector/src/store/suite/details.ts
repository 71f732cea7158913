import {
  DETAIL_TEXT_LIMIT,
  observationDetailSchema,
  observationRowSchema,
  traceDetailSchema,
  traceSummarySchema,
} from '@slipstream/query-api';
import { ATTRIBUTE } from '@slipstream/wire';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { StoreFixture } from './fixture.js';
import type { CreateHarness } from './harness.js';
import { spanIdOf } from './payloads.js';

/** One trace and one observation. */
export function describeDetails(createHarness: CreateHarness): void {
  const suite = new StoreFixture(createHarness);

  describe('details', () => {
    beforeAll(suite.open);
    beforeEach(suite.startTest);
    afterAll(suite.dispose);

    test.each(['', 'x', '1', "1.' OR 1=1", '99999999999999999.a'])('refuse the cursor %j', async (bad) => {
      await expect(suite.store.listTraces({ limit: 1, cursor: bad })).rejects.toMatchObject({ code: 'invalid_cursor' });
    });

    test('show the tree in order of start, a parent only where it is there', async () => {
      await suite.write(
        { trace: 1, span: 3, parent: 2, startUs: 30 },
        { trace: 1, span: 2, parent: 1, startUs: 20 },
        { trace: 1, span: 4, parent: 99, startUs: 40 },
        { trace: 2, span: 1 },
      );
      const before = await suite.store.trace(suite.idOf(1));
      expect(before?.observations.map(({ parentSpanId }) => parentSpanId)).toEqual(['', spanIdOf(2), '']);
      await suite.write({ trace: 1, span: 1, startUs: 10 });
      const after = await suite.store.trace(suite.idOf(1));
      expect(after?.truncated).toBe(false);
      expect(after?.trace).toEqual(
        (await suite.list({ name: 'span-1' })).find(({ traceId }) => traceId === suite.idOf(1)),
      );
      expect(after?.observations.map(({ spanId }) => spanId)).toEqual([1, 2, 3, 4].map(spanIdOf));
    });

    test('give scores with their trace, the last of each id, whatever comes first', async () => {
      const { scoreOf: of, judge } = suite;
      const early = await judge(
        of('early', { timeUs: suite.epochUs() + 2 }),
        of('of another', { traceId: suite.idOf(2) }),
      );
      expect(early).toMatchObject({
        insertedSpans: 0,
        undecodable: [],
        changedTraceIds: [suite.idOf(1), suite.idOf(2)],
      });
      expect(await suite.store.trace(suite.idOf(1))).toBeUndefined();
      await suite.write({ trace: 1, span: 1 });
      const category = { name: 'mood', dataType: 'CATEGORICAL', value: undefined, text: "o'ne" } as const;
      await judge(
        of('span', { ...category, observationId: spanIdOf(1), comment: 'c', metadata: { judge: 'gpt' } }),
        of('early', { value: 1, timeUs: suite.epochUs() + 2 }),
        of('early', { value: 0, timeUs: suite.epochUs() + 2 }),
      );
      await judge(of('session', { traceId: '', sessionId: 's' }));
      const detail = await suite.store.trace(suite.idOf(1));
      expect(detail?.scores.map(({ scoreId, spanId, value, text }) => [scoreId, spanId, value, text])).toEqual([
        [`${suite.base} span`, spanIdOf(1), null, "o'ne"],
        [`${suite.base} early`, '', 0, null],
      ]);
      expect(detail?.scores[0]).toMatchObject({ name: 'mood', comment: 'c', metadata: { judge: 'gpt' } });
    });

    test('name scores that cannot be read, and take the others', async () => {
      const payloads = [Buffer.from('{"scores":'), Buffer.from('{}'), suite.payloadOf({ trace: 1, span: 1 })];
      expect(await suite.store.write({ payloads, cursor: suite.nextCursor() })).toMatchObject({
        insertedSpans: 1,
        undecodable: [0, 1],
      });
    });

    test('tell everything of an observation', async () => {
      await suite.write({
        trace: 1,
        span: 1,
        attributes: {
          [ATTRIBUTE.observationType]: 'generation',
          [ATTRIBUTE.observationModel]: 'openai/gpt-4o-mini',
          [ATTRIBUTE.observationModelParameters]: '{"temperature":0}',
          [ATTRIBUTE.observationUsageDetails]: '{"input":10,"output":5}',
          [ATTRIBUTE.observationPromptName]: 'p',
          [ATTRIBUTE.observationPromptVersion]: '3',
          [ATTRIBUTE.version]: 'v1',
          [`${ATTRIBUTE.observationMetadata}toString`]: 'own',
          [`${ATTRIBUTE.observationMetadata}constructor`]: 'mine',
        },
      });
      const detail = await suite.store.observation(suite.idOf(1), spanIdOf(1), false);
      expect(detail).toMatchObject({
        traceId: suite.idOf(1),
        spanId: spanIdOf(1),
        type: 'generation',
        model: 'openai/gpt-4o-mini',
        modelParameters: '{"temperature":0}',
        usageDetails: { input: 10, output: 5, total: 15 },
        costSource: 'computed',
        promptName: 'p',
        promptVersion: '3',
        version: 'v1',
        service: 'suite-service',
        scopeName: 'suite',
        scopeVersion: '1',
      });
      expect(Object.entries(detail!.metadata).sort()).toEqual([
        ['constructor', 'mine'],
        ['toString', 'own'],
      ]);
      expect(await suite.found({ metadata: ['constructor:mine'] })).toEqual([1]);
      expect(await suite.store.observation(suite.idOf(1), spanIdOf(2), false)).toBeUndefined();
    });

    test('keep a key of metadata that means something to objects, up to what a browser or an import reads', async () => {
      await suite.write({
        trace: 1,
        span: 1,
        attributes: {
          [`${ATTRIBUTE.observationMetadata}__proto__`]: 'own',
          [`${ATTRIBUTE.traceMetadata}__proto__`]: '{"polluted":1}',
        },
      });
      await suite.judge(suite.scoreOf('s', { metadata: Object.fromEntries([['__proto__', 'judged']]) }));
      const received = <T>(schema: z.ZodType<T>, value: unknown) => schema.parse(JSON.parse(JSON.stringify(value)));
      const own = [['__proto__', 'own']];
      const ofTrace = [['__proto__', '{"polluted":1}']];
      expect(Object.entries(received(traceSummarySchema, await suite.only()).metadata)).toEqual(ofTrace);
      const [summary] = await suite.store.summaries([suite.idOf(1)], {});
      expect(Object.entries(received(traceSummarySchema, summary).metadata)).toEqual(ofTrace);
      const detail = await suite.store.observation(suite.idOf(1), spanIdOf(1), false);
      expect(Object.entries(received(observationDetailSchema, detail).metadata)).toEqual(own);
      const { trace, scores } = received(traceDetailSchema, await suite.store.trace(suite.idOf(1)));
      expect(Object.entries(trace.metadata)).toEqual(ofTrace);
      expect(Object.entries(scores[0]?.metadata ?? {})).toEqual([['__proto__', 'judged']]);
      const { rows } = await suite.store.scan({ what: 'observations', traceId: suite.idOf(1), limit: 1 });
      const row = received(observationRowSchema, rows[0]);
      expect([Object.entries(row.metadata), Object.entries(row.trace_metadata)]).toEqual([own, ofTrace]);
      expect(await suite.found({ metadata: ['__proto__:own'] })).toEqual([1]);
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    });

    test('prefer the cost that was reported, and know none for an unknown model', async () => {
      const generation = {
        [ATTRIBUTE.observationType]: 'generation',
        [ATTRIBUTE.observationUsageDetails]: '{"input":9}',
      };
      await suite.write(
        {
          trace: 1,
          span: 1,
          attributes: {
            ...generation,
            [ATTRIBUTE.observationModel]: 'gpt-4o',
            [ATTRIBUTE.observationCostDetails]: '{"input":2,"output":3}',
          },
        },
        { trace: 2, span: 1, attributes: { ...generation, [ATTRIBUTE.observationModel]: 'nobody-knows' } },
      );
      const reported = await suite.store.observation(suite.idOf(1), spanIdOf(1), false);
      expect(reported).toMatchObject({ costSource: 'reported', costUsd: 5 });
      const unknown = await suite.store.observation(suite.idOf(2), spanIdOf(1), false);
      expect(unknown).toMatchObject({ costSource: 'none', costUsd: null, costDetails: {} });
    });

    test.each([
      ['Vietnamese', 'Đặng Thuỳ Trâm hỏi: “Hôm nay học gì?”'],
      ['emoji', '👩‍🚀🇻🇳🤖'],
      ['a NUL', 'a\0b'],
      ['quotes and comments', `'"\`; -- /* $1 ?`],
      ['nothing', ''],
      ['a megabyte', 'xyZ€'.repeat(262_144)],
    ])('keep %s as it is', async (_, text) => {
      await suite.write({
        trace: 1,
        span: 1,
        name: text.slice(0, 100),
        attributes: { [ATTRIBUTE.observationInput]: text },
      });
      const detail = await suite.store.observation(suite.idOf(1), spanIdOf(1), true);
      expect(detail?.input?.text === text).toBe(true);
      expect(detail?.input?.fullLength).toBe(text.length);
      expect((await suite.only()).name).toBe(text.slice(0, 100));
    });

    test('cut a text at the limit, never through a character, and say how long it is', async () => {
      const exact = 'x'.repeat(DETAIL_TEXT_LIMIT);
      const attributes = {
        [ATTRIBUTE.observationInput]: exact,
        [ATTRIBUTE.observationOutput]: `${exact.slice(1)}🤖`,
      };
      await suite.write({ trace: 1, span: 1, attributes });
      const detail = await suite.store.observation(suite.idOf(1), spanIdOf(1), false);
      expect(detail?.input?.text).toHaveLength(DETAIL_TEXT_LIMIT);
      expect(detail?.output?.text).toBe(exact.slice(1));
      expect(detail?.output?.fullLength).toBe(DETAIL_TEXT_LIMIT + 1);
      expect((await suite.store.observation(suite.idOf(1), spanIdOf(1), true))?.output?.text).toHaveLength(
        DETAIL_TEXT_LIMIT + 1,
      );
    });
  });
}
