import { type Counts, postCounts, spansPerSend, textKichars, utf8Bytes } from '../arm-model.js';
import { MIB } from '../constants.js';
import type { SpanFacts, ValueFacts } from '../span-facts.js';

const BATCH_SPANS = 512;
const BATCH_TIMER_MS = 5_000;
/** Tag and length or number of: three ids, name, kind, two times, three dropped counts, status (2), flags, itself. */
const SPAN_FIELDS = 14;
/** Itself, key, value, and the text in it. */
const FIELDS_PER_ATTRIBUTE = 4;
/** Of a span in the request's object: ids, name, kind, times, counts, status, flags, lists. */
const JSON_PROPERTIES = 17;
/** Key, value, and the text in it, each in an object of its own. */
const JSON_PROPERTIES_PER_ATTRIBUTE = 3;
/** A text from here on outlives the collector's small space while it is made. */
const LARGE_TEXT_BYTES = 4 * MIB;

/** What is exported, and in what company. */
export interface Export {
  readonly values: readonly ValueFacts[];
  readonly attributes: number;
  readonly ownBodyBytes: number;
  readonly spansPerPost: number;
}

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
 * OTLP protobuf (`otlp-transformer`): the serialiser runs twice over every field, once to find the size and once to
 * write, and over every text three times, character by character.
 *
 * @param fields more fields than those of a span and its attributes
 */
export function protobufCounts(facts: SpanFacts, sent: Export, fields = 0): Counts {
  const kichars = textKichars(sent.values);
  return {
    ...postCounts(sent.spansPerPost, utf8Bytes(facts, kichars) + sent.ownBodyBytes, 1),
    encodeFieldNs: 2 * (SPAN_FIELDS + fields + FIELDS_PER_ATTRIBUTE * sent.attributes),
    measureNsPerKichar: kichars,
    loopEncodeNsPerKichar: kichars,
  };
}

/** OTLP as JSON: an object tree for each span, `JSON.stringify` over texts that may be JSON already, then UTF-8. */
export function otlpJsonCounts(facts: SpanFacts, sent: Export): Counts {
  const kichars = textKichars(sent.values);
  const bodyBytes = utf8Bytes(facts, kichars) + sent.ownBodyBytes;
  const jsonTexts = textKichars(sent.values.filter(({ isText }) => !isText));
  return {
    ...postCounts(sent.spansPerPost, bodyBytes, 2),
    batchTextUsPerMib: sent.spansPerPost * bodyBytes >= LARGE_TEXT_BYTES ? bodyBytes / MIB : 0,
    // Two times as text, by BigInt.
    idHexNs: 2,
    spanObjectNs: 1,
    smallObjectNs: 6 + 3 * sent.attributes,
    jsonPropertyNs: JSON_PROPERTIES + JSON_PROPERTIES_PER_ATTRIBUTE * sent.attributes,
    jsonAgainNsPerKichar: jsonTexts,
    jsonNsPerKichar: kichars - jsonTexts + sent.ownBodyBytes / 1_024,
    nativeEncodeNsPerKichar: kichars + sent.ownBodyBytes / 1_024,
  };
}
