import { type ArmModel, addCounts, contextCounts, jsonCounts, termsOf } from '../arm-model.js';
import { otelBatchSpans, otelSpanCounts, protobufCounts } from './otlp.js';

const OWN_BODY_BYTES = 190;
/** The kind of the span, and the type of input and of output. */
const OWN_ATTRIBUTES = 3;
/** Each attribute is asked about by so many rules of a mask, whether or not one is on. */
const MASK_RULES = 10;

/**
 * OpenInference's `withSpan` on OpenTelemetry: a wrapped tracer and a wrapped span, attributes spread three times and
 * held against ten rules of a mask, `then`, `catch` and `finally` on the promise; below it OpenTelemetry's batch.
 */
export const OPENINFERENCE_MODEL: ArmModel = {
  terms: (facts, captures) => {
    const values = captures ? [facts.input, facts.output] : [];
    const attributes = OWN_ATTRIBUTES + values.length;
    const sent = { values, attributes, ownBodyBytes: OWN_BODY_BYTES, spansPerPost: otelBatchSpans(facts) };
    return [
      ...termsOf(
        'direct',
        addCounts(contextCounts(facts), otelSpanCounts(facts, attributes), jsonCounts(values), {
          wrapCallNs: 2,
          promiseFollowNs: 3,
          smallObjectNs: 14,
          attributeNs: (MASK_RULES / 2) * attributes + 8,
          entriesNs: 1,
        }),
      ),
      ...termsOf('deferred', protobufCounts(facts, sent)),
    ];
  },
  batchSpans: otelBatchSpans,
  leftOut: 'messages moved by some bytes once their length is known',
};
