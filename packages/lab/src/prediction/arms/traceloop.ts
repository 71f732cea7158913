import { type ArmModel, addCounts, contextCounts, jsonCounts, termsOf, textKichars } from '../arm-model.js';
import { otelBatchSpans, otelSpanCounts, protobufCounts } from './otlp.js';

const OWN_BODY_BYTES = 330;
/** Workflow, name, path, kind; what its processor adds when the span begins; input and output besides. */
const OWN_ATTRIBUTES = 5;

/**
 * Traceloop's SDK on OpenTelemetry: two contexts a span with up to two values added to a copy of it, an async function
 * around the work, arguments wrapped and made JSON (texts too), a processor that looks eight values up in the context.
 */
export const TRACELOOP_MODEL: ArmModel = {
  terms: (facts, captures) => {
    const values = captures ? [facts.input, facts.output] : [];
    const attributes = OWN_ATTRIBUTES + values.length;
    const sent = { values, attributes, ownBodyBytes: OWN_BODY_BYTES, spansPerPost: otelBatchSpans(facts) };
    return [
      ...termsOf(
        'direct',
        addCounts(contextCounts(facts, 2), otelSpanCounts(facts, attributes), jsonCounts(values), {
          wrapCallNs: 2,
          promiseFollowNs: 2,
          asyncCallNs: 1,
          mapCopyNs: 2,
          // Values looked up in the context and in the environment, twice each.
          attributeNs: 16,
          smallObjectNs: 6,
          jsonCallNs: 1,
          jsonPropertyNs: 2,
          jsonNsPerKichar: textKichars(values.filter(({ isText }) => isText)),
        }),
      ),
      ...termsOf('deferred', protobufCounts(facts, sent)),
    ];
  },
  batchSpans: otelBatchSpans,
  leftOut:
    'the proxy around each ended span, through which its exporter reads every field, and the cleaning of arguments',
};
