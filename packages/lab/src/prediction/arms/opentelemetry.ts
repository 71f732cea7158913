import {
  type ArmModel,
  addCounts,
  type Counts,
  contextCounts,
  jsonCounts,
  postCounts,
  spansPerSend,
  termsOf,
  textKichars,
  utf8Bytes,
} from '../arm-model.js';
import type { SpanFacts } from '../span-facts.js';

const BATCH_SPANS = 512;
const BATCH_TIMER_MS = 5_000;
const OWN_BODY_BYTES = 83;
/** Tag and length or number of: three ids, name, kind, two times, three dropped counts, status (2), flags, itself. */
const SPAN_FIELDS = 14;
/** Itself, key, value, and the text in it. */
const FIELDS_PER_ATTRIBUTE = 4;

/**
 * What a span of `@opentelemetry/sdk-trace` costs its caller (`Tracer.startSpan`, `SpanImpl`): the parent's context
 * looked up and copied, an id (two more for a root), `Date.now` and four readings of the clock, the span object, and
 * about eight small ones (sampling result, three sanitised attribute tables, four times as pairs).
 */
export function otelSpanCounts({ roots }: SpanFacts, attributes: number): Counts {
  return {
    mapCopyNs: 1,
    idHexNs: 1 + 2 * roots,
    clockReadNs: 5,
    spanObjectNs: 1,
    smallObjectNs: 8,
    attributeNs: attributes,
  };
}

/** Spans that `BatchSpanProcessor` sends at once, by its defaults. */
export function otelBatchSpans(facts: SpanFacts): number {
  return spansPerSend(facts, BATCH_SPANS, BATCH_TIMER_MS);
}

/**
 * OpenTelemetry with `BatchSpanProcessor` and OTLP protobuf (`otlp-transformer`): the exporter runs its serialiser
 * twice over every field, once to find the size and once to write, and over every text three times, character by
 * character. The lab's arm adds a wrapper, a followed promise and `JSON.stringify`.
 */
export const OPENTELEMETRY_MODEL: ArmModel = {
  terms: (facts, captures) => {
    const values = captures ? [facts.input, facts.output] : [];
    const kichars = textKichars(values);
    return [
      ...termsOf(
        'direct',
        addCounts(contextCounts(facts), otelSpanCounts(facts, values.length), jsonCounts(values), {
          wrapCallNs: 1,
          promiseFollowNs: 1,
        }),
      ),
      ...termsOf(
        'deferred',
        addCounts(postCounts(otelBatchSpans(facts), utf8Bytes(facts, kichars) + OWN_BODY_BYTES, 1), {
          encodeFieldNs: 2 * (SPAN_FIELDS + FIELDS_PER_ATTRIBUTE * values.length),
          measureNsPerKichar: kichars,
          loopEncodeNsPerKichar: kichars,
        }),
      ),
    ];
  },
  batchSpans: otelBatchSpans,
  leftOut: 'messages moved by some bytes once their length is known, and the hooks by which it observes itself',
};
