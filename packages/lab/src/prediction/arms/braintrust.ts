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

/** A span is logged when it begins, with its input, with its output, and when it ends. */
const RECORDS_PER_SPAN = 4;
const RECORD_PROPERTIES = 12;
const RECORD_BYTES = 360;
const BATCH_ROWS = 100;
const ROW_BYTES = 700;

/**
 * Braintrust 3: the place of the call found by a stack trace; each of four records a span is copied by JSON, written and
 * read again with a function that is asked about every property. Later each record is an async function, rows of a span
 * are merged, become JSON and a request of a hundred.
 */
export const BRAINTRUST_MODEL: ArmModel = {
  terms: (facts, captures) => {
    const values = captures ? [facts.input, facts.output] : [];
    const kichars = textKichars(values);
    const own = (RECORDS_PER_SPAN * RECORD_BYTES) / 1_024;
    const properties =
      RECORDS_PER_SPAN * RECORD_PROPERTIES + values.reduce((total, value) => total + value.properties, 0);
    return [
      ...termsOf(
        'direct',
        addCounts(contextCounts(facts), {
          wrapCallNs: 3,
          promiseFollowNs: 2,
          stackNs: 1,
          uuidNs: 2 + facts.roots,
          clockReadNs: 3,
          spanObjectNs: 2,
          smallObjectNs: 5 * RECORDS_PER_SPAN,
          entriesNs: RECORDS_PER_SPAN,
          jsonCallNs: RECORDS_PER_SPAN,
          // Written, and read again.
          jsonHookNs: 2 * properties,
          jsonNsPerKichar: kichars,
          parseNsPerKichar: kichars + own,
        }),
      ),
      ...termsOf(
        'deferred',
        addCounts(
          fetchCounts(
            spansPerSend(facts, BATCH_ROWS, Number.POSITIVE_INFINITY),
            utf8Bytes(facts, kichars) + ROW_BYTES,
            2,
          ),
          {
            asyncCallNs: 4 * RECORDS_PER_SPAN,
            promiseFollowNs: RECORDS_PER_SPAN,
            entriesNs: 2 * RECORDS_PER_SPAN,
            smallObjectNs: 4 * RECORDS_PER_SPAN,
            jsonCallNs: 1,
            jsonHookNs: properties / 2,
            jsonNsPerKichar: kichars + ROW_BYTES / 1_024,
            nativeEncodeNsPerKichar: 2 * kichars,
          },
        ),
      ),
    ];
  },
  batchSpans: (facts) => spansPerSend(facts, BATCH_ROWS, Number.POSITIVE_INFINITY),
  leftOut: 'how far up a stack trace goes',
};
