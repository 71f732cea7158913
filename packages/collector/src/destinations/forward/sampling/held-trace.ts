import type { ScoreEvent } from '../score-events.js';
import type { SpanPiece } from '../span-pieces.js';
import type { SpanFacts } from './trace-facts.js';

/** A trace that no rule has kept so far. */
export interface HeldTrace {
  readonly pieces: SpanPiece[];
  readonly scores: ScoreEvent[];
  readonly entryIds: Set<number>;
  /** Spans that have begun, and of which no end is known. */
  readonly runningSpanIds: Set<string>;
  readonly endedSpanIds: Set<string>;
  readonly firstAtMs: number;
  /** US dollars by span id, since a span may come again, and their sum. */
  readonly costs: Map<string, number>;
  costUsd: number;
  lastAtMs: number;
  bytes: number;
  hasError: boolean;
  startNs: bigint | undefined;
  endNs: bigint | undefined;
}

export function newTrace(nowMs: number): HeldTrace {
  return {
    pieces: [],
    scores: [],
    entryIds: new Set(),
    runningSpanIds: new Set(),
    endedSpanIds: new Set(),
    costs: new Map(),
    costUsd: 0,
    firstAtMs: nowMs,
    lastAtMs: nowMs,
    bytes: 0,
    hasError: false,
    startNs: undefined,
    endNs: undefined,
  };
}

/** Adds what a sampling rule looks at; nothing for a span that cannot be read. */
export function noteFacts(trace: HeldTrace, spanId: string, facts: SpanFacts | undefined): void {
  if (facts === undefined) return;
  trace.hasError ||= facts.isError;
  if (trace.startNs === undefined || facts.startNs < trace.startNs) trace.startNs = facts.startNs;
  if (trace.endNs === undefined || facts.endNs > trace.endNs) trace.endNs = facts.endNs;
  if (facts.costUsd <= 0) return;
  trace.costUsd += facts.costUsd - (trace.costs.get(spanId) ?? 0);
  trace.costs.set(spanId, facts.costUsd);
}
