import {
  type ArmModel,
  addCounts,
  type Counts,
  contextCounts,
  fetchCounts,
  jsonCounts,
  termsOf,
  textKichars,
  utf8Bytes,
} from '../arm-model.js';
import type { SpanFacts } from '../span-facts.js';

/** A span is an event when it begins and one when it ends; 15 events are a request. */
const EVENTS_PER_SPAN = 2;
const EVENTS_PER_POST = 15;
const EVENT_PROPERTIES = 10;
const EVENT_BYTES = 330;
/** An event is turned into JSON for its size, for a check, for its size in the batch, and to be sent. */
const JSON_PASSES = 4;
/** And into UTF-8 for both sizes and to be sent. */
const UTF8_PASSES = 3;

/**
 * `langfuse` 3: a client object and an event with two random ids in the call, and an async function that is awaited
 * nowhere; everything that follows runs in promises of the same thread, and a request leaves for every 15 events.
 */
export const LANGFUSE_3_MODEL: ArmModel = {
  terms: (facts) => [
    ...termsOf(
      'direct',
      addCounts(contextCounts(facts), {
        wrapCallNs: 1,
        promiseFollowNs: 1,
        idHexNs: 2 * (1 + 2 * EVENTS_PER_SPAN),
        clockReadNs: 2 * EVENTS_PER_SPAN,
        spanObjectNs: 1,
        smallObjectNs: 4 * EVENTS_PER_SPAN,
      }),
    ),
    ...termsOf('deferred', deferredCounts(facts)),
  ],
  batchSpans: () => EVENTS_PER_POST / EVENTS_PER_SPAN,
  leftOut: 'its event emitter and its retries',
};

function deferredCounts(facts: SpanFacts): Counts {
  const values = [facts.input, facts.output];
  const kichars = textKichars(values) + (EVENTS_PER_SPAN * EVENT_BYTES) / 1_024;
  const once = addCounts(jsonCounts(values), { jsonPropertyNs: EVENTS_PER_SPAN * EVENT_PROPERTIES });
  return addCounts(
    ...Array.from({ length: JSON_PASSES }, () => once),
    // Texts that stand alone are JSON too here: nothing is serialised before.
    { jsonNsPerKichar: JSON_PASSES * textKichars(values.filter(({ isText }) => isText)) },
    { nativeEncodeNsPerKichar: UTF8_PASSES * kichars },
    // Fields are looked through for media; the size of an event in its batch is that of a Blob.
    { blobNs: EVENTS_PER_SPAN, inspectNs: EVENTS_PER_SPAN * EVENT_PROPERTIES, uuidNs: 2 * EVENTS_PER_SPAN },
    { asyncCallNs: 2 * EVENTS_PER_SPAN, promiseFollowNs: 2 * EVENTS_PER_SPAN },
    fetchCounts(EVENTS_PER_POST / EVENTS_PER_SPAN, utf8Bytes(facts, kichars), 2),
  );
}
