import type { ScoreEvent } from '../score-events.js';
import type { TailSamplingSettings } from '../settings.js';
import type { RunningSpan, SpanPiece } from '../span-pieces.js';
import { Decisions } from './decisions.js';
import { EntryLedger } from './entry-ledger.js';
import { type HeldTrace, newTrace, noteFacts } from './held-trace.js';
import type { EntryContent, Kept, SamplingStage } from './stage.js';
import { type ComputeCost, EntryFacts, type SpanFacts } from './trace-facts.js';

export interface TailSamplerSettings {
  readonly sampling: TailSamplingSettings;
  readonly computeCost: ComputeCost;
  /** Bytes of undecided spans; past it the oldest traces are decided on at once. @default 64 MiB */
  readonly maxHeldBytes?: number;
  /** Bytes that the queue must keep because of undecided spans; past it likewise. @default 256 MiB */
  readonly maxPinnedBytes?: number;
}

const MIB = 1024 * 1024;
const DEFAULT_HELD_BYTES = 64 * MIB;
const DEFAULT_PINNED_BYTES = 256 * MIB;
const MAX_PINNED_ENTRIES = 200_000;
/** Ids and objects around a span, roughly. */
const SPAN_OVERHEAD_BYTES = 400;
const TRACE_OVERHEAD_BYTES = 1000;
/** A few megabytes, and hours of traces where there are ten in a second. */
const MAX_DECISIONS = 100_000;
/** A trace that gets news for ever, or that waits for a span whose process died, is decided on then. */
const MAX_HOLD_MS = 5 * 60_000;
/** Decisions are made together, so that they leave in few requests. */
const MIN_DECISION_INTERVAL_MS = 250;

const NS_PER_MS = 1_000_000;
const TWO_TO_32 = 2 ** 32;
const NOTHING: Kept = { pieces: [], scores: [] };
const WORD_START = 24;

/**
 * Keeps whole traces by what happened in them.
 *
 * A trace within the share is kept from its first span, and one that matches a rule from the moment that it does; only
 * the others wait, to be left out when they have been quiet for long enough. So a decision that was made early can only
 * be "left out", and all that is held is what will most likely go.
 */
export class TailSampler implements SamplingStage {
  readonly #sampling: TailSamplingSettings;
  readonly #computeCost: ComputeCost;
  readonly #maxHeldBytes: number;
  readonly #maxPinnedBytes: number;
  readonly #maxHoldMs: number;
  readonly #ledger = new EntryLedger();
  readonly #decisions = new Decisions(MAX_DECISIONS);
  /** Those with the longest silence first. */
  readonly #held = new Map<string, HeldTrace>();
  #heldBytes = 0;
  #sampledOutSpans = 0;
  #decidedAtMs = 0;
  #copied: { readonly original: SpanPiece; readonly copy: SpanPiece } | undefined;

  constructor({ sampling, computeCost, maxHeldBytes, maxPinnedBytes }: TailSamplerSettings) {
    this.#sampling = sampling;
    this.#computeCost = computeCost;
    this.#maxHeldBytes = maxHeldBytes ?? DEFAULT_HELD_BYTES;
    this.#maxPinnedBytes = maxPinnedBytes ?? DEFAULT_PINNED_BYTES;
    this.#maxHoldMs = Math.max(MAX_HOLD_MS, 2 * sampling.decisionWaitMs);
  }

