import type { SpanVisitor } from './counts.js';
import { visitMarked } from './marked-ids.js';

/**
 * The key of a span's id as a JSON writer prints it. Inside a captured string its quotes would be escaped, and
 * `parentSpanId` has no quote before its `s`, so neither is counted; links have it too, and no arm makes links.
 */
const SPAN_ID_KEY = Buffer.from('"spanId":"');

/** Finds the spans of an OTLP JSON body by their ids, without parsing the rest. */
export function visitOtlpJsonSpans(body: Buffer, visit: SpanVisitor): void {
  visitMarked(body, SPAN_ID_KEY, visit);
}
