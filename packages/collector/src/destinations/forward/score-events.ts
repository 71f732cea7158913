import { createHash } from 'node:crypto';
import type { ScoreEntry } from '../../scores/payload.js';

/** A score as one event of Langfuse's ingestion API. */
export interface ScoreEvent {
  /** The same whenever the same score is sent, so that it is taken once; another when the score has changed. */
  readonly id: string;
  readonly json: string;
  readonly score: ScoreEntry;
  /** When it was first known to wait, by `performance.now()`. */
  readonly bornAtMs: number;
}

const MICROSECONDS_PER_MS = 1000;

export function toScoreEvent(score: ScoreEntry, bornAtMs: number): ScoreEvent {
  const body = {
    id: score.id,
    ...(score.traceId === '' ? {} : { traceId: score.traceId }),
    ...(score.observationId === '' ? {} : { observationId: score.observationId }),
    ...(score.sessionId === '' ? {} : { sessionId: score.sessionId }),
    name: score.name,
    dataType: score.dataType,
    value: score.value ?? score.text,
    comment: score.comment,
    ...(Object.keys(score.metadata).length === 0 ? {} : { metadata: score.metadata }),
    environment: score.environment,
  };
  const timestamp = new Date(score.timeUs / MICROSECONDS_PER_MS).toISOString();
  const id = createHash('sha256')
    .update(JSON.stringify([body, timestamp]))
    .digest('hex')
    .slice(0, 32);
  return { id, json: JSON.stringify({ id, type: 'score-create', timestamp, body }), score, bornAtMs };
}

/** A request of the ingestion API. */
export function encodeScoreEvents(events: readonly ScoreEvent[]): Buffer {
  return Buffer.from(`{"batch":[${events.map(({ json }) => json).join(',')}]}`);
}

/** How many of the first events go into one request of at most `maxBytes`; one at least. */
export function countFittingEvents(events: readonly ScoreEvent[], maxBytes: number, maxCount: number): number {
  let sizeBytes = 0;
  for (const [index, { json }] of events.entries()) {
    sizeBytes += Buffer.byteLength(json) + 1;
    if (sizeBytes > maxBytes || index >= maxCount) return Math.max(1, index);
  }
  return events.length;
}
