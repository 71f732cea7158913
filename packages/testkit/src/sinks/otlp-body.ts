import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import {
  ATTRIBUTE,
  type ExportTraceServiceRequest,
  type ReadExportResult,
  readExportRequest,
  readExportRequestJson,
  type Span,
} from '@slipstream/wire';
import { messageOf, TestkitError } from '../errors.js';

const gunzipAsync = promisify(gunzip);

/** One OTLP request as it arrived. */
export interface ReceivedExport {
  readonly request: ExportTraceServiceRequest;
  readonly spans: readonly Span[];
  /** After decompression. */
  readonly decodedBytes: number;
}

/**
 * Unpacks and reads an OTLP body, protobuf or JSON, with wire's readers; a body with one bad span is bad.
 * @throws TestkitError `INVALID_BODY`
 */
export async function readOtlpBody(
  body: Buffer,
  headers: IncomingHttpHeaders,
  maxDecodedBytes: number,
): Promise<ReceivedExport> {
  try {
    const isGzip = headers['content-encoding'] === 'gzip';
    const bytes = isGzip ? await gunzipAsync(body, { maxOutputLength: maxDecodedBytes }) : body;
    const { request, rejections } = readAs(headers['content-type'], bytes);
    const [rejection] = rejections;
    if (rejection !== undefined) throw new TestkitError('INVALID_BODY', `a span is bad: ${rejection.reason}`);
    return { request, spans: spansOf(request), decodedBytes: bytes.length };
  } catch (error) {
    if (error instanceof TestkitError) throw error;
    throw new TestkitError('INVALID_BODY', messageOf(error), { cause: error });
  }
}

function readAs(contentType: string | undefined, bytes: Buffer): ReadExportResult {
  switch (contentType?.split(';')[0]?.trim()) {
    case 'application/x-protobuf':
      return readExportRequest(bytes);
    case 'application/json':
      return readExportRequestJson(bytes.toString('utf8'));
    default:
      throw new TestkitError('INVALID_BODY', `content type ${contentType ?? '(none)'} is not OTLP`);
  }
}

/** All spans of a request, in order. */
export function spansOf(request: ExportTraceServiceRequest): Span[] {
  return request.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

/** Whether it is the start record of a span that had not ended; only Slipstream collectors are sent such. */
export function isRunningSpan(span: Span): boolean {
  return span.attributes.some(({ key, value }) => key === ATTRIBUTE.spanRunning && value === true);
}
