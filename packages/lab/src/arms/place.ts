import type { Placement } from '../axes/axes.js';

/** The work alone: nobody makes a span. */
export const UNTRACED_PLACE: Placement = {
  A: 'A.nobody',
  B: 'B.none',
  C: 'C.off',
  D: 'D.nested-few',
  E: 'E.all',
  F: 'F.none',
};

/** A library that wraps functions and sends batches from the same thread, captured in full: most of them. */
export const WRAPPER_AND_BATCH: Placement = {
  A: 'A.observe-wrapper',
  B: 'B.batch-same-thread',
  C: 'C.full',
  D: 'D.nested-few',
  E: 'E.all',
  F: 'F.one',
};

/** The same by calls of the library's own API. */
export const CALL_AND_BATCH: Placement = { ...WRAPPER_AND_BATCH, A: 'A.low-level-call' };

/** The same by OpenTelemetry's API. */
export const OPENTELEMETRY_AND_BATCH: Placement = { ...WRAPPER_AND_BATCH, A: 'A.opentelemetry-api' };

/** The same with a request for each span when it ends. */
export const OPENTELEMETRY_AND_REQUEST: Placement = { ...OPENTELEMETRY_AND_BATCH, B: 'B.awaited-a-span' };

/** Share of the traces that is kept by the arms that sample. */
export const SAMPLED_SHARE = 0.05;

/** A placement with nothing captured. */
export function withoutCapture(placement: Placement): Placement {
  return { ...placement, C: 'C.off' };
}
