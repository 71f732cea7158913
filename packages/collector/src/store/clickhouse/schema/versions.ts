/** How ClickHouse tells which of several rows counts: the one with the highest number. */

/** Versions of ended spans are no lower. */
export const ENDED_FROM = 2n ** 53n;

/** Of a span: an ended version is above every running one, then the revision decides. */
export function spanVersion(isEnded: boolean, revision: number): bigint {
  return (isEnded ? ENDED_FROM : 0n) + BigInt(Math.min(revision, Number.MAX_SAFE_INTEGER));
}

export interface TraceCounts {
  readonly spans: number;
  readonly endedSpans: number;
  /** Of the revisions of all its spans. */
  readonly revisionSum: bigint;
}

/**
 * Of a trace: spans never go, never begin to run again, and their revisions only rise. So of two folds, the one that has
 * seen more has the higher number, whoever made it and whenever, and two that have seen the same have the same.
 */
export function traceVersion({ spans, endedSpans, revisionSum }: TraceCounts): bigint {
  return (BigInt(spans) << 96n) | (BigInt(endedSpans) << 64n) | BigInt.asUintN(64, revisionSum);
}

/** SQL that counts what {@link traceVersion} needs, from spans with their highest `v`. */
export const TRACE_COUNTS_SQL = `count(), countIf(v >= ${ENDED_FROM}), sum(v % ${ENDED_FROM})`;
