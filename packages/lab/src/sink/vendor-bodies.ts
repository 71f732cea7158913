import { MalformedMessageError } from '../errors.js';
import type { SpanVisitor } from './counts.js';
import { visitMarked } from './marked-ids.js';

/** Of a Sentry envelope's spans; `parent_span_id` has no quote before its `span_id`. */
const SENTRY_SPAN_ID_KEY = Buffer.from('"span_id":"');
/** Before the name of each part of a LangSmith multipart body. */
const LANGSMITH_PART_NAME = Buffer.from('form-data; name="');
/** What a run has once it has ended: the one or the other. */
const LANGSMITH_END = /^[^.]+\.(.+)\.(?:outputs|error)$/;

/** Visits the spans of a Sentry envelope, whether they come in a transaction or streamed. */
export function visitSentrySpans(body: Buffer, visit: SpanVisitor): void {
  visitMarked(body, SENTRY_SPAN_ID_KEY, visit);
}

/**
 * Visits the runs of a LangSmith multipart body. A run may come in two parts, when it began and when it ended; the part
 * with its outputs, or with its error, is what makes it whole.
 */
export function visitLangSmithRuns(body: Buffer, visit: SpanVisitor): void {
  visitMarked(body, LANGSMITH_PART_NAME, (name) => {
    const id = LANGSMITH_END.exec(name)?.[1];
    if (id !== undefined) visit(id);
  });
}

interface IngestionEvent {
  readonly type?: string;
  readonly body?: { readonly id?: string; readonly output?: unknown };
}

/** What ends an observation; an event has no duration, so that it ends as it is created. */
const ENDING_EVENTS: ReadonlySet<string> = new Set(['span-update', 'generation-update', 'event-create']);

/**
 * Visits what has ended in a batch for Langfuse's older ingestion endpoint: observations by the event that ends them,
 * traces by the event that brings the output. Where one event of the two is missing, so is the span.
 */
export function visitIngestionEvents(body: Buffer, visit: SpanVisitor): void {
  for (const { type = '', body: event } of listIn<IngestionEvent>(body, 'batch')) {
    const hasEnded = ENDING_EVENTS.has(type) || (type === 'trace-create' && event?.output !== undefined);
    if (hasEnded && event?.id !== undefined) visit(event.id);
  }
}

interface OpikSpan {
  readonly id?: string;
  readonly end_time?: string;
}

/** Visits the spans of an Opik batch that have ended; the end of the others comes later, each in a request of its own. */
export function visitOpikSpans(body: Buffer, visit: SpanVisitor): void {
  for (const { id, end_time } of listIn<OpikSpan>(body, 'spans')) {
    if (id !== undefined && end_time !== undefined) visit(id);
  }
}

/** Visits the span that an Opik update ends; its id is the last part of the path. */
export function visitOpikUpdate(body: Buffer, visit: SpanVisitor, path: string): void {
  const { end_time } = JSON.parse(body.toString('utf8')) as OpikSpan;
  if (end_time !== undefined) visit(path.slice(path.lastIndexOf('/') + 1));
}

interface BraintrustRow {
  readonly span_id?: string;
  readonly metrics?: { readonly end?: number };
}

/**
 * Visits the spans of a Braintrust body that have ended. A span comes as one row or as several, of its start, its
 * input, its output and its end, which the server merges; what was written between two flushes is one row already.
 */
export function visitBraintrustRows(body: Buffer, visit: SpanVisitor): void {
  for (const { span_id, metrics } of listIn<BraintrustRow>(body, 'rows')) {
    if (span_id !== undefined && typeof metrics?.end === 'number') visit(span_id);
  }
}

function listIn<Item>(body: Buffer, key: string): readonly Item[] {
  const parsed = JSON.parse(body.toString('utf8')) as Readonly<Record<string, unknown>>;
  const list = parsed[key];
  if (!Array.isArray(list)) throw new MalformedMessageError(`no list "${key}"`);
  return list as readonly Item[];
}
