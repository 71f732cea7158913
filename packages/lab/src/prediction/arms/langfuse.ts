import {
  type ArmModel,
  addCounts,
  byHandCounts,
  type Counts,
  contextCounts,
  jsonCounts,
  termsOf,
  textKichars,
} from '../arm-model.js';
import type { SpanFacts, ValueFacts } from '../span-facts.js';
import { otelBatchSpans, otelSpanCounts, otlpJsonCounts } from './otlp.js';

const OWN_BODY_BYTES = 434;
/** Type and application root; input and output besides. */
const OWN_ATTRIBUTES = 2;
/** Of a generation besides: model, parameters, usage. */
const GENERATION_ATTRIBUTES = 3;

/** How its spans are made and sent. */
export interface LangfuseWay {
  /** @default 'observe' */
  readonly spans?: 'observe' | 'by-hand' | 'openai' | 'langchain';
  /** Regular expressions that a mask lays over each captured text. @default 0 */
  readonly maskRules?: number;
  /** `exportMode: 'immediate'`: a request for each span. @default false */
  readonly isImmediate?: boolean;
}

/**
 * `@langfuse/tracing` with `@langfuse/otel` 5. In the call: OpenTelemetry's span; a second copy of the context for
 * the trace id in the baggage, and a copy of the baggage; a table of 15 attributes built, filtered and rebuilt at start
 * and at end. At the end of a span: an async function that awaits a mask for each captured field whether or not there
 * is one, and the media search, whose six rounds over the attribute names end in a regular expression over each
 * captured text. Its exporter is OTLP as JSON.
 */
export function langfuseModel({ spans = 'observe', maskRules = 0, isImmediate = false }: LangfuseWay): ArmModel {
  const batchSpans = (facts: SpanFacts): number => (isImmediate ? 1 : otelBatchSpans(facts));
  return {
    terms: (facts, captures) => {
      const values = captures ? [facts.input, facts.output] : [];
      const isGeneration = spans === 'openai' || spans === 'langchain';
      const attributes = OWN_ATTRIBUTES + values.length + (isGeneration ? GENERATION_ATTRIBUTES : 0);
      const sent = { values, attributes, ownBodyBytes: OWN_BODY_BYTES, spansPerPost: batchSpans(facts) };
      return [
        ...termsOf('direct', addCounts(directCounts(facts, values, attributes), madeBy(spans, facts))),
        ...termsOf(
          'deferred',
          addCounts(endCounts(values), otlpJsonCounts(facts, sent), {
            maskNsPerKichar: maskRules * textKichars(values),
          }),
        ),
      ];
    },
    batchSpans,
    leftOut: 'the export filter, the set of pending spans, and the garbage of a batch that is one string',
  };
}

function directCounts(facts: SpanFacts, values: readonly ValueFacts[], attributes: number): Counts {
  return addCounts(otelSpanCounts(facts, attributes), jsonCounts(values), {
    // The baggage and the context that carries it: once a trace.
    mapCopyNs: 2 * facts.roots,
    entriesNs: values.length > 0 ? 2 : 1,
    smallObjectNs: 8,
    // Eight values looked for in the context, two empty ones offered to the span.
    attributeNs: 10,
  });
}

/** A wrapper and a context, calls by hand, or the wrapper of a client, which copies the request and follows the answer. */
function madeBy(spans: NonNullable<LangfuseWay['spans']>, facts: SpanFacts): Counts {
  switch (spans) {
    case 'observe':
      return addCounts(contextCounts(facts), { wrapCallNs: 2, promiseFollowNs: 1 });
    case 'by-hand':
      return byHandCounts(facts);
    case 'openai':
      return addCounts(contextCounts(facts), {
        wrapCallNs: 3,
        promiseFollowNs: 2,
        entriesNs: 2,
        asyncCallNs: facts.chunks,
        inspectNs: 6 * facts.chunks,
      });
    case 'langchain':
      return { wrapCallNs: 2, asyncCallNs: 2, entriesNs: 2, inspectNs: facts.input.properties };
  }
}

function endCounts(values: readonly ValueFacts[]): Counts {
  return {
    // The function itself, its mask step and its media step, their catch and finally, and two for each mask.
    asyncCallNs: 3 + 2 * values.length,
    promiseFollowNs: 3,
    // Six rounds over about five attribute names.
    entriesNs: 2,
    smallObjectNs: 8,
    matchNsPerKichar: textKichars(values),
  };
}
