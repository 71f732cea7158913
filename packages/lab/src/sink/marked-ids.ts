import type { SpanVisitor } from './counts.js';

const QUOTE = 0x22;

/**
 * Visits what stands between each occurrence of a marker and the next quote. A JSON writer escapes the quotes inside
 * captured text, so a marker that holds a bare quote is never found there, and nothing has to be parsed.
 */
export function visitMarked(body: Buffer, marker: Buffer, visit: SpanVisitor): void {
  let found = body.indexOf(marker);
  while (found !== -1) {
    const start = found + marker.length;
    const end = body.indexOf(QUOTE, start);
    if (end === -1) return;
    visit(body.toString('latin1', start, end));
    found = body.indexOf(marker, end);
  }
}
