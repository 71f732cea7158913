import { setImmediate as nextTurn } from 'node:timers/promises';
import { decodeScores, holdsScores, type ScoreEntry } from '../../../scores/payload.js';
import { type ComputeCost, decodePayload } from '../../duckdb/intake/decode.js';
import { OBSERVATION_COLUMNS, type StoredObservation } from '../../duckdb/schema/observation-columns.js';
import { toLine } from '../schema/rows.js';
import { spanVersion } from '../schema/versions.js';

/** A version of a span without its texts, which its line has. */
export interface EncodedObservation {
  readonly observation: StoredObservation;
  readonly line: EncodedLine;
}

/** A row on its way to ClickHouse, its line break with it. */
export interface EncodedLine {
  /** Holds the lines of others, too. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

export interface DecodedBatch {
  readonly observations: readonly EncodedObservation[];
  /** By id: the last of each counts. */
  readonly scores: ReadonlyMap<string, ScoreEntry>;
  readonly undecodable: readonly number[];
}

/**
 * Payload bytes that are decoded before queries get a turn on this thread, some ten milliseconds. It is also what makes
 * texts die young: held for a whole batch, collecting them took longer than encoding them.
 */
const SLICE_BYTES = 512 * 1024;
/** One entry may hold far more than a slice should, and a text cannot grow without end. */
const MAX_TEXT_CHARS = 4 * 1024 * 1024;
const LINE_BREAK = 0x0a;

/** Decodes a batch, and writes down the row of each observation at once. */
export async function decodeBatch(payloads: readonly Uint8Array[], computeCost: ComputeCost): Promise<DecodedBatch> {
  const observations: EncodedObservation[] = [];
  const scores = new Map<string, ScoreEntry>();
  const undecodable: number[] = [];
  let slice: StoredObservation[] = [];
  let sliceBytes = 0;
  for (const [index, payload] of payloads.entries()) {
    if (holdsScores(payload)) {
      const decoded = decodeScores(payload);
      if (!decoded) undecodable.push(index);
      for (const score of decoded ?? []) scores.set(score.id, score);
    } else {
      const decoded = decodePayload(payload, computeCost);
      if (!decoded) undecodable.push(index);
      else slice = slice.length === 0 ? decoded : slice.concat(decoded);
    }
    sliceBytes += payload.byteLength;
    if (sliceBytes < SLICE_BYTES) continue;
    encodeSlice(slice, observations);
    slice = [];
    sliceBytes = 0;
    await nextTurn();
  }
  encodeSlice(slice, observations);
  return { observations, scores, undecodable };
}

function encodeSlice(slice: readonly StoredObservation[], encoded: EncodedObservation[]): void {
  let text = '';
  let first = 0;
  for (const [index, observation] of slice.entries()) {
    const version = spanVersion(observation.endTimeUnixNano !== undefined, observation.revision);
    text += toLine(OBSERVATION_COLUMNS, observation, [String(version)]);
    text += '\n';
    dropTexts(observation);
    if (text.length < MAX_TEXT_CHARS && index < slice.length - 1) continue;
    addLines(slice.slice(first, index + 1), Buffer.from(text), encoded);
    text = '';
    first = index + 1;
  }
}

function addLines(observations: readonly StoredObservation[], bytes: Buffer, encoded: EncodedObservation[]): void {
  let start = 0;
  for (const observation of observations) {
    // Within a line it stands as `\n`.
    const end = bytes.indexOf(LINE_BREAK, start) + 1;
    encoded.push({ observation, line: { bytes, start, end } });
    start = end;
  }
}

/** The folds that keep observations have no use for them. */
function dropTexts(observation: StoredObservation): void {
  Object.assign(observation, { input: undefined, output: undefined, traceInput: undefined, traceOutput: undefined });
}