  take(entry: EntryContent, nowMs: number): Kept {
    const pieces: SpanPiece[] = [];
    const scores: ScoreEvent[] = [];
    for (const span of entry.running) this.#noteRunning(span, nowMs);
    const facts = new EntryFacts(entry.payload, entry.pieces, this.#computeCost);
    for (const [index, piece] of entry.pieces.entries()) {
      const kept = this.#takePiece(piece, entry.id, () => facts.of(index), nowMs);
      for (const each of kept.pieces) pieces.push(each);
      for (const score of kept.scores) scores.push(score);
    }
    for (const score of entry.scores) if (this.#takeScore(score, entry.id)) scores.push(score);
    this.#ledger.add(entry.id, entry.payload.byteLength, this.#undecidedIn(entry));
    this.#copied = undefined;
    this.#makeRoom();
    return { pieces, scores };
  }

  decide(nowMs: number): void {
    this.#decidedAtMs = nowMs;
    for (const [traceId, trace] of this.#held) {
      if (nowMs < trace.lastAtMs + this.#sampling.decisionWaitMs) break;
      if (trace.runningSpanIds.size === 0 || this.#isTooOld(trace, nowMs)) this.#leaveOut(traceId, trace);
    }
    // Those that never fall silent.
    for (;;) {
      const oldest = this.#ledger.oldestTraceId() ?? '';
      const trace = this.#held.get(oldest);
      if (trace === undefined || !this.#isTooOld(trace, nowMs)) return;
      this.#leaveOut(oldest, trace);
    }
  }

  wakeAtMs(): number {
    for (const { lastAtMs } of this.#held.values()) {
      return Math.max(lastAtMs + this.#sampling.decisionWaitMs, this.#decidedAtMs + MIN_DECISION_INTERVAL_MS);
    }
    return Number.POSITIVE_INFINITY;
  }

  settledId(): number | undefined {
    return this.#ledger.settledId;
  }

  settledEntries(): number {
    return this.#ledger.settledCount;
  }

  sampledOutSpans(): number {
    return this.#sampledOutSpans;
  }

  /** Whether a trace is kept or left out; `undefined` while that is open. */
  #decisionOn(traceId: string): boolean | undefined {
    // The SDK's rule for `sampleRate`: services that sample by the same share keep the same traces.
    const lowWord = Number.parseInt(traceId.slice(WORD_START), 16);
    if (lowWord < this.#sampling.sampleRate * TWO_TO_32) return true;
    return this.#hasRules() ? this.#decisions.get(traceId) : false;
  }

  #noteRunning({ traceId, spanId }: RunningSpan, nowMs: number): void {
    if (this.#decisionOn(traceId) !== undefined) return;
    const trace = this.#hold(traceId, nowMs);
    if (trace.runningSpanIds.has(spanId) || trace.endedSpanIds.has(spanId)) return;
    trace.runningSpanIds.add(spanId);
    this.#count(trace, SPAN_OVERHEAD_BYTES);
  }

  #takePiece(piece: SpanPiece, entryId: number, readFacts: () => SpanFacts | undefined, nowMs: number): Kept {
    const { traceId, spanId } = piece;
    const decision = this.#decisionOn(traceId);
    if (decision === true) return { pieces: [piece], scores: [] };
    if (decision === false) {
      this.#sampledOutSpans++;
      return NOTHING;
    }
    const trace = this.#hold(traceId, nowMs);
    trace.runningSpanIds.delete(spanId);
    trace.endedSpanIds.add(spanId);
    trace.entryIds.add(entryId);
    trace.pieces.push(this.#copy(piece, trace));
    this.#count(trace, piece.spanFields.byteLength + SPAN_OVERHEAD_BYTES);
    noteFacts(trace, spanId, readFacts());
    return this.#isToKeep(trace) ? this.#keep(traceId, trace) : NOTHING;
  }

  /** Whether a score is to be sent at once. It follows its trace, where that is known. */
  #takeScore(event: ScoreEvent, entryId: number): boolean {
    const { traceId } = event.score;
    // It is of a session.
    if (traceId === '') return true;
    const decision = this.#decisionOn(traceId);
    if (decision !== undefined) return decision;
    const trace = this.#held.get(traceId);
    if (trace === undefined) return true;
    trace.scores.push(event);
    trace.entryIds.add(entryId);
    this.#count(trace, 2 * event.json.length + SPAN_OVERHEAD_BYTES);
    return false;
  }

  #hasRules(): boolean {
    const { keepErrors, keepSlowerThanMs, keepCostlierThanUsd } = this.#sampling;
    return keepErrors || keepSlowerThanMs !== undefined || keepCostlierThanUsd !== undefined;
  }

  #isToKeep({ hasError, startNs = 0n, endNs = 0n, costUsd }: HeldTrace): boolean {
    const { keepErrors, keepSlowerThanMs, keepCostlierThanUsd } = this.#sampling;
    if (keepErrors && hasError) return true;
    if (keepSlowerThanMs !== undefined && Number(endNs - startNs) / NS_PER_MS > keepSlowerThanMs) return true;
    return keepCostlierThanUsd !== undefined && costUsd > keepCostlierThanUsd;
  }

  #isTooOld(trace: HeldTrace, nowMs: number): boolean {
    return nowMs >= trace.firstAtMs + this.#maxHoldMs;
  }

  /** The trace as it is held, behind all others in the order of silence. */
  #hold(traceId: string, nowMs: number): HeldTrace {
    const known = this.#held.get(traceId);
    const trace = known ?? newTrace(nowMs);
    if (known === undefined) this.#count(trace, TRACE_OVERHEAD_BYTES);
    trace.lastAtMs = nowMs;
    this.#held.delete(traceId);
    this.#held.set(traceId, trace);
    return trace;
  }

  #keep(traceId: string, trace: HeldTrace): Kept {
    this.#decisions.set(traceId, true);
    this.#release(traceId, trace);
    return trace;
  }

