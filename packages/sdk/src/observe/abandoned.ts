import type { ObservationHandle } from '../client/observation-handle.js';

/** Metadata key of an observation whose lazy result nobody consumed, cancelled or failed. */
const ABANDONED_KEY = 'slipstream_abandoned';

/** When a lazy result last gave something. Must not reach the result itself, or it would never be collected. */
export interface Progress {
  readonly handle: ObservationHandle;
  /** Milliseconds of `performance.now()`. */
  lastMs: number;
}

const abandoned = new FinalizationRegistry<Progress>(({ handle, lastMs }) => {
  if (handle.ended) return;
  // It ends where the last step was seen: when the garbage was collected says nothing about it.
  handle.end({ metadata: { [ABANDONED_KEY]: true }, endTime: Date.now() - (performance.now() - lastMs) });
});

/**
 * Ends an observation whose result is dropped half-way (a generator left without `return()`, a stream that nobody
 * reads): when the result is collected as garbage, since nothing else can tell. What was collected of it is left out.
 */
export function watchAbandoned(handle: ObservationHandle, result: object): Progress {
  const progress = { handle, lastMs: performance.now() };
  abandoned.register(result, progress);
  return progress;
}
