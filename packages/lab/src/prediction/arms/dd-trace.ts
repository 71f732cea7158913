import {
  type ArmModel,
  addCounts,
  contextCounts,
  jsonCounts,
  postCounts,
  spansPerSend,
  termsOf,
  utf8Bytes,
} from '../arm-model.js';

/** Values longer than this are cut. */
const MAX_KICHARS = 25_000 / 1_024;
const FLUSH_MS = 2_000;
const OWN_BODY_BYTES = 435;
/** service.name, runtime-id, language, process id, priority, sampling decisions, resource. */
const OWN_TAGS = 9;
/** Telemetry counters of spans begun and ended, and the handle of the context. */
const COUNTERS = 4;
/** Three ids byte by byte, start, duration, and a number or two among the metrics. */
const NUMBERS = 6;
/** Three ids, name, resource, service, error, start, duration, and key and value of each tag. */
const SPAN_FIELDS = 9 + 2 * OWN_TAGS;

/**
 * dd-trace 5: the span with its context and its tags in the call; when a trace's last span has ended, still in that
 * call, every span is formatted (tags walked into new tables) and written as msgpack, fixed parts by native copies from
 * buffers that stand ready, texts by a native call. A timer sends what is there every two seconds.
 */
export const DD_TRACE_MODEL: ArmModel = {
  terms: (facts, captures) => {
    const values = captures ? [facts.input, facts.output] : [];
    const kept = values.reduce((total, value) => total + Math.min(value.jsonKichars, MAX_KICHARS), 0);
    const sent = spansPerSend(facts, Number.POSITIVE_INFINITY, FLUSH_MS);
    return [
      ...termsOf(
        'direct',
        addCounts(contextCounts(facts, 2), jsonCounts(values), {
          wrapCallNs: 2,
          promiseFollowNs: 1,
          clockReadNs: 3,
          idPooledNs: 2,
          spanObjectNs: 2,
          smallObjectNs: 8,
          // Each tag is set and then walked; keys and values are looked up in the table of texts; four more for the span.
          attributeNs: 4 * (OWN_TAGS + values.length) + 4 + COUNTERS,
          encodeFieldNs: NUMBERS,
          entriesNs: 1,
          copyCallNs: SPAN_FIELDS + 2 * values.length,
          nativeEncodeNsPerKichar: kept,
        }),
      ),
      ...termsOf('deferred', postCounts(sent, utf8Bytes(facts, kept) + OWN_BODY_BYTES, 2)),
    ];
  },
  batchSpans: (facts) => spansPerSend(facts, Number.POSITIVE_INFINITY, FLUSH_MS),
  leftOut: 'channels without subscribers, sampling rules, and the taking apart of a finished trace',
};
