import { readSpanLimits } from '../core.js';

/** How much of a span is kept, as in OpenTelemetry's SDK. What goes beyond is dropped and counted on the span. */
export interface SpanLimits {
  /** @default 128 (`OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT`, `OTEL_ATTRIBUTE_COUNT_LIMIT`) */
  attributeCountLimit?: number | undefined;
  /**
   * Characters of a value; beside it the client's `maxCaptureBytes` cuts.
   * @default unlimited (`OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT`, `OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`)
   */
  attributeValueLengthLimit?: number | undefined;
  /** @default 128 (`OTEL_SPAN_EVENT_COUNT_LIMIT`) */
  eventCountLimit?: number | undefined;
  /** @default 128 (`OTEL_SPAN_LINK_COUNT_LIMIT`) */
  linkCountLimit?: number | undefined;
  /** @default 128 (`OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT`) */
  attributePerEventCountLimit?: number | undefined;
  /** @default 128 (`OTEL_LINK_ATTRIBUTE_COUNT_LIMIT`) */
  attributePerLinkCountLimit?: number | undefined;
}

export type DecidedSpanLimits = Readonly<Record<keyof SpanLimits, number>>;

const DEFAULT_COUNT = 128;

/** A limit in code wins over one in the environment, which wins over the default. */
export function decideSpanLimits(limits: SpanLimits | undefined): DecidedSpanLimits {
  const environment = readSpanLimits();
  const decide = (name: keyof SpanLimits, fallback: number): number =>
    validLimit(readLimit(limits, name)) ?? environment[name] ?? fallback;
  const lengthLimit = decide('attributeValueLengthLimit', Number.POSITIVE_INFINITY);
  return {
    attributeCountLimit: decide('attributeCountLimit', DEFAULT_COUNT),
    // Nothing of each value is nobody's wish: OpenTelemetry takes it for no limit, too.
    attributeValueLengthLimit: lengthLimit === 0 ? Number.POSITIVE_INFINITY : lengthLimit,
    eventCountLimit: decide('eventCountLimit', DEFAULT_COUNT),
    linkCountLimit: decide('linkCountLimit', DEFAULT_COUNT),
    attributePerEventCountLimit: decide('attributePerEventCountLimit', DEFAULT_COUNT),
    attributePerLinkCountLimit: decide('attributePerLinkCountLimit', DEFAULT_COUNT),
  };
}

function readLimit(limits: unknown, name: keyof SpanLimits): unknown {
  try {
    return (limits as SpanLimits | undefined)?.[name];
  } catch {
    return undefined;
  }
}

function validLimit(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined;
}
