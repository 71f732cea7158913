import { ATTRIBUTE, encodeExportRequest, type Span } from '@slipstream/wire';
import { describe, expect, it } from 'vitest';
import { makeRequest, makeRunningSpan, makeSpan, newTraceId, toProtobuf } from '../../../../test/support/spans.js';
import type { ScoreEntry } from '../../../scores/payload.js';
import { toScoreEvent } from '../score-events.js';
import type { TailSamplingSettings } from '../settings.js';
import { takeApart } from '../span-pieces.js';
import { TailSampler, type TailSamplerSettings } from './tail-sampler.js';

const WAIT_MS = 1000;

/** A sampler that is fed spans, and a clock that only the test moves. */
function createHarness(
  sampling: Partial<TailSamplingSettings> = {},
  settings: Partial<Omit<TailSamplerSettings, 'sampling'>> = {},
) {
  let nowMs = 10_000;
  let id = 0;
  const sampler = new TailSampler({
    sampling: { sampleRate: 0, keepErrors: true, decisionWaitMs: WAIT_MS, ...sampling },
    computeCost: () => undefined,
    ...settings,
  });
  return {
    sampler,
    /** Gives the names of what goes at once. */
    take(
      spans: readonly Span[],
      scores: readonly ScoreEntry[] = [],
      resource: Parameters<typeof makeRequest>[1] = {},
    ): string[] {
      const payload = Buffer.from(encodeExportRequest(makeRequest([...spans], resource)));
      const { pieces, running } = takeApart(payload, 0);
      const events = scores.map((score) => toScoreEvent(score, 0));
      const kept = sampler.take({ id: ++id, payload, pieces, running, scores: events }, nowMs);
      return [...kept.pieces.map(nameOf), ...kept.scores.map(({ score }) => score.id)];
    },
    pass(durationMs: number): void {
      nowMs += durationMs;
      sampler.decide(nowMs);
    },
    waitMs: () => sampler.wakeAtMs() - nowMs,
  };
}

const nameOf = ({ spanFields }: { spanFields: Uint8Array }) =>
  /name:\w+;/.exec(Buffer.from(spanFields).toString('latin1'))?.[0].slice(5, -1) ?? '';

const span = (name: string, parts: Parameters<typeof makeSpan>[0] = {}) =>
  makeSpan({ ...parts, name: `name:${name};` });
const failed = { status: { code: 2, message: 'no' } };
const lasting = (startMs: number, endMs: number) => ({
  startTimeUnixNano: BigInt(startMs) * 1_000_000n,
  endTimeUnixNano: BigInt(endMs) * 1_000_000n,
});
const costing = (usd: number) => ({
  attributes: { [ATTRIBUTE.observationType]: 'generation', [ATTRIBUTE.observationCostDetails]: `{"total":${usd}}` },
});

const scoreOf = (id: string, traceId: string): ScoreEntry => ({
  id,
  traceId,
  observationId: '',
  sessionId: traceId === '' ? 'session' : '',
  name: 'n',
  dataType: 'NUMERIC',
  value: 1,
  text: undefined,
  comment: undefined,
  metadata: {},
  environment: undefined,
  timeUs: 0,
});

