import type { Observation } from '@slipstream/wire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromRow, toRow } from '../schema/columns.js';
import { OBSERVATION_COLUMNS, type StoredObservation } from '../schema/observation-columns.js';
import { TRACE_COLUMNS, type TraceRow } from '../schema/trace-columns.js';
import { MetadataChanges } from './metadata-changes.js';
import { cut, TraceState } from './trace-state.js';

function observation(fields: Partial<StoredObservation> = {}): StoredObservation {
  const plain: Observation = {
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    parentSpanId: '',
    type: 'span',
    name: 'work',
    startTimeUnixNano: 1_000_000n,
    endTimeUnixNano: 2_000_000n,
    revision: 0,
    level: 'DEFAULT',
    statusMessage: undefined,
    input: undefined,
    output: undefined,
    metadata: new Map(),
    model: undefined,
    modelParameters: undefined,
    usageDetails: new Map(),
    costDetails: new Map(),
    completionStartTimeUnixNano: undefined,
    promptName: undefined,
    promptVersion: undefined,
    version: undefined,
    traceName: undefined,
    userId: undefined,
    sessionId: undefined,
    tags: [],
    traceMetadata: new Map(),
    traceInput: undefined,
    traceOutput: undefined,
    environment: undefined,
    release: undefined,
    service: undefined,
    serviceInstanceId: undefined,
    scopeName: '',
    scopeVersion: '',
  };
  const derived = { inputTokens: 0, outputTokens: 0, totalTokens: 0, costUsd: undefined, costSource: 'none' as const };
  return { ...plain, ...derived, ...fields };
}

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const textMap = fc
  .array(fc.tuple(fc.constantFrom('k', 'conversation_id', '__proto__'), text))
  .map((all) => new Map(all));

/** Versions of eight spans: whole numbers of dollars and tokens, so that sums do not depend on their order. */
const anyObservation = fc
  .record({
    spanId: fc.integer({ min: 0, max: 7 }).map((span) => `span${span}`),
    parentSpanId: fc.constantFrom('', 'span0', 'span1', 'elsewhere'),
    name: text,
    startTimeUnixNano: fc.bigInt({ min: 0n, max: 9n }).map((us) => us * 1000n),
    endTimeUnixNano: fc.bigInt({ min: 10n, max: 20n }).map((us) => us * 1000n),
    level: fc.constantFrom('DEBUG' as const, 'DEFAULT' as const, 'WARNING' as const, 'ERROR' as const),
    metadata: textMap,
    traceMetadata: textMap,
    tags: fc.array(text, { maxLength: 3 }),
    traceName: maybe(text),
    userId: maybe(text),
    sessionId: maybe(text),
    service: maybe(text),
    environment: maybe(text),
    release: maybe(text),
    inputTokens: fc.nat(100),
    costUsd: maybe(fc.nat(100)),
  })
  .map((fields) => observation(fields));

function fold(observations: readonly StoredObservation[]): TraceRow {
  const state = new TraceState('a'.repeat(32));
  for (const each of observations) state.fold(each);
  return state.toRow();
}

describe('the fold of a trace', () => {
  test('does not depend on the order of arrival', () => {
    const distinct = fc.uniqueArray(anyObservation, { selector: ({ spanId }) => spanId, minLength: 1 });
    const shuffled = distinct.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([all, others]) => {
        // Equal starts are decided between parent and child, which is no order: keep them apart.
        const starts = new Set(all.map(({ startTimeUnixNano }) => startTimeUnixNano));
        fc.pre(starts.size === all.length);
        expect(fold(others)).toEqual(fold(all));
      }),
    );
  });

  test('is the same when it is made again from what was stored', () => {
    fc.assert(
      fc.property(fc.array(anyObservation, { minLength: 1 }), (all) => {
        const state = new TraceState('a'.repeat(32));
        const stored = all
          .filter((each) => state.fold(each) === 'ended')
          .map((each) => toRow(OBSERVATION_COLUMNS, each));
        expect(fold(stored.map((row) => fromRow<StoredObservation>(OBSERVATION_COLUMNS, row)))).toEqual(state.toRow());
      }),
    );
  });

  test('of a started span lasts until the ended version takes its place', () => {
    const start = observation({ endTimeUnixNano: undefined, metadata: new Map([['a', '1']]) });
    const state = new TraceState(start.traceId);
    expect(state.fold(start)).toBe('started');
    expect(state.isRunning(start.spanId)).toBe(true);
    expect(state.fold(start)).toBe('duplicate');
    expect(state.toRow()).toMatchObject({ runningCount: 1, observationCount: 1, endUs: undefined });
    const end = observation({ metadata: new Map([['a', '2']]) });
    expect(state.fold(end)).toBe('ended');
    expect(state.fold(start)).toBe('superseded');
    expect(state.fold(end)).toBe('duplicate');
    expect(state.toRow()).toMatchObject({ runningCount: 0, observationCount: 1, endUs: 2000 });
  });

  test.each<[string, Partial<StoredObservation>]>([
    ['a key', { metadata: new Map([['a', '1']]) }],
    ['a key of the trace', { traceMetadata: new Map([['a', '1']]) }],
    ['a tag', { tags: ['a'] }],
    ['a user', { userId: 'a' }],
    ['its parent', { parentSpanId: 'other' }],
    ['its start', { startTimeUnixNano: 5n }],
  ])('cannot take an end that takes back %s of the start', (_, fields) => {
    const state = new TraceState(observation().traceId);
    state.fold(observation({ endTimeUnixNano: undefined, ...fields }));
    const before = state.toRow();
    expect(state.fold(observation())).toBe('revised');
    expect(state.toRow()).toEqual(before);
  });

  test('shows the parent where parent and child have the same start', () => {
    const parent = observation({ spanId: 'zz', parentSpanId: 'remote', name: 'parent' });
    const child = observation({ spanId: 'aa', parentSpanId: 'zz', name: 'child' });
    expect(fold([parent, child]).name).toBe('parent');
    expect(fold([child, parent]).name).toBe('parent');
  });

  test('keeps a row small whatever comes', () => {
    const state = new TraceState('a'.repeat(32));
    for (let span = 0; span < 300; span += 1) {
      const huge = 'x'.repeat(100_000);
      const metadata = new Map([[`key${span}`, huge]]);
      state.fold(
        observation({ spanId: `${span}`, name: huge, userId: huge, tags: [`${span}`], traceMetadata: metadata }),
      );
    }
    const row = state.toRow();
    expect(row.tags).toHaveLength(100);
    expect(row.metadata.size).toBe(200);
    expect(Math.max(...[...row.metadata.values()].map(({ length }) => length))).toBe(4000);
    expect([row.name.length, row.userId?.length]).toEqual([1000, 1000]);
  });
});

