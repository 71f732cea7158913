import type { SpanVisitor } from './counts.js';

/**
 * The key of a span's id as a JSON writer prints it. Inside a captured string its quotes would be escaped, and
 * `parentSpanId` has no quote before its `s`, so neither is counted; links have it too, and no arm makes links.
 */
const SPAN_ID_KEY = Buffer.from('"spanId":"');
const QUOTE = 0x22;

/** Finds the spans of an OTLP JSON body by their ids, without parsing the rest. */
export function visitOtlpJsonSpans(body: Buffer, visit: SpanVisitor): void {
  let found = body.indexOf(SPAN_ID_KEY);
  while (found !== -1) {
    const start = found + SPAN_ID_KEY.length;
    const end = body.indexOf(QUOTE, start);
    if (end === -1) return;
    visit(body.toString('latin1', start, end));
    found = body.indexOf(SPAN_ID_KEY, end);
  }
}
