import type { ObservationType } from '@slipstream/wire';
import { z } from 'zod';
import { readInput } from '../../http/read-input.js';
import type { ScoreEntry } from '../../scores/payload.js';
import { type EventHead, observationBodySchema, toObservationPatch, toTracePatch, traceBodySchema } from './bodies.js';
import { idSchema } from './ids.js';
import type { Patch } from './patch.js';
import { scoreBodySchema, toScoreEntry } from './scores.js';
import { parseTimeNs, toMs } from './times.js';

/** More in one request are refused as a whole; Langfuse's own libraries send 100 at most. */
export const MAX_EVENTS = 1_000;

/** What the answer calls an event whose id cannot be read. */
const UNKNOWN_ID = 'unknown';
const MAX_ID_LENGTH = 800;

const eventSchema = z.object({
  id: idSchema,
  type: z.string().max(100),
  timestamp: z.string().max(100).nullish(),
  body: z.unknown().optional(),
});

interface ObservationEventType {
  readonly type: ObservationType;
  readonly isUpdate: boolean;
  /** Langfuse makes one up for these where it is missing. */
  readonly isIdOptional?: boolean;
}

/** Events about observations, by their type. */
const OBSERVATION_EVENTS: ReadonlyMap<string, ObservationEventType> = new Map<string, ObservationEventType>([
  ['span-create', { type: 'span', isUpdate: false }],
  ['span-update', { type: 'span', isUpdate: true }],
  ['generation-create', { type: 'generation', isUpdate: false }],
  ['generation-update', { type: 'generation', isUpdate: true }],
  ['event-create', { type: 'event', isUpdate: false }],
  ['agent-create', { type: 'agent', isUpdate: false }],
  ['tool-create', { type: 'tool', isUpdate: false }],
  ['chain-create', { type: 'chain', isUpdate: false }],
  ['retriever-create', { type: 'retriever', isUpdate: false }],
  ['evaluator-create', { type: 'evaluator', isUpdate: false }],
  ['embedding-create', { type: 'embedding', isUpdate: false }],
  ['guardrail-create', { type: 'guardrail', isUpdate: false }],
  ['observation-create', { type: 'span', isUpdate: false, isIdOptional: true }],
  ['observation-update', { type: 'span', isUpdate: true }],
]);

/** What one event turned out to be. */
export type ReadEvent =
  | { readonly kind: 'patch'; readonly id: string; readonly type: string; readonly patch: Patch }
  | { readonly kind: 'score'; readonly id: string; readonly type: string; readonly score: ScoreEntry }
  /** Taken, and of no consequence. */
  | { readonly kind: 'ignored'; readonly id: string; readonly type: string }
  | { readonly kind: 'refused'; readonly id: string; readonly type: string; readonly message: string };

/** Reads one event of a batch. `nowMs` is the time of an event that does not say its own. */
export function readEvent(value: unknown, nowMs: number): ReadEvent {
  const event = readInput(eventSchema, value);
  if (event.kind === 'wrong') return { kind: 'refused', id: idOf(value), type: 'invalid', message: event.message };
  const { id, type, timestamp, body } = event.value;
  const atNs = timestamp == null ? BigInt(nowMs) * 1_000_000n : parseTimeNs(timestamp);
  if (atNs === undefined) {
    return { kind: 'refused', id, type: shownType(type), message: 'timestamp: must be an ISO 8601 time' };
  }
  try {
    return readBody(type, body, { eventId: id, atNs, rank: { isUpdate: isUpdate(type), atMs: toMs(atNs) } });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { kind: 'refused', id, type: shownType(type), message: 'body: is nested too deeply' };
  }
}

function readBody(type: string, body: unknown, head: EventHead): ReadEvent {
  const id = head.eventId;
  const observation = OBSERVATION_EVENTS.get(type);
  if (observation !== undefined) {
    const read = readInput(observationBodySchema, body);
    if (read.kind === 'wrong') return { kind: 'refused', id, type, message: read.message };
    if (read.value.id == null && observation.isIdOptional !== true) {
      return { kind: 'refused', id, type, message: 'id: is missing' };
    }
    return { kind: 'patch', id, type, patch: toObservationPatch(read.value, observation.type, head) };
  }
  switch (type) {
    case 'trace-create': {
      const read = readInput(traceBodySchema, body);
      if (read.kind === 'wrong') return { kind: 'refused', id, type, message: read.message };
      return { kind: 'patch', id, type, patch: toTracePatch(read.value, head) };
    }
    case 'score-create': {
      const read = readInput(scoreBodySchema, body);
      if (read.kind === 'wrong') return { kind: 'refused', id, type, message: read.message };
      return { kind: 'score', id, type, score: toScoreEntry(read.value, id, Number(head.atNs / 1000n)) };
    }
    case 'sdk-log':
      return { kind: 'ignored', id, type };
    default:
      return { kind: 'refused', id, type: shownType(type), message: refusalOfType(type) };
  }
}

function isUpdate(type: string): boolean {
  return OBSERVATION_EVENTS.get(type)?.isUpdate ?? false;
}

function refusalOfType(type: string): string {
  if (type === 'dataset-run-item-create') return 'type: this collector keeps no datasets';
  return `type: ${JSON.stringify(type)} is no event that this collector knows`;
}

/** For the books, which must not grow with what senders make up. */
function shownType(type: string): string {
  const isKnown = OBSERVATION_EVENTS.has(type) || ['trace-create', 'score-create', 'sdk-log'].includes(type);
  return isKnown || type === 'dataset-run-item-create' ? type : 'unknown';
}

function idOf(value: unknown): string {
  const id: unknown = (value as { id?: unknown } | null)?.id;
  return typeof id === 'string' && id !== '' ? id.slice(0, MAX_ID_LENGTH) : UNKNOWN_ID;
}