describe('what a batch does to the metadata table', () => {
  const of = (fields: Partial<StoredObservation>, changes: MetadataChanges, state: TraceState): void => {
    state.fold(observation(fields), changes);
  };

  test('is one row a value, and none for a value that all spans repeat', () => {
    const changes = new MetadataChanges();
    const state = new TraceState('a'.repeat(32));
    const traceMetadata = new Map([['bot', '1']]);
    for (const spanId of ['1', '2', '3'])
      of({ spanId, traceMetadata, metadata: new Map([['n', spanId]]) }, changes, state);
    expect(changes.added.map(({ level, key, value }) => [level, key, value])).toEqual([
      ['trace', 'bot', '1'],
      ['observation', 'n', '1'],
      ['observation', 'n', '2'],
      ['observation', 'n', '3'],
    ]);
    expect(changes.removed).toEqual([]);
  });

  test('removes what a later value replaces', () => {
    const state = new TraceState('a'.repeat(32));
    of(
      {
        spanId: '1',
        endTimeUnixNano: undefined,
        metadata: new Map([
          ['s', 'old'],
          ['same', '1'],
        ]),
      },
      new MetadataChanges(),
      state,
    );
    const changes = new MetadataChanges();
    of(
      {
        spanId: '1',
        metadata: new Map([
          ['s', 'new'],
          ['same', '1'],
        ]),
      },
      changes,
      state,
    );
    expect(changes.added).toMatchObject([{ key: 's', value: 'new', spanId: '1' }]);
    expect(changes.removed).toEqual([{ traceId: state.traceId, spanId: '1', key: 's' }]);
  });

  test('keeps the key of a value that is too long to be asked for', () => {
    const changes = new MetadataChanges();
    const metadata = new Map([
      ['fits', 'x'.repeat(2000)],
      ['long', 'x'.repeat(2001)],
    ]);
    of({ metadata }, changes, new TraceState('a'.repeat(32)));
    expect(changes.added.map(({ value }) => value?.length)).toEqual([2000, undefined]);
  });
});

describe('rows', () => {
  test('of observations come back as they went', () => {
    fc.assert(
      fc.property(anyObservation, (each) => {
        expect(fromRow(OBSERVATION_COLUMNS, toRow(OBSERVATION_COLUMNS, each))).toEqual(each);
      }),
    );
  });

  test('of traces come back as they went', () => {
    fc.assert(
      fc.property(fc.array(anyObservation, { minLength: 1 }), (all) => {
        expect(fromRow(TRACE_COLUMNS, toRow(TRACE_COLUMNS, fold(all)))).toEqual(fold(all));
      }),
    );
  });

  test('have a column for every field', () => {
    const fields = OBSERVATION_COLUMNS.reduce<Partial<StoredObservation>>((draft, column) => {
      column.decodeInto(draft, null);
      return draft;
    }, {});
    expect(Object.keys(fields).sort()).toEqual(Object.keys(observation()).sort());
  });
});

test.each([
  ['abc', 3, 'abc'],
  ['abcd', 3, 'abc'],
  ['ab🤖', 3, 'ab'],
  ['ab🤖', 4, 'ab🤖'],
  ['a🤖b', 3, 'a🤖'],
])('%s cut at %i is %s', (whole, limit, expected) => {
  expect(cut(whole, limit)).toBe(expected);
});
