import { setImmediate as nextTurn } from 'node:timers/promises';
import { decodeScores, holdsScores, type ScoreEntry } from '../../../scores/payload.js';
import { type ComputeCost, decodePayload } from '../../duckdb/intake/decode.js';
import type { StoredObservation } from '../../duckdb/schema/observation-columns.js';

export interface DecodedBatch {
  readonly observations: readonly StoredObservation[];
  /** By id: the last of each counts. */
  readonly scores: ReadonlyMap<string, ScoreEntry>;
  readonly undecodable: readonly number[];
}

/** Payload bytes that are decoded before queries get a turn on this thread, some ten milliseconds. */
const SLICE_BYTES = 512 * 1024;

export async function decodeBatch(payloads: readonly Uint8Array[], computeCost: ComputeCost): Promise<DecodedBatch> {
  const observations: StoredObservation[] = [];
  const scores = new Map<string, ScoreEntry>();
  const undecodable: number[] = [];
  let sliceBytes = 0;
  for (const [index, payload] of payloads.entries()) {
    if (holdsScores(payload)) {
      const decoded = decodeScores(payload);
      if (!decoded) undecodable.push(index);
      for (const score of decoded ?? []) scores.set(score.id, score);
    } else {
      const decoded = decodePayload(payload, computeCost);
      if (!decoded) undecodable.push(index);
      for (const observation of decoded ?? []) observations.push(observation);
    }
    sliceBytes += payload.byteLength;
    if (sliceBytes < SLICE_BYTES) continue;
    sliceBytes = 0;
    await nextTurn();
  }
  return { observations, scores, undecodable };
}
