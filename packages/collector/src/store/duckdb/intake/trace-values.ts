import type { Observation } from '@slipstream/wire';

/**
 * Which of several observations gives a trace its value. Both rules depend on the observations alone, never on the
 * order in which they arrive.
 */

/** The value of the root, or while no root is known, of the observation that started first. */
export interface Origin<T> {
  readonly value: T;
  readonly isRoot: boolean;
  readonly startNs: bigint;
  readonly spanId: string;
  readonly parentSpanId: string;
}

export function considerOrigin<T>(
  best: Origin<T> | undefined,
  observation: Observation,
  value: T | undefined,
): Origin<T> | undefined {
  if (value === undefined) return best;
  const isRoot = observation.parentSpanId === '';
  if (best !== undefined && best.spanId !== observation.spanId && !isBetterOrigin(best, observation, isRoot)) {
    return best;
  }
  const { startTimeUnixNano: startNs, spanId, parentSpanId } = observation;
  return { value, isRoot, startNs, spanId, parentSpanId };
}

function isBetterOrigin(best: Origin<unknown>, observation: Observation, isRoot: boolean): boolean {
  if (isRoot !== best.isRoot) return isRoot;
  if (observation.startTimeUnixNano !== best.startNs) return observation.startTimeUnixNano < best.startNs;
  // Senders with a coarse clock give parent and child the same start.
  if (best.parentSpanId === observation.spanId) return true;
  if (observation.parentSpanId === best.spanId) return false;
  return observation.spanId < best.spanId;
}

/** The value of the observation that ended last: a sender that sets a value anew means the new one. */
export interface Latest<T> {
  readonly value: T;
  readonly atNs: bigint;
  readonly spanId: string;
}

export function considerLatest<T>(
  best: Latest<T> | undefined,
  observation: Observation,
  value: T | undefined,
): Latest<T> | undefined {
  if (value === undefined) return best;
  const { spanId } = observation;
  const atNs = observation.endTimeUnixNano ?? observation.startTimeUnixNano;
  if (best !== undefined && (atNs < best.atNs || (atNs === best.atNs && spanId < best.spanId))) return best;
  return { value, atNs, spanId };
}
