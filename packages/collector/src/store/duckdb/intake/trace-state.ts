import { OBSERVATION_LEVELS } from '@slipstream/wire';
import type { StoredObservation } from '../schema/observation-columns.js';
import type { TraceRow } from '../schema/trace-columns.js';
import type { MetadataChanges } from './metadata-changes.js';
import { covers, type FoldOutcome, isRunning, outcomeBeside, type SpanStatus, statusOf } from './span-status.js';
import { considerLatest, considerOrigin, type Latest, type Origin } from './trace-values.js';

export { type FoldOutcome, outcomeBeside, type SpanStatus, statusOf } from './span-status.js';

/** Metadata key that names a conversation where no session is set. */
export const CONVERSATION_KEY = 'conversation_id';

/**
 * Bounds of what the list holds of one trace; what lies beyond stays in its observations.
 * Each batch that touches a trace rewrites its row, so a row must stay small whatever a sender does.
 */
const MAX_TAGS = 100;
const MAX_METADATA_KEYS = 200;
const MAX_METADATA_VALUE_CHARS = 4000;
const MAX_NAME_CHARS = 1000;
const MAX_TAG_CHARS = 200;

/**
 * Span ids held for one trace. When a trace outgrows this, the older half is forgotten: of a trace with more than
 * 100,000 spans, one that comes again long after it came first is stored twice (reading leaves the second out).
 */
const MAX_TRACKED_SPANS = 200_000;

/**
 * The fold of a trace's observations, in any order of arrival. It is the same after a restart, because it is made
 * again from the stored observations by the same function.
 */
export class TraceState {
  readonly traceId: string;
  /** Whether a row of this trace is in one of the trace tables, and in which. */
  home: 'none' | 'hot_traces' | 'traces' = 'none';
  /** Start in that row, for finding it. */
  homeStartUs = 0;
  newsUs = 0;
  readonly #spans = new Map<string, SpanStatus>();
  #startUs = Number.POSITIVE_INFINITY;
  #lastStartUs = 0;
  #endUs: number | undefined;
  #observationCount = 0;
  #runningCount = 0;
  #errorCount = 0;
  #levelRank: number | undefined;
  #inputTokens = 0;
  #outputTokens = 0;
  #totalTokens = 0;
  #costUsd: number | undefined;
  #spanName: Origin<string> | undefined;
  #service: Origin<string> | undefined;
  #environment: Origin<string> | undefined;
  #release: Origin<string> | undefined;
  #observationConversation: Origin<string> | undefined;
  #traceName: Latest<string> | undefined;
  #userId: Latest<string> | undefined;
  #sessionId: Latest<string> | undefined;
  readonly #tags = new Set<string>();
  readonly #metadata = new Map<string, Latest<string>>();

  constructor(traceId: string) {
    this.traceId = traceId;
  }

  get trackedSpanCount(): number {
    return this.#spans.size;
  }

  get startUs(): number {
    return this.#startUs;
  }

  get lastStartUs(): number {
    return this.#lastStartUs;
  }

  /** The version of a span that counts; `undefined` where none is known. */
  status(spanId: string): SpanStatus | undefined {
    return this.#spans.get(spanId);
  }