describe('tail sampling', () => {
  it('leaves a trace out when it has been quiet for long enough, and no earlier', () => {
    const { sampler, take, pass } = createHarness();
    const traceId = newTraceId();
    expect(take([span('a', { traceId })])).toEqual([]);
    pass(WAIT_MS - 1);
    expect(take([span('b', { traceId })])).toEqual([]);
    pass(WAIT_MS - 1);
    expect([sampler.sampledOutSpans(), sampler.settledId()]).toEqual([0, undefined]);
    pass(1);
    expect([sampler.sampledOutSpans(), sampler.settledId(), sampler.settledEntries()]).toEqual([2, 2, 2]);
  });

  it('keeps the whole of a trace with an error, what came before it and what comes after', () => {
    const { sampler, take, pass } = createHarness();
    const traceId = newTraceId();
    expect(take([span('a', { traceId }), span('other')])).toEqual([]);
    expect(take([span('b', { traceId, ...failed })])).toEqual(['a', 'b']);
    expect(take([span('c', { traceId })])).toEqual(['c']);
    pass(WAIT_MS);
    expect(take([span('late', { traceId })])).toEqual(['late']);
    expect(sampler.sampledOutSpans()).toBe(1);
  });

  it('looks at the level that a sender names, too', () => {
    const { take } = createHarness();
    expect(take([span('a', { attributes: { [ATTRIBUTE.observationLevel]: 'ERROR' } })])).toEqual(['a']);
  });

  it('keeps slow traces, from the first start to the last end, at more than the limit', () => {
    const { take } = createHarness({ keepErrors: false, keepSlowerThanMs: 100 });
    const [slow, quick] = [newTraceId(), newTraceId()];
    expect(take([span('a', { traceId: slow, ...lasting(1000, 1050) })])).toEqual([]);
    expect(take([span('b', { traceId: slow, ...lasting(1050, 1101) })])).toEqual(['a', 'b']);
    expect(
      take([span('c', { traceId: quick, ...lasting(1000, 1100) }), span('d', { ...failed, ...lasting(0, 1) })]),
    ).toEqual([]);
  });

  it('keeps costly traces, by what all of their spans cost together', () => {
    const { take } = createHarness({ keepCostlierThanUsd: 0.5 });
    const traceId = newTraceId();
    expect(take([span('a', { traceId, ...costing(0.3) }), span('b', { traceId, ...costing(0.2) })])).toEqual([]);
    expect(take([span('c', { traceId, ...costing(0.01) })])).toEqual(['a', 'b', 'c']);
  });

  it('counts a span that comes twice once', () => {
    const { take } = createHarness({ keepCostlierThanUsd: 0.5 });
    const costly = span('a', costing(0.3));
    expect([take([costly]), take([costly])]).toEqual([[], []]);
  });

  it('computes a cost that nobody reported', () => {
    const computeCost: TailSamplerSettings['computeCost'] = ({ model }) =>
      new Map([['total', model === 'big' ? 1 : 0.1]]);
    const { take } = createHarness({ keepCostlierThanUsd: 0.5 }, { computeCost });
    const model = ATTRIBUTE.observationModel;
    expect(take([span('a', { attributes: { [model]: 'small' } })])).toEqual([]);
    expect(take([span('b', { attributes: { [model]: 'big' } })])).toEqual(['b']);
    expect(
      take([span('c', { attributes: { [model]: 'big', [ATTRIBUTE.observationCostDetails]: '{"total":0.2}' } })]),
    ).toEqual([]);
  });

  it('keeps a share of the rest by trace id, by the rule of the SDK, and without waiting', () => {
    const { sampler, take } = createHarness({ sampleRate: 0.25 });
    const idOf = (word: number) => `${'a'.repeat(24)}${word.toString(16).padStart(8, '0')}`;
    const spans = [0, 0x3fffffff, 0x40000000, 0xffffffff].map((word) => span(`w${word}`, { traceId: idOf(word) }));
    expect(take(spans)).toEqual(['w0', `w${0x3fffffff}`]);
    expect(sampler.settledId()).toBeUndefined();
  });

  it('waits for nothing where the share alone decides', () => {
    const { sampler, take, waitMs } = createHarness({ keepErrors: false });
    expect(take([span('a')])).toEqual([]);
    expect([sampler.sampledOutSpans(), sampler.settledId(), waitMs()]).toEqual([1, 1, Number.POSITIVE_INFINITY]);
  });

  it('has late spans of a trace that was left out follow it, errors too', () => {
    const { sampler, take, pass } = createHarness();
    const traceId = newTraceId();
    take([span('a', { traceId })]);
    pass(WAIT_MS);
    expect(take([span('late', { traceId, ...failed })])).toEqual([]);
    expect([sampler.sampledOutSpans(), sampler.settledId()]).toEqual([2, 2]);
  });

  it('waits for a span that is known to run, and not for ever', () => {
    const { sampler, take, pass } = createHarness();
    const [ending, endless] = [newTraceId(), newTraceId()];
    const running = makeRunningSpan({ traceId: ending });
    take([
      running,
      span('a', { traceId: ending }),
      makeRunningSpan({ traceId: endless }),
      span('b', { traceId: endless }),
    ]);
    pass(60 * WAIT_MS);
    expect(sampler.sampledOutSpans()).toBe(0);
    expect(take([span('end', { traceId: ending, spanId: running.spanId, ...failed })])).toEqual(['a', 'end']);
    pass(300 * WAIT_MS);
    expect([sampler.sampledOutSpans(), sampler.settledId()]).toEqual([1, 2]);
  });

  it('decides at last on a trace that is never quiet', () => {
    const { sampler, take, pass } = createHarness();
    const traceId = newTraceId();
    let count = 0;
    while (sampler.sampledOutSpans() === 0 && count < 1000) {
      take([span('more', { traceId })]);
      count++;
      pass(WAIT_MS - 1);
    }
    expect(count).toBeLessThan(400);
    expect(sampler.settledId()).toBe(count);
  });

  it('never lets the cursor pass an entry of which something is undecided', () => {
    const { sampler, take, pass } = createHarness();
    const [first, second] = [newTraceId(), newTraceId()];
    take([span('a', { traceId: first })]);
    take([span('b', failed)]);
    expect(sampler.settledId()).toBeUndefined();
    pass(WAIT_MS / 2);
    take([span('c', { traceId: second })]);
    take([span('d', { traceId: first, ...failed })]);
    expect(sampler.settledId()).toBe(2);
    pass(WAIT_MS);
    expect(sampler.settledId()).toBe(4);
  });

  it('has an entry with nothing in it settled at once', () => {
    const { sampler, take } = createHarness();
    take([]);
    take([makeRunningSpan()]);
    expect(sampler.settledId()).toBe(2);
  });

  it('decides early on the oldest when it holds too much', () => {
    const { sampler, take } = createHarness({}, { maxHeldBytes: 100_000 });
    const oldest = newTraceId();
    take([span('first', { traceId: oldest })]);
    let count = 1;
    while (sampler.sampledOutSpans() === 0 && count < 1000) {
      take([span('x'.repeat(1000))]);
      count++;
    }
    expect(count).toBeGreaterThan(20);
    expect(count).toBeLessThan(100);
    expect(sampler.settledId()).toBe(sampler.sampledOutSpans());
    expect(take([span('late', { traceId: oldest, ...failed })])).toEqual([]);
    expect(take([span('other', failed)])).toEqual(['other']);
  });

  it('decides early on what makes the queue keep too much', () => {
    const entryBytes = toProtobuf(span('kept', failed)).byteLength;
    const { sampler, take } = createHarness({}, { maxPinnedBytes: 10 * entryBytes });
    take([span('holds')]);
    for (let index = 0; index < 8; index++) take([span('kept', failed)]);
    expect([sampler.sampledOutSpans(), sampler.settledId()]).toEqual([0, undefined]);
    for (let index = 0; index < 3; index++) take([span('kept', failed)]);
    expect([sampler.sampledOutSpans(), sampler.settledId()]).toEqual([1, 12]);
  });

  it('forgets what has only begun when it holds too much', () => {
    const { sampler, take } = createHarness({}, { maxHeldBytes: 50_000 });
    for (let index = 0; index < 500; index++) take([makeRunningSpan()]);
    expect([sampler.sampledOutSpans(), sampler.settledId()]).toEqual([0, 500]);
    expect(take([span('a', failed)])).toEqual(['a']);
  });

  it('has scores follow their trace', () => {
    const { sampler, take, pass } = createHarness();
    const [kept, left, unknown] = [newTraceId(), newTraceId(), newTraceId()];
    take([span('a', { traceId: kept }), span('b', { traceId: left })]);
    expect(take([], [scoreOf('s1', kept), scoreOf('s2', left), scoreOf('s3', unknown)])).toEqual(['s3']);
    expect(take([span('error', { traceId: kept, ...failed })])).toEqual(['a', 'error', 's1']);
    pass(WAIT_MS);
    expect(sampler.settledId()).toBe(3);
    expect(take([], [scoreOf('s4', kept), scoreOf('s5', left)])).toEqual(['s4']);
  });

  it('has scores follow the share where that alone decides, and sends those of sessions', () => {
    const { take } = createHarness({ keepErrors: false, sampleRate: 0.5 });
    const [within, outside] = ['1'.repeat(32), 'f'.repeat(32)];
    expect(take([span('a', { traceId: within }), span('b', { traceId: outside })])).toEqual(['a']);
    const scores = [scoreOf('s1', within), scoreOf('s2', outside), scoreOf('s3', '')];
    expect(take([], scores)).toEqual(['s1', 's3']);
  });

  it('counts what it holds of resources, too', () => {
    const { sampler, take } = createHarness({}, { maxHeldBytes: 100_000 });
    for (let index = 0; index < 15; index++) take([span('x')], [], { host: 'h'.repeat(10_000) });
    expect(sampler.sampledOutSpans()).toBeGreaterThan(4);
  });

  it('accounts for every span, whatever comes', () => {
    const { sampler, take, pass } = createHarness({ sampleRate: 0.2, keepSlowerThanMs: 50 }, { maxHeldBytes: 60_000 });
    const traces = Array.from({ length: 40 }, newTraceId);
    let kept = 0;
    let taken = 0;
    for (let index = 0; index < 2000; index++) {
      const traceId = traces[(index * 7) % traces.length] ?? '';
      kept += take([span('x', { traceId, ...(index % 97 === 0 ? failed : {}) })]).length;
      taken++;
      if (index % 11 === 0) pass(WAIT_MS / 3);
      if (index % 50 === 0) traces[index % traces.length] = newTraceId();
    }
    pass(600 * WAIT_MS);
    expect(kept + sampler.sampledOutSpans()).toBe(taken);
    expect(sampler.settledId()).toBe(taken);
  });
});
