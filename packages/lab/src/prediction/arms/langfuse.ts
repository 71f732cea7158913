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

const OWN_BODY_BYTES = 434;
/** Type and application root; input and output besides. */
const OWN_ATTRIBUTES = 2;
/** Of a span in the request's object: ids, name, kind, times, counts, status, flags, lists. */
const JSON_PROPERTIES = 17;
/** Key, value, and the text in it, each in an object of its own. */
const JSON_PROPERTIES_PER_ATTRIBUTE = 3;

/**
 * `@langfuse/tracing` with `@langfuse/otel` 5. In the call: OpenTelemetry's span; a second copy of the context for
 * the trace id in the baggage, and a copy of the baggage; a table of 15 attributes built, filtered and rebuilt at start
 * and at end. At the end of a span: an async function that awaits a mask for each captured field whether or not there
 * is one, and the media search, whose six rounds over the attribute names end in a regular expression over each
 * captured text. Its exporter is OTLP as JSON: an object tree for each span, then `JSON.stringify` over texts that are
 * JSON already, then UTF-8.
 */
export const LANGFUSE_MODEL: ArmModel = {
  terms: (facts, captures) => {
    const values = captures ? [facts.input, facts.output] : [];
    const kichars = textKichars(values);
    const attributes = OWN_ATTRIBUTES + values.length;
    const jsonTexts = textKichars(values.filter(({ isText }) => !isText));
    return [
      ...termsOf(
        'direct',
        addCounts(contextCounts(facts), otelSpanCounts(facts, attributes), jsonCounts(values), {
          wrapCallNs: 2,
          promiseFollowNs: 1,
          // The baggage and the context that carries it: once a trace.
          mapCopyNs: 2 * facts.roots,
          entriesNs: captures ? 2 : 1,
          smallObjectNs: 8,
          // Eight values looked for in the context, two empty ones offered to the span.
          attributeNs: 10,
        }),
      ),
      ...termsOf(
        'deferred',
        addCounts(postCounts(otelBatchSpans(facts), utf8Bytes(facts, kichars) + OWN_BODY_BYTES, 2), {
          // The function itself, its mask step and its media step, their catch and finally, and two for each mask.
          asyncCallNs: 3 + 2 * values.length,
          promiseFollowNs: 3,
          // Six rounds over about five attribute names.
          entriesNs: 2,
          // Two times as text, by BigInt.
          idHexNs: 2,
          spanObjectNs: 1,
          matchNsPerKichar: kichars,
          smallObjectNs: 6 + 3 * attributes + 8,
          jsonPropertyNs: JSON_PROPERTIES + JSON_PROPERTIES_PER_ATTRIBUTE * attributes,
          jsonAgainNsPerKichar: jsonTexts,
          jsonNsPerKichar: kichars - jsonTexts + OWN_BODY_BYTES / 1_024,
          nativeEncodeNsPerKichar: kichars + OWN_BODY_BYTES / 1_024,
        }),
      ),
    ];
  },
  batchSpans: otelBatchSpans,
  leftOut: 'the export filter, the set of pending spans, and the garbage of a batch that is one string',
};
