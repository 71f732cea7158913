import type { ObservationDetail, Score } from '@slipstream/query-api';
import { expect } from 'vitest';
import type { ExpectedObservation, ExpectedScore, ExpectedTrace } from './expectation.js';
import type { ProgramResult, Told } from './program.js';
import type { StoredTrace } from './stored.js';

/** Two clocks of one process, and Python's and Node's times beside the test's, may differ by so much. */
const CLOCK_SLACK_MS = 5;
/**
 * OpenTelemetry in JavaScript reads one clock after the other when a span starts, and takes the end from both: a parent
 * that loses its core in between ends too early by that.
 */
const EARLY_END_MS = 25;

/** Compares everything that is stored of a trace but its scores with what the sender said. */
export function checkTrace(stored: StoredTrace, expected: ExpectedTrace, result: ProgramResult): void {
  const { told } = result;
  const keyOf = keysOf(told);
  const byKey = new Map(stored.observations.map((observation) => [keyOf(observation.spanId), observation]));
  const saidKeys = expected.observations.map(({ key }) => key);
  expect([...byKey.keys()].toSorted()).toEqual(saidKeys.toSorted());
  checkOrder(stored.observations);
  checkOrder(saidKeys.flatMap((key) => byKey.get(key) ?? []));
  for (const said of expected.observations) {
    const observation = byKey.get(said.key);
    if (observation === undefined) continue;
    expect({ ...readable(observation), parent: keyOf(observation.parentSpanId) }, said.key).toEqual(
      observationAsSaid(said, expected),
    );
    expect(observation.traceId).toBe(told.traceId);
    checkTimes(observation, said, stored, result);
  }
  const { tags, ...summary } = stored.trace;
  // A set: spans add to it as they come.
  expect(tags.toSorted()).toEqual(expected.tags.toSorted());
  expect(summary).toEqual(summaryAsSaid(expected, stored, told.traceId));
}

/** Compares the scores of a trace with what the sender said. */
export function checkScores(stored: StoredTrace, expected: ExpectedTrace, { told }: ProgramResult): void {
  const keyOf = keysOf(told);
  expect(stored.scores.map((score) => readableScore(score, keyOf)).toSorted(byName)).toEqual(
    (expected.scores ?? []).map(scoreAsSaid).toSorted(byName),
  );
}

/** The program's name of a span; `undefined` for none. */
function keysOf({ spans }: Told): (spanId: string) => string | undefined {
  const keys = new Map(Object.entries(spans).map(([key, id]) => [id, key]));
  return (spanId) => (spanId === '' ? undefined : (keys.get(spanId) ?? `unknown span ${spanId}`));
}

/** By start; those of one moment (JavaScript's clock of starts has milliseconds) have no order. */
function checkOrder(observations: readonly ObservationDetail[]): void {
  const starts = observations.map(({ startTimeUs }) => startTimeUs);
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
}

type Readable = Omit<ObservationDetail, 'traceId' | 'spanId' | 'parentSpanId' | 'input' | 'output' | TimeName> & {
  readonly input: string | null;
  readonly output: string | null;
};
type TimeName = 'startTimeUs' | 'endTimeUs' | 'completionStartTimeUs';

/** Without ids and times, which are compared by themselves; texts whole. */
function readable(observation: ObservationDetail): Readable {
  const { traceId, spanId, parentSpanId, startTimeUs, endTimeUs, completionStartTimeUs, ...rest } = observation;
  return { ...rest, input: wholeText(observation.input), output: wholeText(observation.output) };
}

function wholeText(cut: ObservationDetail['input']): string | null {
  if (cut !== null) expect(cut.text).toHaveLength(cut.fullLength);
  return cut?.text ?? null;
}

function observationAsSaid(said: ExpectedObservation, trace: ExpectedTrace): object {
  const { usageDetails = {}, costDetails, computedCost } = said;
  const cost = costDetails ?? computedCost;
  return {
    parent: said.parent,
    type: said.type,
    name: said.name,
    level: said.level ?? 'DEFAULT',
    statusMessage: said.statusMessage ?? null,
    input: said.input ?? null,
    output: said.output ?? null,
    metadata: said.metadata ?? {},
    model: said.model ?? null,
    modelParameters: said.modelParameters ?? null,
    usageDetails,
    ...tokensOf(usageDetails),
    costDetails: closeTo(cost ?? {}),
    costUsd: cost === undefined ? null : expect.closeTo(cost.total ?? Number.NaN, 12),
    costSource: costDetails ? 'reported' : computedCost ? 'computed' : 'none',
    promptName: said.promptName ?? null,
    promptVersion: said.promptVersion ?? null,
    version: said.version ?? null,
    service: said.service ?? trace.service ?? null,
    scopeName: said.scopeName,
    scopeVersion: said.scopeVersion,
  };
}

