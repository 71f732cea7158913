import { builtin } from '../../runtime.js';
import type { AttributeValue } from '../value-text.js';
import type { ScoreFields } from './score-fields.js';

/** A score as it is sent. */
export interface ScoreEvent {
  /** Of the event, not of the score: a backend takes each id once. */
  readonly id: string;
  /** Rises with each score. */
  readonly number: number;
  readonly json: string;
  readonly attempts: number;
}

/** What the texts of a score become before they are sent; the whole of masking that concerns scores. */
export type ScoreMask = (fields: ScoreFields) => void;

/**
 * One `score-create` event of Langfuse's ingestion API, which all its versions and Slipstream's collector take.
 *
 * @param wallMs milliseconds since the epoch at which the score was made
 */
export function encodeScore(
  fields: ScoreFields,
  { number, wallMs, environment }: { number: number; wallMs: number; environment: string | undefined },
): ScoreEvent {
  const id = (builtin('node:crypto') ?? globalThis.crypto).randomUUID();
  const { metadata, value, ...rest } = fields;
  const body = {
    ...rest,
    value: plain(value),
    ...(metadata === undefined ? {} : { metadata: Object.fromEntries([...metadata].map(([k, v]) => [k, plain(v)])) }),
    environment,
  };
  const timestamp = new Date(wallMs).toISOString();
  return { id, number, json: JSON.stringify({ id, type: 'score-create', timestamp, body }), attempts: 0 };
}

function plain(value: AttributeValue | undefined): string | number | undefined {
  return typeof value === 'bigint' ? Number(value) : value;
}
