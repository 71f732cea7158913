import {
  type ArmModel,
  addCounts,
  contextCounts,
  fetchCounts,
  spansPerSend,
  termsOf,
  textKichars,
  utf8Bytes,
} from '../arm-model.js';

const BATCH_OPERATIONS = 100;
const TIMER_MS = 250;
/** A run is an operation when it begins and one when it ends, unless both are in one batch. */
const OPERATIONS_PER_SPAN = 2;
const RUN_PROPERTIES = 34;
const RUN_BYTES = 1_300;
/** Repeats shrink to about a tenth. */
const COMPRESSED = 0.1;

/**
 * LangSmith 0.12: a run tree of some thirty fields with its environment, ids of the time, copied with spread three times
 * over; at its beginning and at its end an async function prepares an operation, whose size a walk estimates. Each
 * becomes the parts of a form, JSON by JSON, encoded and written into a stream that other threads compress. Values with
 * a text of 64 Ki characters or more are made JSON by a worker, after a copy of them was handed over.
 */
export const LANGSMITH_MODEL: ArmModel = {
  terms: (facts, captures) => {
    const values = captures ? [facts.input, facts.output] : [];
    const kichars = textKichars(values);
    const properties = OPERATIONS_PER_SPAN * RUN_PROPERTIES + values.reduce((sum, item) => sum + item.properties, 0);
    const own = (OPERATIONS_PER_SPAN * RUN_BYTES) / 1_024;
    const isOffered = facts.size === 'long';
    return [
      ...termsOf(
        'direct',
        addCounts(contextCounts(facts), {
          wrapCallNs: 3,
          promiseFollowNs: 2,
          uuidNs: 1,
          clockReadNs: 4,
          spanObjectNs: 4,
          smallObjectNs: 16,
          entriesNs: 3,
          attributeNs: RUN_PROPERTIES,
          asyncCallNs: 2 * OPERATIONS_PER_SPAN,
        }),
      ),
      ...termsOf(
        'deferred',
        addCounts(
          fetchCounts(
            spansPerSend(facts, BATCH_OPERATIONS / OPERATIONS_PER_SPAN, TIMER_MS),
            COMPRESSED * (utf8Bytes(facts, kichars) + OPERATIONS_PER_SPAN * RUN_BYTES),
            1,
          ),
          {
            asyncCallNs: 6 * OPERATIONS_PER_SPAN,
            promiseFollowNs: 3 * OPERATIONS_PER_SPAN,
            smallObjectNs: 12 * OPERATIONS_PER_SPAN,
            entriesNs: 2 * OPERATIONS_PER_SPAN,
            // The walk that estimates a size; the walk of a replacer.
            inspectNs: properties,
            // Headers of the parts of a form.
            encodeFieldNs: 8 * OPERATIONS_PER_SPAN,
            jsonCallNs: 3 * OPERATIONS_PER_SPAN,
            jsonHookNs: properties,
            jsonNsPerKichar: (isOffered ? 0 : kichars) + own,
            nativeEncodeNsPerKichar: 2 * kichars + own,
            copyNsPerKichar: isOffered ? kichars : 0,
          },
        ),
      ),
    ];
  },
  batchSpans: (facts) => spansPerSend(facts, BATCH_OPERATIONS / OPERATIONS_PER_SPAN, TIMER_MS),
  leftOut: 'the streams that its requests go through',
};