/** Amounts are sums of decimals, which doubles give up to their last digits. */
function closeTo(amounts: Readonly<Record<string, number>>): object {
  return Object.fromEntries(Object.entries(amounts).map(([kind, amount]) => [kind, expect.closeTo(amount, 12)]));
}

interface Tokens {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
}

/** A side is the sum of the kinds that begin with it. */
function tokensOf(usage: Readonly<Record<string, number>>): Tokens {
  const sumOf = (prefix: string) =>
    sum(Object.entries(usage).map(([kind, count]) => (kind.startsWith(prefix) ? count : 0)));
  return { inputTokens: sumOf('input'), outputTokens: sumOf('output'), totalTokens: usage.total ?? 0 };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The sender's own times to the microsecond; what it left out is in the program's life, and in its parent. */
function checkTimes(
  observation: ObservationDetail,
  said: ExpectedObservation,
  stored: StoredTrace,
  { told, startedMs, endedMs }: ProgramResult,
): void {
  const { startTimeUs, completionStartTimeUs } = observation;
  const endTimeUs = observation.endTimeUs ?? Number.NaN;
  const { startUs, endUs, completionStartUs } = told.times[said.key] ?? {};
  const about = `times of ${said.key}`;
  const parent = stored.observations.find(({ spanId }) => spanId === observation.parentSpanId);
  const parentEndUs = parent?.endTimeUs;
  const latestEndUs = (parentEndUs == null ? endedMs + CLOCK_SLACK_MS : parentEndUs / 1000 + EARLY_END_MS) * 1000;
  expect(completionStartTimeUs, about).toBe(completionStartUs ?? null);
  if (startUs !== undefined) expect(startTimeUs, about).toBe(startUs);
  else expect(startTimeUs, about).toBeGreaterThanOrEqual(parent?.startTimeUs ?? (startedMs - CLOCK_SLACK_MS) * 1000);
  if (endUs !== undefined) expect(endTimeUs, about).toBe(endUs);
  else expect(endTimeUs, about).toBeLessThanOrEqual(latestEndUs);
  expect(endTimeUs - startTimeUs, about).toBeGreaterThanOrEqual(((said.atLeastMs ?? 1) - 1) * 1000);
  if (said.isInstant === true) expect(endTimeUs, about).toBe(startTimeUs);
}

const LEVELS = ['DEBUG', 'DEFAULT', 'WARNING', 'ERROR'] as const;

function summaryAsSaid(expected: ExpectedTrace, stored: StoredTrace, traceId: string): object {
  const { observations } = expected;
  const tokens = observations.map(({ usageDetails }) => tokensOf(usageDetails ?? {}));
  const costs = observations.flatMap(({ costDetails, computedCost }) => {
    const cost = costDetails ?? computedCost;
    return cost === undefined ? [] : [cost.total ?? Number.NaN];
  });
  const startTimeUs = Math.min(...stored.observations.map((observation) => observation.startTimeUs));
  const endTimeUs = Math.max(...stored.observations.map((observation) => observation.endTimeUs ?? Number.NaN));
  const levels = observations.map(({ level }) => level ?? 'DEFAULT');
  return {
    traceId,
    name: expected.name,
    service: expected.service ?? null,
    environment: expected.environment ?? null,
    release: expected.release ?? null,
    startTimeUs,
    durationUs: endTimeUs - startTimeUs,
    running: false,
    observationCount: observations.length,
    errorCount: levels.filter((level) => level === 'ERROR').length,
    level: LEVELS.findLast((level) => levels.includes(level)) ?? 'DEFAULT',
    userId: expected.userId ?? null,
    sessionId: expected.sessionId ?? null,
    conversation: expected.sessionId ?? null,
    metadata: expected.metadata ?? {},
    inputTokens: sum(tokens.map(({ inputTokens }) => inputTokens)),
    outputTokens: sum(tokens.map(({ outputTokens }) => outputTokens)),
    totalTokens: sum(tokens.map(({ totalTokens }) => totalTokens)),
    costUsd: costs.length === 0 ? null : expect.closeTo(sum(costs), 12),
  };
}

/** Scores of one millisecond have no order. */
function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name.localeCompare(b.name);
}

function readableScore(score: Score, keyOf: (spanId: string) => string | undefined) {
  const { spanId, timeUs, ...rest } = score;
  return { ...rest, of: keyOf(spanId) };
}

function scoreAsSaid({ of, ...said }: ExpectedScore): Omit<Score, 'spanId' | 'timeUs'> & { of: string | undefined } {
  return { scoreId: expect.any(String) as string, comment: null, metadata: {}, ...said, of };
}
