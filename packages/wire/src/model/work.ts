import type { Span } from '../otlp/messages.js';
import { bindRules, firstText, firstValue } from './engine.js';
import { exceptionMessage } from './metadata.js';
import type { ObservationLevel, ObservationType } from './observation.js';
import { ORDER } from './order.js';
import type { SpanSource } from './source.js';

const TYPE = bindRules(ORDER.type, (dialect) => dialect.type);
const SUMMARY = bindRules(ORDER.summary, (dialect) => dialect.summary);
const NAME = bindRules(ORDER.name, (dialect) => dialect.name);
const LEVEL = bindRules(ORDER.level, (dialect) => dialect.level);
const STATUS_MESSAGE = bindRules(ORDER.statusMessage, (dialect) => dialect.statusMessage);
const COMPLETION_START = bindRules(ORDER.completionStart, (dialect) => dialect.completionStart);

const STATUS_ERROR = 2;

/** The kind of work that a dialect says a span stands for. */
export function namedType(source: SpanSource): ObservationType | undefined {
  return firstValue(TYPE, source);
}

/** Whether a span only sums up its descendants' model calls, so that its own model, usage and cost do not count. */
export function isSummaryOfModelCalls(source: SpanSource): boolean {
  return firstValue(SUMMARY, source) === true;
}

/** The observation's name: that of its work where a dialect has one, else the span's. */
export function observationName(source: SpanSource): string {
  return firstText(NAME, source) ?? source.span.name;
}

/** The level that the sender names, else `ERROR` for a span whose status is an error. */
export function observationLevel(source: SpanSource): ObservationLevel {
  return firstValue(LEVEL, source) ?? (source.span.status.code === STATUS_ERROR ? 'ERROR' : 'DEFAULT');
}

/** What the sender says of the outcome, the status, or the exception. */
export function statusMessage(source: SpanSource): string | undefined {
  return firstText(STATUS_MESSAGE, source) ?? messageOfStatus(source.span);
}

function messageOfStatus(span: Span): string | undefined {
  return span.status.message === '' ? exceptionMessage(span) : span.status.message;
}

/** When the first token of a completion came. */
export function completionStartTime(source: SpanSource): bigint | undefined {
  return firstValue(COMPLETION_START, source);
}
