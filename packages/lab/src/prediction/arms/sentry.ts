import { SPANS_PER_TRACE } from '../../sample/traced-work.js';
import {
  type ArmModel,
  addCounts,
  contextCounts,
  jsonCounts,
  postCounts,
  spansPerSend,
  termsOf,
  textKichars,
  utf8Bytes,
} from '../arm-model.js';

const OWN_BODY_BYTES = 420;
/** Origin and operation; start and end; value of the input and of the output. */
const OWN_ATTRIBUTES = 2;
/** Of a span in the transaction: data, ids, description, times, status, origin. */
const SPAN_PROPERTIES = 12;
/** What a transaction has besides its spans: contexts, kit, tags, breadcrumbs, the envelope's headers. */
const EVENT_PROPERTIES = 90;
/** A clone of a scope copies about ten tables and lists. */
const TABLES_PER_SCOPE = 10;

/**
 * Sentry 11: a forked scope for each span and another for the active one, each a clone of ten tables, two ids cut from
 * random UUIDs, hooks that are told of the beginning and the end. When a trace's root ends, still in the call, its spans
 * are gathered and made into one event, which passes the event processors, is normalised, becomes JSON and a request.
 */
export const SENTRY_MODEL: ArmModel = {
  terms: (facts, captures) => {
    const values = captures ? [facts.input, facts.output] : [];
    const kichars = textKichars(values);
    const attributes = OWN_ATTRIBUTES + values.length;
    const jsonTexts = textKichars(values.filter(({ isText }) => !isText));
    const properties = SPAN_PROPERTIES + attributes;
    const eventProperties = EVENT_PROPERTIES * facts.roots;
    const spansPerTrace = spansPerSend(facts, SPANS_PER_TRACE, Number.POSITIVE_INFINITY);
    return [
      ...termsOf(
        'direct',
        addCounts(contextCounts(facts, 2), jsonCounts(values), {
          wrapCallNs: 3,
          promiseFollowNs: 2,
          uuidNs: 1 + facts.roots,
          clockReadNs: 4,
          spanObjectNs: 3,
          smallObjectNs: 2 * TABLES_PER_SCOPE + 8,
          // Set, and looked at by six listeners of the beginning and the end.
          attributeNs: 2 * attributes + 12,
        }),
      ),
      ...termsOf(
        'deferred',
        addCounts(postCounts(spansPerTrace, utf8Bytes(facts, kichars) + OWN_BODY_BYTES, 1), {
          asyncCallNs: 12 * facts.roots,
          smallObjectNs: 3 + eventProperties / 4,
          entriesNs: 1 + 6 * facts.roots,
          inspectNs: attributes + eventProperties,
          jsonCallNs: 3 * facts.roots,
          jsonPropertyNs: properties + eventProperties,
          jsonAgainNsPerKichar: jsonTexts,
          jsonNsPerKichar: kichars - jsonTexts + OWN_BODY_BYTES / 1_024,
          nativeEncodeNsPerKichar: kichars + OWN_BODY_BYTES / 1_024,
        }),
      ),
    ];
  },
  batchSpans: () => SPANS_PER_TRACE,
  leftOut: 'compression of requests above 32 KiB, which other threads do, and its integrations',
};
