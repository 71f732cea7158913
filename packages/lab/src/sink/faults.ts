/** How a sink that is not well behaves; it counts a span when it acknowledges it. */
export type SinkFault =
  /** Nobody listens on its port. */
  | { readonly kind: 'refusing' }
  /** Takes each request and never answers. */
  | { readonly kind: 'hanging' }
  /** Takes each request and answers with a status. */
  | { readonly kind: 'answering'; readonly status: number }
  /** Takes so many spans a second, one request after the other, and answers when it is done with each. */
  | { readonly kind: 'slow'; readonly spansPerSecond: number };

/** Tells how long a request with so many spans has to wait for its answer. */
export type SlowPace = (spans: number, nowMs: number) => number;

/** The queue of one worker that does a fixed number of spans a second. */
export function createSlowPace(spansPerSecond: number): SlowPace {
  let freeAtMs = 0;
  return (spans, nowMs) => {
    freeAtMs = Math.max(freeAtMs, nowMs) + (spans / spansPerSecond) * 1_000;
    return freeAtMs - nowMs;
  };
}
