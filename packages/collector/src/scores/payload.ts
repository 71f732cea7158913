/** Scores as an entry of the queue: what a receiver writes there and a store reads. */
import type { ScoreDataType } from '@slipstream/query-api';

/** One score, checked and complete. */
export interface ScoreEntry {
  readonly id: string;
  /** `''` where a session is judged. */
  readonly traceId: string;
  /** `''` where the trace or session itself is judged. */
  readonly observationId: string;
  /** `''` where a trace is judged. */
  readonly sessionId: string;
  readonly name: string;
  readonly dataType: ScoreDataType;
  readonly value: number | undefined;
  readonly text: string | undefined;
  readonly comment: string | undefined;
  /** Structures are JSON text. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly environment: string | undefined;
  /** Microseconds since the epoch. */
  readonly timeUs: number;
}

/** No export request begins with it: as a tag it would be of a group, which OTLP has none of. */
const OPENING_BRACE = 0x7b;

export const SCORES_CONTENT_TYPE = 'application/json';

export function encodeScores(scores: readonly ScoreEntry[]): Uint8Array {
  return Buffer.from(JSON.stringify({ scores }));
}

/** Whether an entry of the queue holds scores, and not spans. */
export function holdsScores(payload: Uint8Array): boolean {
  return payload[0] === OPENING_BRACE;
}

/** The scores of an entry, or `undefined` where it cannot be read. */
export function decodeScores(payload: Uint8Array): readonly ScoreEntry[] | undefined {
  try {
    const { scores } = JSON.parse(Buffer.from(payload).toString('utf8')) as { scores?: unknown };
    return Array.isArray(scores) ? (scores as ScoreEntry[]) : undefined;
  } catch {
    // The caller keeps the bytes of an unreadable entry in its dead-letter file.
    return undefined;
  }
}
