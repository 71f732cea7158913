import { readExportRequest } from '@slipstream/wire';
import { reasonOf } from '../../errors.js';
import type { QueueEntry } from '../../queue/contract.js';
import { decodeScores, holdsScores } from '../../scores/payload.js';
import { isStoreOnly } from '../../transfer/import-label.js';
import type { DeadLetter } from '../dead-letters.js';
import { SPANS_CONTENT_TYPE } from './cargo.js';
import { type ScoreEvent, toScoreEvent } from './score-events.js';
import { encodePieces } from './span-batches.js';
import { type EntrySpans, type RunningSpan, type SpanPiece, takeApart } from './span-pieces.js';

/** What of an entry can never be sent. */
export interface Unsendable {
  readonly letter: DeadLetter;
  readonly spanCount: number;
}

export interface ReadEntry {
  readonly pieces: readonly SpanPiece[];
  readonly running: readonly RunningSpan[];
  readonly scores: readonly ScoreEvent[];
  readonly unsendable: readonly Unsendable[];
}

export interface ReadingOptions {
  /** Whether spans are to be read in full: in a shared queue they may come from anyone. */
  readonly isUntrusted: boolean;
  /** Whether scores have a place where the entry goes. */
  readonly takesScores: boolean;
  readonly bornAtMs: number;
}

const NOTHING: ReadEntry = { pieces: [], running: [], scores: [], unsendable: [] };

/** Reads an entry of the queue for sending. Never throws: what cannot be read is to be buried. */
export function readEntry(entry: QueueEntry, options: ReadingOptions): ReadEntry {
  if (isStoreOnly(entry.contentType)) return NOTHING;
  try {
    return holdsScores(entry.payload) ? readScores(entry, options) : readSpans(entry, options);
  } catch (error) {
    return {
      ...NOTHING,
      unsendable: [{ letter: { entry, reason: `it cannot be read: ${reasonOf(error)}` }, spanCount: 0 }],
    };
  }
}

function readScores(entry: QueueEntry, { takesScores, bornAtMs }: ReadingOptions): ReadEntry {
  if (!takesScores) return NOTHING;
  const scores = decodeScores(entry.payload);
  if (scores !== undefined) return { ...NOTHING, scores: scores.map((score) => toScoreEvent(score, bornAtMs)) };
  return { ...NOTHING, unsendable: [{ letter: { entry, reason: 'its scores cannot be read' }, spanCount: 0 }] };
}

function readSpans(entry: QueueEntry, { isUntrusted, bornAtMs }: ReadingOptions): ReadEntry {
  const { pieces, running, invalid } = takeApart(entry.payload, bornAtMs);
  const unsendable = invalid.map((piece) => toUnsendable(entry, piece, 'its ids are none'));
  if (!isUntrusted || readExportRequest(entry.payload).rejections.length === 0) {
    return { pieces, running, scores: [], unsendable };
  }
  const { good, bad } = readEach(pieces);
  for (const [piece, reason] of bad) unsendable.push(toUnsendable(entry, piece, reason));
  return { pieces: good, running, scores: [], unsendable };
}

/** Backends refuse a whole request for one span that they cannot read. */
function readEach(pieces: EntrySpans['pieces']): { good: SpanPiece[]; bad: (readonly [SpanPiece, string])[] } {
  const good: SpanPiece[] = [];
  const bad: (readonly [SpanPiece, string])[] = [];
  for (const piece of pieces) {
    const [rejection] = readExportRequest(encodePieces([piece])).rejections;
    if (rejection === undefined) good.push(piece);
    else bad.push([piece, `it cannot be read: ${rejection.reason}`]);
  }
  return { good, bad };
}

function toUnsendable({ id, tenant }: QueueEntry, piece: SpanPiece, reason: string): Unsendable {
  const payload = encodePieces([piece]);
  return { letter: { entry: { id, tenant, contentType: SPANS_CONTENT_TYPE, payload }, reason }, spanCount: 1 };
}
