import type { QueueEntry } from '../../queue/contract.js';
import { encodeScores, SCORES_CONTENT_TYPE } from '../../scores/payload.js';
import { readEventFaults, readPartialSuccess, readRefusal } from './answers.js';
import type { Cargo, Settlement } from './courier.js';
import type { HttpRequest } from './http-client.js';
import { encodeScoreEvents, type ScoreEvent } from './score-events.js';
import { encodePieces } from './span-batches.js';
import type { SpanPiece } from './span-pieces.js';
import type { ForwardTarget } from './target.js';
import { cleanText } from './verdict.js';

export const SPANS_CONTENT_TYPE = 'application/x-protobuf';

/** Every sender is this one until projects exist. */
const DEFAULT_TENANT = 'default';
/** Letters are made of parts of entries, which have no id of their own. */
const NO_ID = 0;

const RETRYABLE_EVENT_STATUS: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Spans as OTLP. */
export function spanCargo(target: ForwardTarget): Cargo<SpanPiece> {
  return {
    what: 'spans',
    toRequest: (pieces) => ({
      url: target.spansUrl,
      headers: target.headers,
      contentType: SPANS_CONTENT_TYPE,
      body: encodePieces(pieces),
      isPacked: !target.isLoopback,
    }),
    settle(body, pieces) {
      const { rejectedCount, message } = readPartialSuccess(body);
      return {
        rejectedCount: Math.min(rejectedCount, pieces.length),
        message: cleanText(target.redact(message)),
        refused: [],
        again: [],
      };
    },
    readRefusal,
    toLetter: (pieces, reason) => ({ entry: toEntry(SPANS_CONTENT_TYPE, encodePieces(pieces)), reason }),
  };
}

/** Scores as events of Langfuse's ingestion API, which does not unpack what it gets. */
export function scoreCargo(target: ForwardTarget, url: URL): Cargo<ScoreEvent> {
  return {
    what: 'scores',
    toRequest: (events): HttpRequest => ({
      url,
      headers: target.headers,
      contentType: 'application/json',
      body: encodeScoreEvents(events),
      isPacked: false,
    }),
    settle: (body, events) => settleEvents(body, events, target),
    readRefusal,
    toLetter: (events, reason) => ({
      entry: toEntry(SCORES_CONTENT_TYPE, encodeScores(events.map(({ score }) => score))),
      reason,
    }),
  };
}

/** The API answers for each event: those it refuses are not to hold up the others. */
function settleEvents(body: Buffer, events: readonly ScoreEvent[], target: ForwardTarget): Settlement<ScoreEvent> {
  const faults = readEventFaults(body);
  const refused: [ScoreEvent, string][] = [];
  const again: ScoreEvent[] = [];
  for (const event of events) {
    const fault = faults.get(event.id);
    if (fault === undefined) continue;
    if (RETRYABLE_EVENT_STATUS.has(fault.status)) again.push(event);
    else refused.push([event, `event ${fault.status}: ${cleanText(target.redact(fault.message))}`]);
  }
  return { rejectedCount: 0, message: '', refused, again };
}

function toEntry(contentType: string, payload: Uint8Array): QueueEntry {
  return { id: NO_ID, tenant: DEFAULT_TENANT, contentType, payload };
}
