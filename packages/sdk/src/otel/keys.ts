/** Keys of context values. The API makes its own by `Symbol.for`, so that all copies of it in a process share them. */
export const SPAN_KEY = Symbol.for('OpenTelemetry Context Key SPAN');
export const SUPPRESSION_KEY = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');
export const BAGGAGE_KEY = Symbol.for('OpenTelemetry Baggage Key');

/** On each span of ours: what of ours stands behind it. A symbol and no class, for a second copy of this package. */
export const PLACE = Symbol.for('slipstream.otel.place.v1');
