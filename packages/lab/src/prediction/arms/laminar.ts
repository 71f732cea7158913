import { type ArmModel, addCounts, contextCounts, jsonCounts, termsOf, textKichars } from '../arm-model.js';
import { otelBatchSpans, otelSpanCounts, protobufCounts } from './otlp.js';

/** Path by names, path by ids, source, version, language version, and the wrapper's span type. */
const OWN_ATTRIBUTES = 6;
const OWN_BODY_BYTES = 500;
/** The two paths are lists, with a value for each level. */
const PATH_FIELDS = 12;

/**
 * Laminar on OpenTelemetry: two contexts a span, values normalised into a copy and then turned into JSON (texts too),
 * two paths kept in maps, and the same exporter as OpenTelemetry's.
 */
export const LAMINAR_MODEL: ArmModel = {
  terms: (facts) => {
    const values = [facts.input, facts.output];
    const attributes = OWN_ATTRIBUTES + values.length;
    const copied = values.reduce((total, { properties, objects }) => total + properties + objects, 0);
    return [
      ...termsOf(
        'direct',
        addCounts(contextCounts(facts, 2), otelSpanCounts(facts, attributes), jsonCounts(values), {
          wrapCallNs: 2,
          promiseFollowNs: 2,
          mapCopyNs: 1,
          inspectNs: copied,
          smallObjectNs: copied + 8,
          jsonNsPerKichar: textKichars(values.filter(({ isText }) => isText)),
          entriesNs: 1,
        }),
      ),
      ...termsOf(
        'deferred',
        protobufCounts(
          facts,
          { values, attributes, ownBodyBytes: OWN_BODY_BYTES, spansPerPost: otelBatchSpans(facts) },
          PATH_FIELDS,
        ),
      ),
    ];
  },
  batchSpans: otelBatchSpans,
  leftOut: 'its own context manager beside the API, which is counted as a second run',
};
