import { isUtf8 } from 'node:buffer';
import {
  ATTRIBUTE,
  checkExportRequest,
  type ExportTraceServiceRequest,
  type ExportTraceServiceResponse,
  encodeExportRequest,
  isWireError,
  type ReadExportResult,
  type ReadLimits,
  type Span,
  type SpanRejection,
} from '@slipstream/wire';
import type { AppendResult, Queue } from '../../queue/contract.js';
import { type OtlpEncoding, PROTOBUF_ENCODING } from './encoding.js';
import type { Refusal } from './refusal.js';
import { splitRequest } from './split-request.js';

/** What became of an export request. */
export type ExportOutcome =
  /** The good spans are durable. */
  | {
      readonly kind: 'accepted';
      readonly acceptedSpans: number;
      readonly acceptedStarts: number;
      readonly rejectedSpans: number;
      readonly response: ExportTraceServiceResponse;
    }
  | ({ readonly kind: 'refused' } & { readonly refusal: Refusal });

/** Enough to see what is wrong; the sender logs this text, perhaps for each batch. */
const MAX_REASONS = 5;
const MAX_REASON_LENGTH = 200;

/** Every sender is this one until projects exist. */
export const DEFAULT_TENANT = 'default';

/** Refuses what is bad, span by span, and makes the rest durable. Never rejects for what a sender sent. */
export async function acceptExport(
  queue: Queue,
  body: Buffer,
  encoding: OtlpEncoding,
  limits: Partial<ReadLimits>,
): Promise<ExportOutcome> {
  const outcome = encoding === PROTOBUF_ENCODING ? await acceptWhole(queue, body, limits) : undefined;
  return outcome ?? acceptRead(queue, body, encoding, limits);
}

/** The way of nearly all requests: one that is right in every part is kept as it came, and nothing is made of it. */
async function acceptWhole(
  queue: Queue,
  body: Buffer,
  limits: Partial<ReadLimits>,
): Promise<ExportOutcome | undefined> {
  const checked = checkExportRequest(body, isUtf8, limits);
  if (checked === undefined) return undefined;
  const { spanCount, runningCount } = checked;
  const kept = { spans: spanCount - runningCount, starts: runningCount, rejections: [] };
  if (spanCount === 0) return accepted(kept);
  const { contentType } = PROTOBUF_ENCODING;
  const result = await queue.append({ tenant: DEFAULT_TENANT, contentType, payload: body });
  if (result.kind === 'unavailable') return { kind: 'refused', refusal: refusalOfQueue(result) };
  // What is larger than a record is read, to be divided.
  return result.kind === 'ok' ? accepted(kept) : undefined;
}

async function acceptRead(
  queue: Queue,
  body: Buffer,
  encoding: OtlpEncoding,
  limits: Partial<ReadLimits>,
): Promise<ExportOutcome> {
  let read: ReadExportResult;
  try {
    read = encoding.readRequest(body, limits);
  } catch (error) {
    if (!isWireError(error)) throw error;
    return { kind: 'refused', refusal: { kind: 'broken', message: `The body is no trace export: ${error.message}` } };
  }
  if (read.spanCount === 0) return accepted({ spans: 0, starts: 0, rejections: read.rejections });
  const isReusable = encoding === PROTOBUF_ENCODING && read.rejections.length === 0;
  const payload = isReusable ? body : encodeExportRequest(read.request);
  const appended = await appendSpans(queue, read.request, payload);
  if (appended.kind === 'unavailable') return { kind: 'refused', refusal: refusalOfQueue(appended) };
  return accepted({ ...appended, rejections: [...read.rejections, ...appended.rejections] });
}

/** What was kept of a request, and what not. */
export interface Kept {
  readonly spans: number;
  readonly starts: number;
  readonly rejections: readonly SpanRejection[];
}

export type RequestAppendResult = ({ readonly kind: 'ok' } & Kept) | Extract<AppendResult, { kind: 'unavailable' }>;

/**
 * Appends a request, in parts where it is larger than a record. Where a later part is refused, the sender repeats the
 * whole, and the store recognises what it has.
 */
export async function appendSpans(
  queue: Queue,
  request: ExportTraceServiceRequest,
  payload: Uint8Array,
): Promise<RequestAppendResult> {
  const { contentType } = PROTOBUF_ENCODING;
  const result = await queue.append({ tenant: DEFAULT_TENANT, contentType, payload });
  if (result.kind === 'unavailable') return result;
  if (result.kind === 'ok') return { kind: 'ok', ...countKinds(request), rejections: [] };
  const halves = splitRequest(request);
  if (halves === undefined)
    return { kind: 'ok', spans: 0, starts: 0, rejections: oversized(request, result.limitBytes) };
  const [first, second] = halves;
  const before = await appendSpans(queue, first, encodeExportRequest(first));
  if (before.kind === 'unavailable') return before;
  const after = await appendSpans(queue, second, encodeExportRequest(second));
  if (after.kind === 'unavailable') return after;
  return {
    kind: 'ok',
    spans: before.spans + after.spans,
    starts: before.starts + after.starts,
    rejections: [...before.rejections, ...after.rejections],
  };
}

function oversized(request: ExportTraceServiceRequest, limitBytes: number): SpanRejection[] {
  const reason = `the span is larger than ${limitBytes} bytes`;
  return [...spansOf(request)].map(({ spanId }) => ({ spanId, reason }));
}

function countKinds(request: ExportTraceServiceRequest): { spans: number; starts: number } {
  let spans = 0;
  let starts = 0;
  for (const span of spansOf(request)) {
    if (isRunning(span)) starts++;
    else spans++;
  }
  return { spans, starts };
}

function* spansOf(request: ExportTraceServiceRequest): Generator<Span> {
  for (const { scopeSpans } of request.resourceSpans) {
    for (const { spans } of scopeSpans) yield* spans;
  }
}

function isRunning(span: Span): boolean {
  return span.attributes.some(({ key, value }) => key === ATTRIBUTE.spanRunning && value === true);
}

function accepted({ spans, starts, rejections }: Kept): ExportOutcome {
  return {
    kind: 'accepted',
    acceptedSpans: spans,
    acceptedStarts: starts,
    rejectedSpans: rejections.length,
    response: {
      partialSuccess:
        rejections.length === 0
          ? undefined
          : { rejectedSpans: BigInt(rejections.length), errorMessage: describeRejections(rejections) },
    },
  };
}

/** `3 spans refused: invalid trace id (2), too deep (1)`. */
function describeRejections(rejections: readonly SpanRejection[]): string {
  const counts = new Map<string, number>();
  for (const { reason } of rejections) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const byCount = [...counts].sort((a, b) => b[1] - a[1]);
  const shown = byCount
    .slice(0, MAX_REASONS)
    .map(([reason, count]) => `${reason.slice(0, MAX_REASON_LENGTH)} (${count})`);
  if (byCount.length > MAX_REASONS) shown.push('…');
  return `${rejections.length} ${rejections.length === 1 ? 'span' : 'spans'} refused: ${shown.join(', ')}`;
}

function refusalOfQueue({ reason, retryAfterMs }: Extract<AppendResult, { kind: 'unavailable' }>): Refusal {
  return { kind: 'unavailable', message: `Spans cannot be made durable at this moment: ${reason}`, retryAfterMs };
}
