import {
  type ArmModel,
  addCounts,
  byHandCounts,
  type Counts,
  contextCounts,
  jsonCounts,
  postCounts,
  spansPerSend,
  termsOf,
  textKichars,
  utf8Bytes,
} from '../arm-model.js';
import type { SpanFacts, ValueFacts } from '../span-facts.js';

/** How its spans are made and where they are encoded. */
export interface SlipstreamWay {
  /** @default 'observe' */
  readonly spans?: 'observe' | 'by-hand' | 'otel' | 'openai' | 'langchain';
  /** `inline`: the calling thread does what else the worker does. @default 'worker' */
  readonly delivery?: 'worker' | 'inline';
}

/** An inline batch is closed by its bytes or its age. */
const INLINE_BATCH_BYTES = 256_000;
const INLINE_BATCH_AGE_MS = 100;
const OWN_BODY_BYTES = 110;
/** Ids, name, times, kind, status; type, and key and value of input and output. */
const SPAN_FIELDS = 14;

/**
 * Slipstream (`packages/sdk/src/observe`, `record`, `ring`): one wrapper, one context, the promise followed, two clock
 * readings, two ids, a handle, and a record for the end; a record for the start where an input is captured, else for
 * roots alone. Values are walked and copied. Encoding, masking and sending are the worker's, so nothing is deferred but
 * the answer to one flush; inline they are done by timers of the calling thread, in slices of a millisecond.
 */
export function slipstreamModel({ spans = 'observe', delivery = 'worker' }: SlipstreamWay): ArmModel {
  return {
    terms: (facts, captures) => [
      ...termsOf(
        'direct',
        addCounts(
          recordCounts(facts, captures),
          madeBy(spans, facts),
          captures ? (spans === 'otel' ? attributeCounts(facts) : copyCounts(facts)) : {},
        ),
      ),
      ...termsOf('deferred', delivery === 'worker' ? { flushUs: 1 / facts.spans } : inlineCounts(facts, captures)),
    ],
    batchSpans: () => 0,
    // In a loop without rest the worker never catches up; paced, it does most of its work while the application rests.
    besideShare: ({ pace }) => (pace === 'tight' && delivery === 'worker' ? 1 : 0),
    leftOut:
      delivery === 'worker'
        ? 'what the worker takes from the caches that both threads share, by values of 100 KB most of all (counted in a tight loop alone)'
        : 'the timers between its slices',
  };
}

/**
 * The record or two of a span, whoever makes it. The handle of sixteen fields is as much as four small objects; names
 * are numbers in the ring, looked up for each record, and the result is looked at twice before it is followed.
 */
function recordCounts(facts: SpanFacts, captures: boolean): Counts {
  return {
    clockReadNs: 2,
    idPooledNs: 1 + 2 * facts.roots,
    smallObjectNs: captures ? 8 : 7,
    attributeNs: 4,
    publishNs: captures ? 2 : 1 + facts.roots,
  };
}

function madeBy(spans: NonNullable<SlipstreamWay['spans']>, facts: SpanFacts): Counts {
  switch (spans) {
    case 'observe':
      return addCounts(contextCounts(facts), { wrapCallNs: 1, promiseFollowNs: 1 });
    case 'by-hand':
      // The fields that a span begins with are merged, those it ends with merged again.
      return addCounts(byHandCounts(facts), { smallObjectNs: 4, attributeNs: 6 });
    case 'otel':
      // A context for each span, its values behind it; attributes in two lists; times and limits decided once.
      return addCounts(contextCounts(facts), { wrapCallNs: 1, promiseFollowNs: 1, smallObjectNs: 6, attributeNs: 6 });
    case 'openai':
      // A method found on the client, the request taken apart, the answer's promise and stream followed.
      return addCounts(contextCounts(facts), {
        wrapCallNs: 2,
        promiseFollowNs: 2,
        smallObjectNs: 8,
        inspectNs: 20 + 6 * facts.chunks,
        asyncCallNs: facts.chunks,
      });
    case 'langchain':
      // A run found in a table by its id, its parent looked for, messages turned into roles and contents.
      return { wrapCallNs: 2, smallObjectNs: 6, attributeNs: 8, inspectNs: facts.input.properties };
  }
}

function copyCounts({ input, output }: SpanFacts): Counts {
  return addCounts(copyValue(input), copyValue(output));
}

/** What the application hands to OpenTelemetry's API is JSON: made by the caller, copied as two texts. */
function attributeCounts({ input, output }: SpanFacts): Counts {
  const values = [input, output];
  return addCounts(jsonCounts(values), {
    attributeNs: values.length,
    copyCallNs: 2 * values.length,
    shortTextNs: values.length,
    copyNsPerKichar: textKichars(values),
  });
}

/** A key is copied like a short text; a longer text is asked for its charset and copied by one native call. */
function copyValue({ properties, shortTexts, longTexts, kichars }: ValueFacts): Counts {
  return {
    // Looking at an object is part of looking at its properties.
    inspectNs: properties,
    shortTextNs: properties + shortTexts,
    copyCallNs: longTexts * 2,
    copyNsPerKichar: kichars,
  };
}

/** The record read back, its values turned into JSON text, and a request as protobuf. */
function inlineCounts(facts: SpanFacts, captures: boolean): Counts {
  const values = captures ? [facts.input, facts.output] : [];
  const bodyBytes = utf8Bytes(facts, textKichars(values)) + OWN_BODY_BYTES;
  const spansPerPost = spansPerSend(facts, Math.max(1, INLINE_BATCH_BYTES / bodyBytes), INLINE_BATCH_AGE_MS);
  return addCounts(...values.map(copyValue), {
    ...postCounts(spansPerPost, bodyBytes, 1),
    publishNs: 2,
    attributeNs: 6,
    smallObjectNs: 4,
    encodeFieldNs: SPAN_FIELDS,
    jsonNsPerKichar: textKichars(values.filter(({ isText }) => !isText)),
    nativeEncodeNsPerKichar: textKichars(values),
  });
}
