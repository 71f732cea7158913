import { DETAIL_TEXT_LIMIT, type TraceListQuery, type TraceSummary } from '@slipstream/query-api';
import { ATTRIBUTE } from '@slipstream/wire';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { encodeScores, type ScoreEntry } from '../scores/payload.js';
import type { Store, StoreWriteResult } from './contract.js';
import { EPOCH_US, payload, type SpanSpec, spanIdOf, traceIdOf } from './suite-payloads.js';

/** One data folder and the stores that are opened on it, one at a time. */
export interface StoreHarness {
  open(): Promise<Store>;
  /** Ends the opened store as a crash would: no call of it finishes, nothing is tidied up. */
  crash(): Promise<void>;
  /** Closes what is open and removes the folder. */
  dispose(): Promise<void>;
}

const COUNTED = ['spans', 'runningSpans', 'traces', 'duplicates'] as const;

/** Traces of one test on a store that tests share: each test has its own thousand numbers and its own second. */
const TRACES_PER_TEST = 1000;

/** What every store must do. Harnesses are made for a group of tests, or for one that looks at the whole store. */
export function describeStore(name: string, createHarness: () => Promise<StoreHarness>): void {
  describe(name, () => {
    let harness: StoreHarness;
    let store: Store;
    let cursor = 0;
    let base = 0;

    const openFresh = async (): Promise<void> => {
      cursor = 0;
      base = 0;
      harness = await createHarness();
      store = await harness.open();
    };
    const dispose = (): Promise<void> => harness.dispose();
    /** Before each test of a group on one store. */
    const startTest = (): void => {
      base += TRACES_PER_TEST;
    };

    const idOf = (trace: number): string => traceIdOf(base + trace);
    const epochUs = (): number => EPOCH_US + base * 1000;
    const write = (...specs: readonly SpanSpec[]): Promise<StoreWriteResult> => {
      cursor += 1;
      return store.write({ payloads: [payloadOf(...specs)], cursor });
    };
    const payloadOf = (...specs: readonly SpanSpec[]): Uint8Array =>
      payload(
        ...specs.map((spec) => ({
          ...spec,
          trace: base + spec.trace,
          startUs: base * 1000 + (spec.startUs ?? spec.span * 1000),
        })),
      );
    const numbers = (traces: readonly TraceSummary[]): number[] =>
      traces.map(({ traceId }) => Number.parseInt(traceId.slice(1), 16) - base);
    /** Those of the test's own traces that match, newest first. */
    const list = async (query: Partial<TraceListQuery> = {}): Promise<readonly TraceSummary[]> => {
      const { traces } = await store.listTraces({ limit: 50, ...query });
      return traces.filter((_, index) => (numbers(traces)[index] ?? 0) >= 0);
    };
    const found = async (query: Partial<TraceListQuery>): Promise<number[]> => numbers(await list(query)).sort();
    const only = async (): Promise<TraceSummary> => {
      const traces = await list();
      expect(traces).toHaveLength(1);
      return traces[0]!;
    };
    const growth = async (action: () => Promise<unknown>): Promise<Record<string, number>> => {
      const before = await store.counts();
      await action();
      const after = await store.counts();
      return Object.fromEntries(COUNTED.map((key) => [key, after[key] - before[key]]));
    };

    describe('an empty store', () => {
      beforeEach(openFresh);
      afterEach(dispose);

      test('answers every question with nothing', async () => {
        expect(await store.cursor()).toBe(0);
        expect(await list()).toEqual([]);
        expect(await store.trace(traceIdOf(1))).toBeUndefined();
        expect(await store.observation(traceIdOf(1), spanIdOf(1), false)).toBeUndefined();
        expect(await store.summaries([traceIdOf(1)], {})).toEqual([]);
        expect(await store.facets()).toEqual({ names: [], services: [], metadataKeys: [] });
        expect(await store.counts()).toMatchObject({
          spans: 0,
          runningSpans: 0,
          traces: 0,
          duplicates: 0,
          spansByInstance: {},
        });
        expect(await store.healthy()).toBe(true);
      });
    });

    describe('writing', () => {
      beforeAll(openFresh);
      beforeEach(startTest);
      afterAll(dispose);

      test('reports what a batch changed and commits its cursor', async () => {
        const result = await store.write({
          payloads: [
            payloadOf({ trace: 1, span: 1 }, { trace: 1, span: 2, parent: 1 }),
            payloadOf({ trace: 2, span: 1 }),
          ],
          cursor: 41,
        });
        expect(result).toEqual({
          insertedSpans: 3,
          insertedStarts: 0,
          duplicates: 0,
          undecodable: [],
          changedTraceIds: [idOf(1), idOf(2)],
        });
        expect(await store.cursor()).toBe(41);
      });

      test('names undecodable payloads by index and stores the others', async () => {
        const broken = new Uint8Array([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]);
        const payloads = [broken, payloadOf({ trace: 1, span: 1 }), broken];
        expect(await store.write({ payloads, cursor: 3 })).toMatchObject({ insertedSpans: 1, undecodable: [0, 2] });
        expect(await store.cursor()).toBe(3);
      });

      test('moves the cursor with a batch that brings nothing', async () => {
        await store.write({ payloads: [], cursor: 9 });
        expect(await store.cursor()).toBe(9);
      });

      test('leaves the payloads to the caller', async () => {
        const backing = new Uint8Array(10_000);
        const bytes = payloadOf({ trace: 1, span: 1 });
        backing.set(bytes, 100);
        await store.write({ payloads: [backing.subarray(100, 100 + bytes.byteLength)], cursor: 1 });
        expect(backing.subarray(100, 100 + bytes.byteLength)).toEqual(bytes);
        expect(await list()).toHaveLength(1);
      });

      test('keeps the first of two ended versions of a span and counts the second', async () => {
        const grown = await growth(async () => {
          await write({ trace: 1, span: 1, name: 'first' });
          const second = await write({ trace: 1, span: 1, name: 'second' });
          expect(second).toMatchObject({ insertedSpans: 0, duplicates: 1, changedTraceIds: [] });
        });
        expect(grown).toEqual({ spans: 1, runningSpans: 0, traces: 1, duplicates: 1 });
        expect((await only()).name).toBe('first');
      });

      test('recognises a span that comes twice in one batch', async () => {
        const result = await write({ trace: 1, span: 1 }, { trace: 1, span: 1 });
        expect(result).toMatchObject({ insertedSpans: 1, duplicates: 1 });
        expect((await store.trace(idOf(1)))?.observations).toHaveLength(1);
      });

      test('tells equal span ids of two traces apart', async () => {
        expect(await growth(() => write({ trace: 1, span: 1 }, { trace: 2, span: 1 }))).toMatchObject({
          spans: 2,
          traces: 2,
        });
        expect(await list()).toHaveLength(2);
      });

      test('counts ended spans by the process that sent them', async () => {
        await write({ trace: 1, span: 1, instance: 'a' }, { trace: 1, span: 2, instance: 'b' });
        await write({ trace: 1, span: 2, instance: 'b' }, { trace: 1, span: 3, instance: 'b' });
        await write({ trace: 1, span: 4, instance: 'b', running: true });
        await write({ trace: 1, span: 5, instance: '__proto__' });
        const { spansByInstance } = await store.counts();
        const counted = Object.entries(spansByInstance).filter(([instance]) => instance !== 'suite-instance');
        expect(counted.sort()).toEqual([
          ['__proto__', 1],
          ['a', 1],
          ['b', 2],
        ]);
      });
    });

    describe('running spans', () => {
      beforeAll(openFresh);
      beforeEach(startTest);
      afterAll(dispose);

      const start: SpanSpec = { trace: 1, span: 1, name: 'work', running: true };
      const end: SpanSpec = { trace: 1, span: 1, name: 'work', durationUs: 5000 };

      test('are shown until they end', async () => {
        const started = await growth(async () => {
          expect(await write(start)).toMatchObject({ insertedSpans: 0, insertedStarts: 1 });
        });
        expect(started).toMatchObject({ spans: 0, runningSpans: 1 });
        expect(await only()).toMatchObject({ name: 'work', running: true, durationUs: null, observationCount: 1 });
        expect((await store.trace(idOf(1)))?.observations).toMatchObject([{ endTimeUs: null }]);
        const ended = await growth(async () => {
          expect(await write(end)).toMatchObject({ insertedSpans: 1, duplicates: 0 });
        });
        expect(ended).toMatchObject({ spans: 1, runningSpans: -1 });
        expect(await only()).toMatchObject({ running: false, durationUs: 5000, observationCount: 1 });
        expect((await store.trace(idOf(1)))?.observations).toMatchObject([{ endTimeUs: epochUs() + 6000 }]);
      });

      test.each([
        ['start first', [start, end]],
        ['end first', [end, start]],
        ['start twice', [start, start, end]],
      ] as const)('make one observation in one batch: %s', async (_, specs) => {
        expect(await growth(() => write(...specs))).toMatchObject({ spans: 1, runningSpans: 0 });
        expect(await only()).toMatchObject({ running: false, observationCount: 1, durationUs: 5000 });
      });

      test('do not come back when their start arrives after their end', async () => {
        await write(end);
        expect(await write(start)).toMatchObject({ insertedStarts: 0, changedTraceIds: [] });
        expect((await store.trace(idOf(1)))?.observations).toMatchObject([{ endTimeUs: epochUs() + 6000 }]);
      });

      test('give their details', async () => {
        await write({ ...start, attributes: { [ATTRIBUTE.observationInput]: 'question' } });
        const detail = await store.observation(idOf(1), spanIdOf(1), false);
        expect(detail).toMatchObject({ endTimeUs: null, input: { text: 'question' }, output: null });
        await write({ ...end, attributes: { [ATTRIBUTE.observationOutput]: 'answer' } });
        const after = await store.observation(idOf(1), spanIdOf(1), false);
        expect(after).toMatchObject({ input: null, output: { text: 'answer' } });
      });
    });

    describe('the summary of a trace', () => {
      beforeAll(openFresh);
      beforeEach(startTest);
      afterAll(dispose);

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
        traceId: idOf(1),
        name: 'root',
        service: 'front',
        environment: 'test',
        release: 'v7',
        startTimeUs: epochUs(),
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
        for (const index of order) await write(specs[index]!);
        const trace = await only();
        expect(trace).toMatchObject(summary());
        expect(trace.costUsd).toBeCloseTo(0.5 + 0.00021, 10);
      });

      test('is the same when all comes in one batch, and after a restart in the middle', async () => {
        await write(specs[2]!);
        await harness.crash();
        store = await harness.open();
        await write(specs[0]!, specs[1]!);
        expect(await only()).toMatchObject(summary());
      });

      test('bears the name of the earliest observation while the root is missing', async () => {
        await write({ trace: 1, span: 3, parent: 9, name: 'later', startUs: 500 });
        await write({ trace: 1, span: 2, parent: 1, name: 'earlier', startUs: 100 });
        expect((await only()).name).toBe('earlier');
        await write({ trace: 1, span: 1, name: 'root', startUs: 300 });
        expect((await only()).name).toBe('root');
      });

      test("bears the trace's explicit name above all", async () => {
        await write({ trace: 1, span: 2, parent: 1, attributes: { [ATTRIBUTE.traceName]: 'lesson' } });
        await write({ trace: 1, span: 1, name: 'root' });
        expect((await only()).name).toBe('lesson');
      });

      test('finds the conversation in the metadata of the trace, then of an observation', async () => {
        await write({ trace: 1, span: 1, attributes: { [`${ATTRIBUTE.observationMetadata}conversation_id`]: 'o' } });
        expect((await only()).conversation).toBe('o');
        await write({ trace: 1, span: 2, attributes: { [`${ATTRIBUTE.traceMetadata}conversation_id`]: 't' } });
        expect(await only()).toMatchObject({ conversation: 't', sessionId: null });
      });

      test('takes the value that was set last', async () => {
        const key = `${ATTRIBUTE.traceMetadata}step`;
        await write({ trace: 1, span: 2, startUs: 2000, attributes: { [key]: 'two' } });
        await write({ trace: 1, span: 1, startUs: 1000, attributes: { [key]: 'one' } });
        expect((await only()).metadata).toEqual({ step: 'two' });
        await write({ trace: 1, span: 3, startUs: 3000, attributes: { [key]: 'three' } });
        expect((await only()).metadata).toEqual({ step: 'three' });
        expect(await found({ metadata: ['step:three'] })).toEqual([1]);
        expect(await found({ metadata: ['step:two'] })).toEqual([]);
        expect(await found({ metadata: ['step:one'] })).toEqual([]);
      });
    });

    describe('filters', () => {
      afterAll(dispose);

      beforeAll(async () => {
        await openFresh();
        await write(
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
        ['a start time, inclusive', { fromUs: epochUs() + 2000 }, [2, 3, 4]],
        ['an end time, inclusive', { toUs: epochUs() + 2000 }, [1, 2]],
        ['both', { fromUs: epochUs() + 2000, toUs: epochUs() + 3000 }, [2, 3]],
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
        expect(await found(query)).toEqual(expected);
        const summaries = await store.summaries([1, 2, 3, 4].map(idOf), query);
        expect(numbers(summaries).sort()).toEqual(expected);
      });

      test.each(['(50%_off)', '[x]+', 'C:\\tmp'])('take %s for text and not for a pattern', async (text) => {
        expect(await found({ text })).toEqual([3]);
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
        expect(await found({ text: `${text}${text}zz` })).toEqual([]);
      });

      test.each(["' OR 1=1 --", "'; DROP TABLE observations; --", '$1', '$name', '?', '%', '', '\\', '\0', '"', '🤖'])(
        'find nothing for the value %j in any field',
        async (value) => {
          for (const field of ['name', 'conversation', 'user', 'service'] as const) {
            expect(await found({ [field]: value })).toEqual([]);
          }
          expect(await found({ metadata: [`${value}:${value}`] })).toEqual([]);
          expect(await found({ metadata: [`bot_id:${value}`] })).toEqual([]);
          expect(await found({})).toEqual([1, 2, 3, 4]);
        },
      );

      test('leave out ids that were not asked for, and refuse more than 500', async () => {
        expect(numbers(await store.summaries([idOf(3), idOf(77)], {}))).toEqual([3]);
        expect(await store.summaries([], {})).toEqual([]);
        const ids = Array.from({ length: 501 }, (_, index) => idOf(index));
        await expect(store.summaries(ids.slice(0, 500), {})).resolves.toHaveLength(4);
        await expect(store.summaries(ids, {})).rejects.toMatchObject({ code: 'too_many_ids' });
      });

      test('offer names, services and metadata keys, the most frequent first', async () => {
        expect(await store.facets()).toEqual({
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

    describe('paging', () => {
      beforeEach(openFresh);
      afterEach(dispose);

      test('runs from the newest to the oldest without loss or doubles while traces arrive', async () => {
        for (let trace = 1; trace <= 25; trace += 1) await write({ trace, span: 1, startUs: 1000 * (trace % 5) });
        const seen: number[] = [];
        let next: string | null | undefined;
        for (let page = 0; next !== null && page < 20; page += 1) {
          const result = await store.listTraces({ limit: 4, ...(next === undefined ? {} : { cursor: next }) });
          seen.push(...numbers(result.traces));
          next = result.nextCursor;
          await write({ trace: 100 + page, span: 1, startUs: 1_000_000 + page });
        }
        expect(seen.filter((trace) => trace < 100)).toHaveLength(25);
        expect(new Set(seen).size).toBe(seen.length);
        const startOf = (trace: number): number => trace % 5;
        const starts = seen.filter((trace) => trace < 100).map(startOf);
        expect(starts).toEqual([...starts].sort((a, b) => b - a));
      });

      test('ends with a page that is exactly full', async () => {
        await write({ trace: 1, span: 1 }, { trace: 2, span: 1 });
        expect((await store.listTraces({ limit: 2 })).nextCursor).toBeNull();
        expect((await store.listTraces({ limit: 1 })).nextCursor).not.toBeNull();
      });

      test('goes through the matches of a text search', async () => {
        for (let trace = 1; trace <= 9; trace += 1) {
          await write({ trace, span: 1, startUs: trace, name: trace % 3 === 0 ? 'needle' : 'hay' });
        }
        const first = await store.listTraces({ limit: 2, text: 'NEEDLE' });
        expect(numbers(first.traces)).toEqual([9, 6]);
        const second = await store.listTraces({ limit: 2, text: 'NEEDLE', cursor: first.nextCursor! });
        expect(numbers(second.traces)).toEqual([3]);
        expect(second.nextCursor).toBeNull();
      });
    });

    describe('details', () => {
      beforeAll(openFresh);
      beforeEach(startTest);
      afterAll(dispose);

      test.each(['', 'x', '1', "1.' OR 1=1", '99999999999999999.a'])('refuse the cursor %j', async (bad) => {
        await expect(store.listTraces({ limit: 1, cursor: bad })).rejects.toMatchObject({ code: 'invalid_cursor' });
      });

      test('show the tree in order of start, a parent only where it is there', async () => {
        await write(
          { trace: 1, span: 3, parent: 2, startUs: 30 },
          { trace: 1, span: 2, parent: 1, startUs: 20 },
          { trace: 1, span: 4, parent: 99, startUs: 40 },
          { trace: 2, span: 1 },
        );
        const before = await store.trace(idOf(1));
        expect(before?.observations.map(({ parentSpanId }) => parentSpanId)).toEqual(['', spanIdOf(2), '']);
        await write({ trace: 1, span: 1, startUs: 10 });
        const after = await store.trace(idOf(1));
        expect(after?.truncated).toBe(false);
        expect(after?.trace).toEqual((await list({ name: 'span-1' })).find(({ traceId }) => traceId === idOf(1)));
        expect(after?.observations.map(({ spanId }) => spanId)).toEqual([1, 2, 3, 4].map(spanIdOf));
      });

      test('give scores with their trace, the last of each id, whatever comes first', async () => {
        const of = (id: string, fields: Partial<ScoreEntry> = {}): ScoreEntry => ({
          id: `${base} ${id}`,
          traceId: idOf(1),
          observationId: '',
          sessionId: '',
          name: 'thumb',
          dataType: 'BOOLEAN',
          value: 1,
          text: undefined,
          comment: undefined,
          metadata: {},
          environment: undefined,
          timeUs: epochUs(),
          ...fields,
        });
        const judge = (...scores: readonly ScoreEntry[]) => {
          cursor += 1;
          return store.write({ payloads: [encodeScores(scores)], cursor });
        };
        const early = await judge(of('early', { timeUs: epochUs() + 2 }), of('of another', { traceId: idOf(2) }));
        expect(early).toMatchObject({ insertedSpans: 0, undecodable: [], changedTraceIds: [idOf(1), idOf(2)] });
        expect(await store.trace(idOf(1))).toBeUndefined();
        await write({ trace: 1, span: 1 });
        const category = { name: 'mood', dataType: 'CATEGORICAL', value: undefined, text: "o'ne" } as const;
        await judge(
          of('span', { ...category, observationId: spanIdOf(1), comment: 'c', metadata: { judge: 'gpt' } }),
          of('early', { value: 1, timeUs: epochUs() + 2 }),
          of('early', { value: 0, timeUs: epochUs() + 2 }),
        );
        await judge(of('session', { traceId: '', sessionId: 's' }));
        const detail = await store.trace(idOf(1));
        expect(detail?.scores.map(({ scoreId, spanId, value, text }) => [scoreId, spanId, value, text])).toEqual([
          [`${base} span`, spanIdOf(1), null, "o'ne"],
          [`${base} early`, '', 0, null],
        ]);
        expect(detail?.scores[0]).toMatchObject({ name: 'mood', comment: 'c', metadata: { judge: 'gpt' } });
      });

      test('name scores that cannot be read, and take the others', async () => {
        cursor += 1;
        const payloads = [Buffer.from('{"scores":'), Buffer.from('{}'), payloadOf({ trace: 1, span: 1 })];
        expect(await store.write({ payloads, cursor })).toMatchObject({ insertedSpans: 1, undecodable: [0, 1] });
      });

      test('tell everything of an observation', async () => {
        await write({
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
        const detail = await store.observation(idOf(1), spanIdOf(1), false);
        expect(detail).toMatchObject({
          traceId: idOf(1),
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
        expect(await found({ metadata: ['constructor:mine'] })).toEqual([1]);
        expect(await store.observation(idOf(1), spanIdOf(2), false)).toBeUndefined();
      });

      test('prefer the cost that was reported, and know none for an unknown model', async () => {
        const generation = {
          [ATTRIBUTE.observationType]: 'generation',
          [ATTRIBUTE.observationUsageDetails]: '{"input":9}',
        };
        await write(
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
        const reported = await store.observation(idOf(1), spanIdOf(1), false);
        expect(reported).toMatchObject({ costSource: 'reported', costUsd: 5 });
        const unknown = await store.observation(idOf(2), spanIdOf(1), false);
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
        await write({
          trace: 1,
          span: 1,
          name: text.slice(0, 100),
          attributes: { [ATTRIBUTE.observationInput]: text },
        });
        const detail = await store.observation(idOf(1), spanIdOf(1), true);
        expect(detail?.input?.text === text).toBe(true);
        expect(detail?.input?.fullLength).toBe(text.length);
        expect((await only()).name).toBe(text.slice(0, 100));
      });

      test('cut a text at the limit, never through a character, and say how long it is', async () => {
        const exact = 'x'.repeat(DETAIL_TEXT_LIMIT);
        const attributes = {
          [ATTRIBUTE.observationInput]: exact,
          [ATTRIBUTE.observationOutput]: `${exact.slice(1)}🤖`,
        };
        await write({ trace: 1, span: 1, attributes });
        const detail = await store.observation(idOf(1), spanIdOf(1), false);
        expect(detail?.input?.text).toHaveLength(DETAIL_TEXT_LIMIT);
        expect(detail?.output?.text).toBe(exact.slice(1));
        expect(detail?.output?.fullLength).toBe(DETAIL_TEXT_LIMIT + 1);
        expect((await store.observation(idOf(1), spanIdOf(1), true))?.output?.text).toHaveLength(DETAIL_TEXT_LIMIT + 1);
      });
    });

    describe('durability', () => {
      beforeEach(openFresh);
      afterEach(dispose);

      test('everything is there after a close', async () => {
        await write({ trace: 1, span: 1, running: true }, { trace: 1, span: 2, parent: 1 });
        const [traces, counts] = [await list(), await store.counts()];
        await store.close();
        store = await harness.open();
        expect(await list()).toEqual(traces);
        expect(await store.cursor()).toBe(1);
        expect(await store.counts()).toEqual({ ...counts, bytes: expect.any(Number) });
      });

      test('what was written before a crash is there, with its cursor, and is recognised when it comes again', async () => {
        for (let trace = 1; trace <= 20; trace += 1) {
          await write({ trace, span: 1 }, { trace, span: 2, parent: 1, running: true });
        }
        await harness.crash();
        store = await harness.open();
        expect(await store.cursor()).toBe(20);
        expect(await store.counts()).toMatchObject({
          spans: 20,
          runningSpans: 20,
          spansByInstance: { 'suite-instance': 20 },
        });
        expect(await write({ trace: 7, span: 1 }, { trace: 7, span: 2, parent: 1 })).toMatchObject({
          insertedSpans: 1,
          duplicates: 1,
          changedTraceIds: [traceIdOf(7)],
        });
        expect(await store.counts()).toMatchObject({ spans: 21, runningSpans: 19, traces: 20 });
        expect(await found({ name: 'span-1' })).toHaveLength(20);
      });

      test('a crash under writes leaves rows and cursor of the same batches', async () => {
        const writing: Promise<unknown>[] = [];
        for (let batch = 1; batch <= 40; batch += 1) {
          const specs = Array.from({ length: 50 }, (_, index) => ({ trace: batch, span: index + 1 }));
          writing.push(write(...specs).catch(() => undefined));
        }
        await writing[4];
        await harness.crash();
        await Promise.all(writing);
        store = await harness.open();
        const committed = await store.cursor();
        expect(committed).toBeGreaterThanOrEqual(5);
        expect(await store.counts()).toMatchObject({ spans: committed * 50, traces: committed });
        const sizes = (await list({ limit: 500 })).map(({ observationCount }) => observationCount);
        expect(sizes).toEqual(Array.from({ length: committed }, () => 50));
      });

      test('a closed store refuses calls and closes twice', async () => {
        await store.close();
        await store.close();
        expect(await store.healthy()).toBe(false);
        await expect(store.listTraces({ limit: 1 })).rejects.toMatchObject({ code: 'store_closed' });
        await expect(store.write({ payloads: [], cursor: 1 })).rejects.toMatchObject({ code: 'store_closed' });
      });
    });
  });
}
