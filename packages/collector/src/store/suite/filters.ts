import type { TraceListQuery } from '@slipstream/query-api';
import { ATTRIBUTE } from '@slipstream/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StoreFixture } from './fixture.js';
import type { CreateHarness } from './harness.js';

/** Which traces a filter finds. */
export function describeFilters(createHarness: CreateHarness): void {
  const suite = new StoreFixture(createHarness);

  describe('filters', () => {
    afterAll(suite.dispose);

    beforeAll(async () => {
      await suite.open();
      await suite.write(
        {
          trace: 1,
          span: 1,
          name: 'webhook',
          startUs: 1000,
          service: 'robot',
          attributes: {
            [ATTRIBUTE.userId]: 'an',
            [ATTRIBUTE.sessionId]: 'c1',
            [`${ATTRIBUTE.traceMetadata}bot_id`]: 'r2',
            [ATTRIBUTE.observationInput]: 'Con muốn học MÀU SẮC 🎨',
          },
        },
        {
          trace: 2,
          span: 1,
          name: 'webhook',
          startUs: 2000,
          service: 'robot',
          attributes: {
            [`${ATTRIBUTE.traceMetadata}conversation_id`]: 'c1',
            [`${ATTRIBUTE.observationMetadata}bot_id`]: 'r2',
            [`${ATTRIBUTE.observationMetadata}url`]: 'http://a:80/b',
            [ATTRIBUTE.observationLevel]: 'WARNING',
            [ATTRIBUTE.observationOutput]: '{"say":"two \\"quoted\\"\\nlines"}',
          },
        },
        {
          trace: 3,
          span: 1,
          name: 'init',
          startUs: 3000,
          service: 'other',
          attributes: {
            [ATTRIBUTE.observationLevel]: 'ERROR',
            [ATTRIBUTE.observationStatusMessage]: 'timeout (50%_off) [x]+ C:\\tmp',
          },
        },
        {
          trace: 3,
          span: 2,
          parent: 1,
          name: 'child',
          startUs: 3100,
          attributes: { [`${ATTRIBUTE.observationMetadata}conversation_id`]: 'c1' },
        },
        { trace: 4, span: 1, name: 'init', startUs: 4000, attributes: { [ATTRIBUTE.observationLevel]: 'DEBUG' } },
      );
    });

    test.each<[string, Partial<TraceListQuery>, number[]]>([
      ['nothing', {}, [1, 2, 3, 4]],
      ['a start time, inclusive', { fromUs: suite.epochUs() + 2000 }, [2, 3, 4]],
      ['an end time, inclusive', { toUs: suite.epochUs() + 2000 }, [1, 2]],
      ['both', { fromUs: suite.epochUs() + 2000, toUs: suite.epochUs() + 3000 }, [2, 3]],
      ['the name', { name: 'webhook' }, [1, 2]],
      ['a name nobody has', { name: 'web' }, []],
      ['the conversation, as session or as metadata of trace or observation', { conversation: 'c1' }, [1, 2, 3]],
      ['the user', { user: 'an' }, [1]],
      ['the service', { service: 'robot' }, [1, 2]],
      ['metadata of trace or observation', { metadata: ['bot_id:r2'] }, [1, 2]],
      ['two pieces of metadata', { metadata: ['bot_id:r2', 'conversation_id:c1'] }, [2]],
      ['a metadata value with colons', { metadata: ['url:http://a:80/b'] }, [2]],
      ['a metadata key alone', { metadata: ['url'] }, [2]],
      ['DEBUG and above', { level: 'DEBUG' }, [1, 2, 3, 4]],
      ['DEFAULT and above', { level: 'DEFAULT' }, [1, 2, 3]],
      ['WARNING and above', { level: 'WARNING' }, [2, 3]],
      ['ERROR', { level: 'ERROR' }, [3]],
      ['text of an input, without regard to case', { text: 'màu sắc' }, [1]],
      ['an emoji', { text: '🎨' }, [1]],
      ['text of a name', { text: 'CHILD' }, [3]],
      ['text of a status message', { text: 'TIMEOUT' }, [3]],
      ['text that JSON escapes', { text: '"quoted"\nlines' }, [2]],
      ['text and another condition', { text: 'web', user: 'an' }, [1]],
      [
        'everything at once',
        { text: 'học', user: 'an', conversation: 'c1', metadata: ['bot_id:r2'], name: 'webhook', level: 'DEFAULT' },
        [1],
      ],
    ])('find traces by %s', async (_, query, expected) => {
      expect(await suite.found(query)).toEqual(expected);
      const summaries = await suite.store.summaries([1, 2, 3, 4].map(suite.idOf), query);
      expect(suite.numbers(summaries).sort()).toEqual(expected);
    });

    test.each(['(50%_off)', '[x]+', 'C:\\tmp'])('take %s for text and not for a pattern', async (text) => {
      expect(await suite.found({ text })).toEqual([3]);
    });

    test.each([
      '.*',
      '%',
      '_ff_',
      '[a-z]+',
      '(',
      '\\',
      '$',
      '^web',
      'a|b',
      '\\E.*',
      '(?i)',
      '*',
      "'",
      '"',
      '\0',
      '\u{D800}',
    ])('find nothing for the text %j, which nobody wrote', async (text) => {
      expect(await suite.found({ text: `${text}${text}zz` })).toEqual([]);
    });

    test.each(["' OR 1=1 --", "'; DROP TABLE observations; --", '$1', '$name', '?', '%', '', '\\', '\0', '"', '🤖'])(
      'find nothing for the value %j in any field',
      async (value) => {
        for (const field of ['name', 'conversation', 'user', 'service'] as const) {
          expect(await suite.found({ [field]: value })).toEqual([]);
        }
        expect(await suite.found({ metadata: [`${value}:${value}`] })).toEqual([]);
        expect(await suite.found({ metadata: [`bot_id:${value}`] })).toEqual([]);
        expect(await suite.found({})).toEqual([1, 2, 3, 4]);
      },
    );

    test('leave out ids that were not asked for, and refuse more than 500', async () => {
      expect(suite.numbers(await suite.store.summaries([suite.idOf(3), suite.idOf(77)], {}))).toEqual([3]);
      expect(await suite.store.summaries([], {})).toEqual([]);
      const ids = Array.from({ length: 501 }, (_, index) => suite.idOf(index));
      await expect(suite.store.summaries(ids.slice(0, 500), {})).resolves.toHaveLength(4);
      await expect(suite.store.summaries(ids, {})).rejects.toMatchObject({ code: 'too_many_ids' });
    });

    test('offer names, services and metadata keys, the most frequent first', async () => {
      expect(await suite.store.facets()).toEqual({
        names: [
          { value: 'init', count: 2 },
          { value: 'webhook', count: 2 },
        ],
        services: [
          { value: 'robot', count: 2 },
          { value: 'other', count: 1 },
          { value: 'suite-service', count: 1 },
        ],
        metadataKeys: [
          { value: 'bot_id', count: 2 },
          { value: 'conversation_id', count: 2 },
          { value: 'url', count: 1 },
        ],
      });
    });
  });
}