  isRunning(spanId: string): boolean {
    return isRunning(this.#spans.get(spanId));
  }

  /**
   * Folds a version in where it is the first of its span, or the end of one that runs; else it changes nothing. An end that
   * takes back what its start said is `revised`, like any other version that takes the place of one.
   */
  fold(observation: StoredObservation, changes?: MetadataChanges): FoldOutcome {
    const known = this.#spans.get(observation.spanId);
    const outcome = outcomeBeside(known, observation);
    if (outcome !== 'started' && outcome !== 'ended') return outcome;
    if (isRunning(known) && !covers(observation, known.start)) return 'revised';
    this.#foldTimes(observation, known !== undefined);
    if (outcome === 'ended') this.#foldResult(observation);
    this.#foldTraceValues(observation);
    this.#foldTraceMetadata(observation, changes);
    changes?.foldObservation(observation, isRunning(known) ? known.start.metadata : undefined);
    if (known === undefined) this.#observationCount += 1;
    this.#spans.set(observation.spanId, statusOf(observation));
    if (this.#spans.size > MAX_TRACKED_SPANS) this.#forgetOldSpans();
    return outcome;
  }

  toRow(): TraceRow {
    const metadata = new Map<string, string>();
    for (const [key, { value }] of this.#metadata) metadata.set(key, cut(value, MAX_METADATA_VALUE_CHARS));
    const sessionId = short(this.#sessionId);
    return {
      traceId: this.traceId,
      name: short(this.#traceName) ?? short(this.#spanName) ?? '',
      service: short(this.#service),
      environment: short(this.#environment),
      release: short(this.#release),
      startUs: this.#startUs,
      lastStartUs: this.#lastStartUs,
      endUs: this.#endUs,
      runningCount: this.#runningCount,
      observationCount: this.#observationCount,
      errorCount: this.#errorCount,
      levelRank: this.#levelRank,
      userId: short(this.#userId),
      sessionId,
      conversation: sessionId ?? metadata.get(CONVERSATION_KEY) ?? short(this.#observationConversation),
      tags: [...this.#tags].sort(),
      metadata,
      inputTokens: this.#inputTokens,
      outputTokens: this.#outputTokens,
      totalTokens: this.#totalTokens,
      costUsd: this.#costUsd,
      newsUs: this.newsUs,
    };
  }

  #foldTimes(observation: StoredObservation, wasRunning: boolean): void {
    const startUs = toMicros(observation.startTimeUnixNano);
    this.#startUs = Math.min(this.#startUs, startUs);
    this.#lastStartUs = Math.max(this.#lastStartUs, startUs);
    if (observation.endTimeUnixNano === undefined) {
      this.#runningCount += 1;
      return;
    }
    this.#endUs = Math.max(this.#endUs ?? 0, toMicros(observation.endTimeUnixNano));
    if (wasRunning) this.#runningCount -= 1;
  }

  #foldResult(observation: StoredObservation): void {
    this.#levelRank = Math.max(this.#levelRank ?? 0, OBSERVATION_LEVELS.indexOf(observation.level));
    if (observation.level === 'ERROR') this.#errorCount += 1;
    this.#inputTokens += observation.inputTokens;
    this.#outputTokens += observation.outputTokens;
    this.#totalTokens += observation.totalTokens;
    if (observation.costUsd !== undefined) this.#costUsd = (this.#costUsd ?? 0) + observation.costUsd;
  }

  #forgetOldSpans(): void {
    for (const spanId of this.#spans.keys()) {
      if (this.#spans.size <= MAX_TRACKED_SPANS / 2) return;
      this.#spans.delete(spanId);
    }
  }

  #foldTraceValues(observation: StoredObservation): void {
    this.#spanName = considerOrigin(this.#spanName, observation, observation.name);
    this.#service = considerOrigin(this.#service, observation, observation.service);
    this.#environment = considerOrigin(this.#environment, observation, observation.environment);
    this.#release = considerOrigin(this.#release, observation, observation.release);
    const conversation = observation.metadata.get(CONVERSATION_KEY);
    this.#observationConversation = considerOrigin(this.#observationConversation, observation, conversation);
    this.#traceName = considerLatest(this.#traceName, observation, observation.traceName);
    this.#userId = considerLatest(this.#userId, observation, observation.userId);
    this.#sessionId = considerLatest(this.#sessionId, observation, observation.sessionId);
    for (const tag of observation.tags) if (this.#tags.size < MAX_TAGS) this.#tags.add(cut(tag, MAX_TAG_CHARS));
  }

  #foldTraceMetadata(observation: StoredObservation, changes: MetadataChanges | undefined): void {
    for (const [key, value] of observation.traceMetadata) {
      const before = this.#metadata.get(key);
      if (before === undefined && this.#metadata.size >= MAX_METADATA_KEYS) continue;
      const after = considerLatest(before, observation, value);
      if (after === undefined || after === before) continue;
      this.#metadata.set(key, after);
      changes?.setTraceValue(observation, key, value, before?.value);
    }
  }
}

function short(value: { readonly value: string } | undefined): string | undefined {
  return value && cut(value.value, MAX_NAME_CHARS);
}

export function toMicros(timeUnixNano: bigint): number {
  return Number(timeUnixNano / 1000n);
}

/** Cuts at a whole character, so that no half of a surrogate pair is left. */
export function cut(value: string, maxChars: number): string {
  if (value.length <= maxChars) return value;
  const last = value.charCodeAt(maxChars - 1);
  return value.slice(0, last >= 0xd800 && last <= 0xdbff ? maxChars - 1 : maxChars);
}