  #leaveOut(traceId: string, trace: HeldTrace): void {
    // One that has only begun is forgotten, and decided on when something of it comes.
    if (trace.pieces.length > 0) this.#decisions.set(traceId, false);
    this.#sampledOutSpans += trace.pieces.length;
    this.#release(traceId, trace);
  }

  #release(traceId: string, trace: HeldTrace): void {
    this.#held.delete(traceId);
    this.#heldBytes -= trace.bytes;
    this.#ledger.release(traceId, trace.entryIds);
  }

  /** Decides early on the traces that hold up the most. */
  #makeRoom(): void {
    while (this.#isOverLimit()) {
      const oldest = this.#ledger.oldestTraceId() ?? this.#held.keys().next().value ?? '';
      const trace = this.#held.get(oldest);
      if (trace === undefined) return;
      this.#leaveOut(oldest, trace);
    }
  }

  #isOverLimit(): boolean {
    const { pinnedBytes, pinnedEntries } = this.#ledger;
    const isPinning = pinnedBytes > this.#maxPinnedBytes || pinnedEntries > MAX_PINNED_ENTRIES;
    return isPinning || this.#heldBytes > this.#maxHeldBytes;
  }

  #undecidedIn({ id, pieces, scores }: EntryContent): Set<string> {
    const traceIds = new Set([...pieces, ...scores.map(({ score }) => score)].map(({ traceId }) => traceId));
    for (const traceId of traceIds) if (!this.#held.get(traceId)?.entryIds.has(id)) traceIds.delete(traceId);
    return traceIds;
  }

  #count(trace: HeldTrace, bytes: number): void {
    trace.bytes += bytes;
    this.#heldBytes += bytes;
  }

  /** Bytes of its own: those that were read are a part of a window of megabytes, which would stay as long. */
  #copy(piece: SpanPiece, trace: HeldTrace): SpanPiece {
    const before = this.#copied;
    const copyOf = (name: 'resourceFields' | 'scopeFields'): Uint8Array => {
      if (before?.original[name] === piece[name]) return before.copy[name];
      // Spans of an entry mostly share it; the trace that has it copied answers for it.
      this.#count(trace, piece[name].byteLength);
      return Buffer.from(piece[name]);
    };
    const resourceFields = copyOf('resourceFields');
    const scopeFields = copyOf('scopeFields');
    const copy = { ...piece, resourceFields, scopeFields, spanFields: Buffer.from(piece.spanFields) };
    this.#copied = { original: piece, copy };
    return copy;
  }
}
