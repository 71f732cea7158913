import { type ArmModel, addCounts, byHandCounts, jsonCounts, termsOf, textKichars } from '../arm-model.js';

/** Level, time, process, host, ids, kind, duration, message. */
const OWN_PROPERTIES = 10;
const OWN_BYTES = 260;

/**
 * A line of pino 10 with a transport: fields joined as JSON one by one, the line copied into a buffer and from there,
 * once a turn of the loop, into memory that a worker reads. Ids, parents and times are the application's.
 */
export const PINO_MODEL: ArmModel = {
  terms: (facts, captures) => {
    const values = captures ? [facts.input, facts.output] : [];
    const kichars = textKichars(values) + OWN_BYTES / 1_024;
    return termsOf(
      'direct',
      addCounts(byHandCounts(facts), jsonCounts(values), {
        uuidNs: 1 + facts.roots,
        clockReadNs: 3,
        smallObjectNs: 4,
        attributeNs: OWN_PROPERTIES,
        jsonCallNs: 4,
        jsonPropertyNs: OWN_PROPERTIES,
        jsonNsPerKichar: textKichars(values.filter(({ isText }) => isText)),
        // Into a buffer, and from there into memory that is shared.
        copyCallNs: 3,
        nativeEncodeNsPerKichar: kichars,
        copyNsPerKichar: kichars,
      }),
    );
  },
  batchSpans: () => 0,
  leftOut: 'waiting for the worker where it falls behind, and what it takes from the caches that both share',
};
