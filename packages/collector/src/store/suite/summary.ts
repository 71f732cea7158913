import { ATTRIBUTE } from '@slipstream/wire';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { StoreFixture } from './fixture.js';
import type { CreateHarness } from './harness.js';
import type { SpanSpec } from './payloads.js';

/** What the list shows of a trace. */
export function describeSummary(createHarness: CreateHarness): void {
  const suite = new StoreFixture(createHarness);

  describe('the summary of a trace', () => {
    beforeAll(suite.open);
    beforeEach(suite.startTest);
    afterAll(suite.dispose);

    const specs: readonly SpanSpec[] = [
      { trace: 1, span: 1, name: 'root', startUs: 0, durationUs: 9000, service: 'front' },
      {
        trace: 1,
        span: 2,
        parent: 1,
        name: 'llm',
        startUs: 1000,
        durationUs: 4000,
        service: 'back',
        attributes: {
          [ATTRIBUTE.observationType]: 'generation',
          [ATTRIBUTE.observationModel]: 'gpt-4o-mini',
          [ATTRIBUTE.observationUsageDetails]: '{"input":1000,"output":100}',
          [ATTRIBUTE.userId]: 'an',
          [ATTRIBUTE.traceTags]: ['b', 'a'],
        },
      },
      {
        trace: 1,
        span: 3,
        parent: 1,
        name: 'save',
        startUs: 6000,
        attributes: {
          [ATTRIBUTE.observationLevel]: 'ERROR',
          [ATTRIBUTE.observationCostDetails]: '{"total":0.5}',
          [ATTRIBUTE.userId]: 'bình',
          [ATTRIBUTE.sessionId]: 's1',
          [`${ATTRIBUTE.traceMetadata}bot_id`]: 'r2',
          [ATTRIBUTE.traceTags]: ['c'],
          [ATTRIBUTE.environment]: 'test',
          [ATTRIBUTE.release]: 'v7',
        },
      },
    ];
    const summary = () => ({
      traceId: suite.idOf(1),
      name: 'root',
      service: 'front',
      environment: 'test',
      release: 'v7',
      startTimeUs: suite.epochUs(),
      durationUs: 9000,
      running: false,
      observationCount: 3,
      errorCount: 1,
      level: 'ERROR',
      userId: 'bình',
      sessionId: 's1',
      conversation: 's1',
      tags: ['a', 'b', 'c'],
      metadata: { bot_id: 'r2' },
      inputTokens: 1000,
      outputTokens: 100,
      totalTokens: 1100,
    });

    test.each([
      ['in order', [0, 1, 2]],
      ['children first', [1, 2, 0]],
      ['backwards', [2, 1, 0]],
    ] as const)('is the same whatever the order of arrival: %s', async (_, order) => {
      for (const index of order) await suite.write(specs[index]!);
      const trace = await suite.only();
      expect(trace).toMatchObject(summary());
      expect(trace.costUsd).toBeCloseTo(0.5 + 0.00021, 10);
    });

    test('is the same when all comes in one batch, and after a restart in the middle', async () => {
      await suite.write(specs[2]!);
      await suite.harness.crash();
      await suite.reopen();
      await suite.write(specs[0]!, specs[1]!);
      expect(await suite.only()).toMatchObject(summary());
    });

    test('bears the name of the earliest observation while the root is missing', async () => {
      await suite.write({ trace: 1, span: 3, parent: 9, name: 'later', startUs: 500 });
      await suite.write({ trace: 1, span: 2, parent: 1, name: 'earlier', startUs: 100 });
      expect((await suite.only()).name).toBe('earlier');
      await suite.write({ trace: 1, span: 1, name: 'root', startUs: 300 });
      expect((await suite.only()).name).toBe('root');
    });

    test("bears the trace's explicit name above all", async () => {
      await suite.write({ trace: 1, span: 2, parent: 1, attributes: { [ATTRIBUTE.traceName]: 'lesson' } });
      await suite.write({ trace: 1, span: 1, name: 'root' });
      expect((await suite.only()).name).toBe('lesson');
    });

    test('finds the conversation in the metadata of the trace, then of an observation', async () => {
      await suite.write({
        trace: 1,
        span: 1,
        attributes: { [`${ATTRIBUTE.observationMetadata}conversation_id`]: 'o' },
      });
      expect((await suite.only()).conversation).toBe('o');
      await suite.write({ trace: 1, span: 2, attributes: { [`${ATTRIBUTE.traceMetadata}conversation_id`]: 't' } });
      expect(await suite.only()).toMatchObject({ conversation: 't', sessionId: null });
    });

    test('takes the value that was set last', async () => {
      const key = `${ATTRIBUTE.traceMetadata}step`;
      await suite.write({ trace: 1, span: 2, startUs: 2000, attributes: { [key]: 'two' } });
      await suite.write({ trace: 1, span: 1, startUs: 1000, attributes: { [key]: 'one' } });
      expect((await suite.only()).metadata).toEqual({ step: 'two' });
      await suite.write({ trace: 1, span: 3, startUs: 3000, attributes: { [key]: 'three' } });
      expect((await suite.only()).metadata).toEqual({ step: 'three' });
      expect(await suite.found({ metadata: ['step:three'] })).toEqual([1]);
      expect(await suite.found({ metadata: ['step:two'] })).toEqual([]);
      expect(await suite.found({ metadata: ['step:one'] })).toEqual([]);
    });
  });
}
