import type { TraceListQuery, TraceSummary } from '@slipstream/query-api';
import { expect } from 'vitest';
import { encodeScores, type ScoreEntry } from '../../scores/payload.js';
import type { Store, StoreWriteResult } from '../contract.js';
import type { CreateHarness, StoreHarness } from './harness.js';
import { EPOCH_US, payload, type SpanSpec, traceIdOf } from './payloads.js';

const COUNTED = ['spans', 'runningSpans', 'traces', 'duplicates'] as const;

/** Traces of one test on a store that tests share: each test has its own thousand numbers and its own second. */
const TRACES_PER_TEST = 1000;

/** The store under test, and ways to fill it and to ask it. Methods are bound, so that hooks can take them as they are. */
export class StoreFixture {
  readonly #createHarness: CreateHarness;
  #harness: StoreHarness | undefined;
  #store: Store | undefined;
  #cursor = 0;
  base = 0;

  constructor(createHarness: CreateHarness) {
    this.#createHarness = createHarness;
  }

  get harness(): StoreHarness {
    return this.#harness!;
  }

  get store(): Store {
    return this.#store!;
  }

  readonly open = async (): Promise<void> => {
    this.#cursor = 0;
    this.base = 0;
    this.#harness = await this.#createHarness();
    this.#store = await this.#harness.open();
  };

  /** After a close or a crash. */
  readonly reopen = async (): Promise<void> => {
    this.#store = await this.harness.open();
  };

  readonly dispose = (): Promise<void> => this.harness.dispose();

  /** Before each test of a group on one store. */
  readonly startTest = (): void => {
    this.base += TRACES_PER_TEST;
  };

  readonly idOf = (trace: number): string => traceIdOf(this.base + trace);

  readonly epochUs = (): number => EPOCH_US + this.base * 1000;

  /** What a store says of its cursor, or is told, when the queue is at this id. */
  readonly cursorAt = (id: number): number | undefined => (this.harness.keepsCursor ? id : undefined);

  readonly nextCursor = (): number | undefined => {
    this.#cursor += 1;
    return this.cursorAt(this.#cursor);
  };

  readonly write = (...specs: readonly SpanSpec[]): Promise<StoreWriteResult> =>
    this.store.write({ payloads: [this.payloadOf(...specs)], cursor: this.nextCursor() });

  readonly judge = (...scores: readonly ScoreEntry[]): Promise<StoreWriteResult> =>
    this.store.write({ payloads: [encodeScores(scores)], cursor: this.nextCursor() });

  readonly payloadOf = (...specs: readonly SpanSpec[]): Uint8Array =>
    payload(
      ...specs.map((spec) => ({
        ...spec,
        trace: this.base + spec.trace,
        startUs: this.base * 1000 + (spec.startUs ?? spec.span * 1000),
      })),
    );

  /** A score of the test's first trace, at its epoch. */
  readonly scoreOf = (id: string, fields: Partial<ScoreEntry> = {}): ScoreEntry => ({
    id: `${this.base} ${id}`,
    traceId: this.idOf(1),
    observationId: '',
    sessionId: '',
    name: 'thumb',
    dataType: 'BOOLEAN',
    value: 1,
    text: undefined,
    comment: undefined,
    metadata: {},
    environment: undefined,
    timeUs: this.epochUs(),
    ...fields,
  });

  readonly numbers = (traces: readonly Pick<TraceSummary, 'traceId'>[]): number[] =>
    traces.map(({ traceId }) => Number.parseInt(traceId.slice(1), 16) - this.base);

  /** Those of the test's own traces that match, newest first. */
  readonly list = async (query: Partial<TraceListQuery> = {}): Promise<readonly TraceSummary[]> => {
    const { traces } = await this.store.listTraces({ limit: 50, ...query });
    return traces.filter((_, index) => (this.numbers(traces)[index] ?? 0) >= 0);
  };

  readonly found = async (query: Partial<TraceListQuery>): Promise<number[]> =>
    this.numbers(await this.list(query)).sort();

  readonly only = async (): Promise<TraceSummary> => {
    const traces = await this.list();
    expect(traces).toHaveLength(1);
    return traces[0]!;
  };

  readonly growth = async (action: () => Promise<unknown>): Promise<Record<string, number>> => {
    const before = await this.store.counts();
    await action();
    const after = await this.store.counts();
    return Object.fromEntries(COUNTED.map((key) => [key, after[key] - before[key]]));
  };
}
