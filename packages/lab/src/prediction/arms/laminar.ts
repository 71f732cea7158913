import {
  type ArmModel,
  addCounts,
  contextCounts,
  jsonCounts,
  postCounts,
  termsOf,
  textKichars,
  utf8Bytes,
} from '../arm-model.js';
import { otelBatchSpans, otelSpanCounts } from './opentelemetry.js';

/** Path by names, path by ids, source, version, language version, and the wrapper's span type. */
const OWN_ATTRIBUTES = 6;
const OWN_BODY_BYTES = 500;
const SPAN_FIELDS = 14;
const FIELDS_PER_ATTRIBUTE = 4;
/** The two paths are lists, with a value for each level. */
const PATH_FIELDS = 12;

/**
 * Laminar on OpenTelemetry: two contexts a span, values normalised into a copy and then turned into JSON (texts too),
 * two paths kept in maps, and the same exporter as OpenTelemetry's.
 */
export const LAMINAR_MODEL: ArmModel = {
  terms: (facts) => {
    const values = [facts.input, facts.output];
    const kichars = textKichars(values);
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
        addCounts(postCounts(otelBatchSpans(facts), utf8Bytes(facts, kichars) + OWN_BODY_BYTES, 1), {
          encodeFieldNs: 2 * (SPAN_FIELDS + PATH_FIELDS + FIELDS_PER_ATTRIBUTE * attributes),
          measureNsPerKichar: kichars,
          loopEncodeNsPerKichar: kichars,
        }),
      ),
    ];
  },
  batchSpans: otelBatchSpans,
  leftOut: 'its own context manager beside the API, which is counted as a second run',
};
