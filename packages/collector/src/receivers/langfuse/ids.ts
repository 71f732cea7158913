import { createHash } from 'node:crypto';
import { z } from 'zod';

const MAX_ID_LENGTH = 800;

/** What Langfuse takes for an id. */
export const idSchema = z.string().min(1).max(MAX_ID_LENGTH);

/**
 * Langfuse's older ids are any text; spans have 16 and 8 bytes. The mapping depends on the text alone, so that batches,
 * scores and spans of other senders that mean the same trace meet.
 */

const TRACE_ID = /^[0-9a-f]{32}$/i;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SPAN_ID = /^[0-9a-f]{16}$/i;
const ALL_ZERO = /^0+$/;

/** A trace id that is one already, or a UUID without its dashes; of any other text, its hash. */
export function toTraceId(id: string): string {
  const hex = UUID.test(id) ? id.replaceAll('-', '') : id;
  return TRACE_ID.test(hex) && !ALL_ZERO.test(hex) ? hex.toLowerCase() : hash('', id, 32);
}

/** A span id that is one already; of any other text, its hash. */
export function toSpanId(id: string): string {
  return SPAN_ID.test(id) && !ALL_ZERO.test(id) ? id.toLowerCase() : hash('observation', id, 16);
}

/** The span that carries what a sender said of the trace itself. */
export function rootSpanIdOf(traceId: string): string {
  return hash('root', traceId, 16);
}

/** The trace of an observation that names none. */
export function traceIdOfLone(observationId: string): string {
  return hash('trace of', observationId, 32);
}

function hash(kind: string, text: string, digits: number): string {
  // Each kind has its own, so that a trace and an observation of the same id stay apart.
  const hex = createHash('sha256').update(`${kind}:${text}`).digest('hex').slice(0, digits);
  return ALL_ZERO.test(hex) ? hex.replace(/0$/, '1') : hex;
}
