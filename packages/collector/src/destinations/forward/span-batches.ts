import { ProtobufWriter } from '@slipstream/wire';
import { type SpanPiece, TAG } from './span-pieces.js';

/** Tag and length of a message inside another; more than any needs. */
const FRAME_BYTES = 6;

/**
 * How many of the first pieces go into one request of at most `maxBytes`; one at least, since a piece that is larger
 * alone may still be taken.
 */
export function countFitting(pieces: readonly SpanPiece[], maxBytes: number): number {
  let sizeBytes = 0;
  for (const [index, piece] of pieces.entries()) {
    sizeBytes += sizeAfter(pieces[index - 1], piece);
    if (sizeBytes > maxBytes) return Math.max(1, index);
  }
  return pieces.length;
}

/** What a piece adds to a request behind another, at most. */
function sizeAfter(before: SpanPiece | undefined, { resourceFields, scopeFields, spanFields }: SpanPiece): number {
  const spanBytes = spanFields.byteLength + FRAME_BYTES;
  const hasResource = before !== undefined && isSame(before.resourceFields, resourceFields);
  if (hasResource && isSame(before.scopeFields, scopeFields)) return spanBytes;
  const scopeBytes = scopeFields.byteLength + FRAME_BYTES;
  return spanBytes + scopeBytes + (hasResource ? 0 : resourceFields.byteLength + FRAME_BYTES);
}

/** An `ExportTraceServiceRequest` of the pieces, in their order; neighbours of one resource and scope share it. */
export function encodePieces(pieces: readonly SpanPiece[]): Uint8Array {
  const sizeBytes = pieces.reduce((sum, piece, index) => sum + sizeAfter(pieces[index - 1], piece), 0);
  const writer = new ProtobufWriter(undefined, sizeBytes + FRAME_BYTES);
  let before: SpanPiece | undefined;
  for (const piece of pieces) {
    const hasResource = before !== undefined && isSame(before.resourceFields, piece.resourceFields);
    const hasScope = hasResource && before !== undefined && isSame(before.scopeFields, piece.scopeFields);
    if (before !== undefined && !hasScope) writer.endMessage();
    if (before !== undefined && !hasResource) writer.endMessage();
    if (!hasResource) {
      writer.beginMessage(TAG.requestResourceSpans, sizeBytes);
      writer.rawFields(piece.resourceFields);
    }
    if (!hasScope) {
      writer.beginMessage(TAG.resourceSpansScopeSpans, sizeBytes);
      writer.rawFields(piece.scopeFields);
    }
    writer.bytesField(TAG.scopeSpansSpans, piece.spanFields);
    before = piece;
  }
  if (before !== undefined) {
    writer.endMessage();
    writer.endMessage();
  }
  return writer.asView();
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || Buffer.compare(a, b) === 0;
}
