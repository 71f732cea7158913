import { type ArmModel, addCounts, contextCounts, jsonCounts, termsOf } from '../arm-model.js';
import type { SpanFacts } from '../span-facts.js';
import { otelBatchSpans, otelSpanCounts, otlpJsonCounts, protobufCounts } from './otlp.js';

const OWN_BODY_BYTES = { protobuf: 83, json: 434 } as const;

/** Which exporter and which processor. */
export interface OpenTelemetryWay {
  readonly encoding: 'protobuf' | 'json';
  readonly sending: 'batch' | 'simple';
}

/**
 * OpenTelemetry with `BatchSpanProcessor`, or with `SimpleSpanProcessor`, which makes a request of each span, and OTLP
 * over HTTP. The lab's arm adds a wrapper, a followed promise and `JSON.stringify`.
 */
export function openTelemetryModel({ encoding, sending }: OpenTelemetryWay): ArmModel {
  const batchSpans = (facts: SpanFacts): number => (sending === 'batch' ? otelBatchSpans(facts) : 1);
  const exportCounts = encoding === 'protobuf' ? protobufCounts : otlpJsonCounts;
  return {
    terms: (facts, captures) => {
      const values = captures ? [facts.input, facts.output] : [];
      const sent = {
        values,
        attributes: values.length,
        ownBodyBytes: OWN_BODY_BYTES[encoding],
        spansPerPost: batchSpans(facts),
      };
      return [
        ...termsOf(
          'direct',
          addCounts(contextCounts(facts), otelSpanCounts(facts, values.length), jsonCounts(values), {
            wrapCallNs: 1,
            promiseFollowNs: 1,
          }),
        ),
        // A request's resource and scope are asked for and awaited for each of them.
        ...termsOf('deferred', addCounts(exportCounts(facts, sent), { asyncCallNs: 3 / sent.spansPerPost })),
      ];
    },
    batchSpans,
    leftOut: 'messages moved by some bytes once their length is known, and the hooks by which it observes itself',
  };
}
