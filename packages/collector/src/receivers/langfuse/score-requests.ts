import { createHash, randomUUID } from 'node:crypto';
import { MAX_EVENTS, type ReadEvent, readEvent } from './events.js';
import type { IngestOutcome } from './ingestion.js';
import { isJsonObject } from './values.js';

/** The scores of a body, as the events that they are in the ingestion API. */
export interface ScoreRequest {
  readonly events: readonly ReadEvent[];
  /** The id of each score; `undefined` for what is none. */
  readonly ids: readonly (string | undefined)[];
  /** Newer libraries send lists, older ones a score a request; each waits for another answer. */
  readonly isList: boolean;
}

/** Reads `POST /api/public/scores`, or says what is wrong with it as a whole. */
export function readScoreRequest(bytes: Buffer): ScoreRequest | string {
  let body: unknown;
  try {
    body = JSON.parse(bytes.toString('utf8'));
  } catch {
    return 'The body is not JSON.';
  }
  const isList = Array.isArray(body);
  if (!isList && !isJsonObject(body)) return 'The body must be a score, or a list of scores.';
  const scores: readonly unknown[] = isList ? (body as unknown[]) : [body];
  if (scores.length > MAX_EVENTS) return `A list has at most ${MAX_EVENTS} scores, and this one has ${scores.length}.`;
  const nowMs = Date.now();
  const read = scores.map((score) => toEvent(score, nowMs));
  return { events: read.map(({ event }) => event), ids: read.map(({ id }) => id), isList };
}

function toEvent(score: unknown, nowMs: number): { readonly event: ReadEvent; readonly id: string | undefined } {
  if (!isJsonObject(score)) return { event: readEvent(score, nowMs), id: undefined };
  const id = typeof score.id === 'string' && score.id !== '' ? score.id : randomUUID();
  const body = { ...score, id };
  const timestamp = typeof score.timestamp === 'string' ? score.timestamp : new Date(nowMs).toISOString();
  return { event: readEvent({ id: eventIdOf(body) ?? id, type: 'score-create', timestamp, body }, nowMs), id };
}

/** What is sent again is the same event; another value for the same score is another one. */
function eventIdOf(body: object): string | undefined {
  try {
    return createHash('sha256').update(JSON.stringify(body)).digest('hex');
  } catch (error) {
    // Nested deeper than the stack allows: the event is refused for it when it is read.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

export interface ScoreAnswer {
  readonly status: number;
  readonly body: object;
}

/** What Langfuse's libraries wait for. */
export function answerScores(
  { events, ids, isList }: ScoreRequest,
  { problems }: Extract<IngestOutcome, { kind: 'done' }>,
): ScoreAnswer {
  const messages = events.flatMap((_, place) => problems.get(place) ?? []);
  if (!isList) {
    const [message] = messages;
    if (message === undefined) return { status: 200, body: { id: ids[0] } };
    return { status: 400, body: { message, error: { code: 'invalid_score', message } } };
  }
  if (messages.length === 0) return { status: 202, body: { message: 'Accepted' } };
  const errors = messages.map((message) => ({ message }));
  return { status: 207, body: { accepted: events.length - messages.length, rejected: messages.length, errors } };
}
