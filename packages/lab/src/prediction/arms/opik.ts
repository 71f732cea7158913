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
import type { SpanFacts } from '../span-facts.js';

const OWN_BODY_BYTES = 420;
const BATCH_SPANS = 100;
/** The queue waits until nothing has come for so long, or until a batch is full. */
const QUIET_MS = 300;
const SPAN_PROPERTIES = 16;

/**
 * Opik 2: a span with an id made of the time and random bytes, kept in a map until it ends, its fields merged at the
 * end; a timer set and cleared for each of both. A batch is checked property by property against a schema, turned into a
 * new tree with other names, becomes JSON and a request. A trace beside the spans is sent as well.
 */
export const OPIK_MODEL: ArmModel = {
  terms: (facts, captures) => {
    const values = captures ? [facts.input, facts.output] : [];
    // What is the input and the output of the root is those of the trace too.
    const times = 1 + facts.roots;
    const kichars = times * textKichars(values);
    const properties = times * (SPAN_PROPERTIES + values.reduce((total, value) => total + value.properties, 0));
    return [
      ...termsOf(
        'direct',
        addCounts(contextCounts(facts), {
          wrapCallNs: 2,
          promiseFollowNs: 1,
          uuidNs: times,
          clockReadNs: 2 * times,
          spanObjectNs: 2 * times,
          smallObjectNs: 6 * times,
          mapCopyNs: times,
          entriesNs: times,
          attributeNs: 12 * times,
          // A timer is set and cleared whenever the queue is told of something.
          copyCallNs: 4 * times,
        }),
      ),
      ...termsOf(
        'deferred',
        addCounts(fetchCounts(opikBatchSpans(facts) / times, utf8Bytes(facts, kichars) + OWN_BODY_BYTES, 2), {
          inspectNs: 2 * properties,
          smallObjectNs: properties / 2,
          attributeNs: 2 * SPAN_PROPERTIES * times,
          asyncCallNs: 2,
          jsonPropertyNs: properties,
          jsonNsPerKichar: kichars + OWN_BODY_BYTES / 1_024,
          nativeEncodeNsPerKichar: kichars,
        }),
      ),
    ];
  },
  batchSpans: (facts) => opikBatchSpans(facts),
  leftOut: 'what fetch costs more than a request of node:http, and its log',
};

function opikBatchSpans(facts: SpanFacts): number {
  return spansPerSend(facts, BATCH_SPANS, Math.max(QUIET_MS, (BATCH_SPANS * 1_000) / facts.spansPerSecond));
}
