import type { ObservationRow, ScoreRow } from '@slipstream/query-api';
import { observationRowSchema, scoreRowSchema } from '@slipstream/query-api';
import { ATTRIBUTE } from '@slipstream/wire';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ScanPage, ScanQuery } from '../contract.js';
import { StoreFixture } from './fixture.js';
import type { CreateHarness } from './harness.js';
import { spanIdOf } from './payloads.js';

/** Rows in full, page by page. */
export function describeScan(createHarness: CreateHarness): void {
  const suite = new StoreFixture(createHarness);

  /** Of the test's own second and the spans in it. */
  const window = (): Pick<ScanQuery, 'fromUs' | 'toUs'> => ({
    fromUs: suite.epochUs(),
    toUs: suite.epochUs() + 900_000,
  });

  const pages = async (query: Partial<ScanQuery>): Promise<ScanPage[]> => {
    const all: ScanPage[] = [];
    let after: string | undefined;
    do {
      const page = await suite.store.scan({ what: 'observations', limit: 100, ...window(), ...query, after });
      all.push(page);
      after = page.next;
    } while (after !== undefined && all.length < 1000);
    return all;
  };

  const observations = async (query: Partial<ScanQuery> = {}): Promise<ObservationRow[]> =>
    (await pages({ ...query, what: 'observations' })).flatMap(({ rows }) => rows as ObservationRow[]);

  const scores = async (query: Partial<ScanQuery> = {}): Promise<ScoreRow[]> =>
    (await pages({ ...query, what: 'scores' })).flatMap(({ rows }) => rows as ScoreRow[]);

  describe('a scan', () => {
    beforeAll(suite.open);
    beforeEach(suite.startTest);
    afterAll(suite.dispose);

    test('of nothing is one empty page', async () => {
      expect(await pages({})).toEqual([{ rows: [], next: undefined }]);
      expect(await pages({ what: 'scores' })).toEqual([{ rows: [], next: undefined }]);
      expect(await observations({ traceId: suite.idOf(1) })).toEqual([]);
    });

    test('has the end of a span that starts at another time than its start said', async () => {
      await suite.write({ trace: 1, span: 1, startUs: 1, running: true });
      await suite.write({ trace: 1, span: 1, startUs: 5, revision: 1 });
      const rows = await observations({ traceId: suite.idOf(1) });
      expect(rows).toMatchObject([{ span_id: spanIdOf(1), revision: 1, end_ns: expect.any(String) }]);
    });

    test('tells everything of an observation, as its schema says', async () => {
      await suite.write({
        trace: 1,
        span: 1,
        parent: 7,
        name: 'llm 🤖',
        startUs: 1,
        revision: 4,
        attributes: {
          [ATTRIBUTE.observationType]: 'generation',
          [ATTRIBUTE.observationLevel]: 'WARNING',
          [ATTRIBUTE.observationStatusMessage]: 'slow',
          [ATTRIBUTE.observationInput]: '',
          [ATTRIBUTE.observationOutput]: 'Đặng "Thuỳ"\nTrâm',
          [`${ATTRIBUTE.observationMetadata}toString`]: 'own',
          [ATTRIBUTE.observationModel]: 'gpt-4o-mini',
          [ATTRIBUTE.observationModelParameters]: '{"temperature":0}',
          [ATTRIBUTE.observationUsageDetails]: '{"input":1000,"output":100}',
          [ATTRIBUTE.observationCompletionStartTime]: '2026-01-01T00:00:00.123456789Z',
          [ATTRIBUTE.observationPromptName]: 'p',
          [ATTRIBUTE.observationPromptVersion]: '3',
          [ATTRIBUTE.version]: 'v1',
          [ATTRIBUTE.traceName]: 'lesson',
          [ATTRIBUTE.userId]: 'an',
          [ATTRIBUTE.sessionId]: 's',
          [ATTRIBUTE.traceTags]: ['b', 'a'],
          [`${ATTRIBUTE.traceMetadata}bot_id`]: 'r2',
          [ATTRIBUTE.traceInput]: 'in',
          [ATTRIBUTE.traceOutput]: 'out',
          [ATTRIBUTE.environment]: 'test',
          [ATTRIBUTE.release]: 'r7',
        },
      });
      const [row] = await observations();
      expect(observationRowSchema.parse(row)).toEqual({
        kind: 'observation',
        trace_id: suite.idOf(1),
        span_id: spanIdOf(1),
        parent_span_id: spanIdOf(7),
        type: 'generation',
        name: 'llm 🤖',
        start_ns: String(BigInt(suite.epochUs() + 1) * 1000n),
        end_ns: String(BigInt(suite.epochUs() + 1001) * 1000n),
        revision: 4,
        level: 'WARNING',
        status_message: 'slow',
        input: '',
        output: 'Đặng "Thuỳ"\nTrâm',
        metadata: { toString: 'own' },
        model: 'gpt-4o-mini',
        model_parameters: '{"temperature":0}',
        usage_details: { input: 1000, output: 100, total: 1100 },
        cost_details: expect.objectContaining({ input: expect.closeTo(0.00015, 9) }),
        cost_source: 'computed',
        completion_start_ns: '1767225600123456789',
        prompt_name: 'p',
        prompt_version: '3',
        version: 'v1',
        trace_name: 'lesson',
        user_id: 'an',
        session_id: 's',
        tags: ['b', 'a'],
        trace_metadata: { bot_id: 'r2' },
        trace_input: 'in',
        trace_output: 'out',
        environment: 'test',
        release: 'r7',
        service: 'suite-service',
        service_instance_id: 'suite-instance',
        scope_name: 'suite',
        scope_version: '1',
      });
    });

    test('runs in order of start without loss or doubles, whatever the size of its pages', async () => {
      for (let batch = 0; batch < 4; batch += 1) {
        await suite.write(
          ...Array.from({ length: 15 }, (_, index) => ({
            trace: 1 + (index % 7),
            span: batch * 15 + index + 1,
            startUs: ((batch * 15 + index) * 37) % 25,
            running: index % 5 === 0,
          })),
        );
      }
      const all = await observations();
      expect(all).toHaveLength(60);
      const keys = all.map(({ start_ns, trace_id, span_id }) => `${start_ns.padStart(20)} ${trace_id} ${span_id}`);
      expect(keys).toEqual([...keys].sort());
      expect(all.filter(({ end_ns }) => end_ns === null)).toHaveLength(12);
      for (const limit of [1, 7, 60, 61]) expect(await observations({ limit })).toEqual(all);
      for (const { rows } of await pages({ limit: 7 })) expect(rows.length).toBeLessThanOrEqual(7);
    });

    test('shows a span that has ended once, also where it started at another time', async () => {
      await suite.write(
        { trace: 1, span: 1, startUs: 10, running: true },
        { trace: 1, span: 2, startUs: 5, running: true },
      );
      await suite.write({ trace: 1, span: 1, startUs: 10 }, { trace: 1, span: 2, startUs: 30 });
      for (const limit of [1, 2, 100]) {
        const rows = await observations({ limit });
        expect(rows.map(({ span_id, end_ns }) => [span_id, end_ns !== null])).toEqual([
          [spanIdOf(1), true],
          [spanIdOf(2), true],
        ]);
      }
    });

    test('keeps to its bounds: the first is in it, the last is not', async () => {
      const at = (us: number): number => suite.epochUs() + us;
      await suite.write(
        { trace: 1, span: 1, startUs: 100 },
        { trace: 1, span: 2, startUs: 200 },
        { trace: 2, span: 3, startUs: 300 },
      );
      const spans = async (query: Partial<ScanQuery>) => (await observations(query)).map(({ span_id }) => span_id);
      expect(await spans({ fromUs: at(100), toUs: at(300) })).toEqual([1, 2].map(spanIdOf));
      expect(await spans({ fromUs: at(101), toUs: at(301) })).toEqual([2, 3].map(spanIdOf));
      expect(await spans({ traceId: suite.idOf(1) })).toEqual([1, 2].map(spanIdOf));
      expect(await spans({ traceId: suite.idOf(1), fromUs: at(150) })).toEqual([spanIdOf(2)]);
      expect(await spans({ traceId: suite.idOf(1), spanId: spanIdOf(2) })).toEqual([spanIdOf(2)]);
      expect(await spans({ traceId: suite.idOf(1), spanId: spanIdOf(3) })).toEqual([]);
    });

    test('gives fewer rows on a page where they are large', async () => {
      const text = 'x'.repeat(2_000_000);
      for (let span = 1; span <= 12; span += 1) {
        await suite.write({ trace: 1, span, attributes: { [ATTRIBUTE.observationInput]: text } });
      }
      const all = await pages({});
      expect(all.length).toBeGreaterThan(1);
      for (const { rows } of all) expect(rows.length).toBeLessThanOrEqual(10);
      expect(all.flatMap(({ rows }) => rows)).toHaveLength(12);
    });

    test('gives scores by time, as their schema says', async () => {
      const category = { dataType: 'CATEGORICAL', value: undefined, text: "o'ne", name: 'mood' } as const;
      const details = { comment: 'c', metadata: { judge: 'gpt' }, environment: 'test' };
      await suite.judge(
        suite.scoreOf('late', { timeUs: suite.epochUs() + 2 }),
        suite.scoreOf('early', { ...category, ...details, observationId: spanIdOf(1), timeUs: suite.epochUs() + 1 }),
        suite.scoreOf('session', { traceId: '', sessionId: 's', timeUs: suite.epochUs() + 2 }),
      );
      const all = await scores();
      expect(scoreRowSchema.parse(all[0])).toEqual({
        kind: 'score',
        score_id: `${suite.base} early`,
        trace_id: suite.idOf(1),
        span_id: spanIdOf(1),
        session_id: '',
        name: 'mood',
        data_type: 'CATEGORICAL',
        value: null,
        text: "o'ne",
        comment: 'c',
        metadata: { judge: 'gpt' },
        environment: 'test',
        time_us: suite.epochUs() + 1,
      });
      expect(all.map(({ score_id }) => score_id)).toEqual(
        ['early', 'late', 'session'].map((id) => `${suite.base} ${id}`),
      );
      expect(await scores({ limit: 1 })).toEqual(all);
      expect(await scores({ traceId: suite.idOf(1), fromUs: suite.epochUs() + 2 })).toEqual([all[1]]);
    });

    test.each(['', 'x', 'WyIxIl0', Buffer.from('["1","2","3"]').toString('base64url')])(
      'refuses %j as the place to go on from',
      async (after) => {
        for (const what of ['observations', 'scores'] as const) {
          if (what === 'scores' && after.length > 10) continue;
          await expect(suite.store.scan({ what, limit: 1, after })).rejects.toMatchObject({ code: 'invalid_cursor' });
        }
      },
    );
  });
}
