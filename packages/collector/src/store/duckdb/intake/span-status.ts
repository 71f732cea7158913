import type { StoredObservation } from '../schema/observation-columns.js';

/**
 * What a version of a span does to its trace. `revised`: it takes the place of one that is folded in already, and what
 * that one brought cannot be taken out again; the trace has to be folded anew (`revisions.ts`).
 */
export type FoldOutcome = 'started' | 'ended' | 'duplicate' | 'superseded' | 'revised';

/** What a start brings to its trace that the end might not bring, too. */
type StartFacts = Pick<
  StoredObservation,
  | 'startTimeUnixNano'
  | 'parentSpanId'
  | 'metadata'
  | 'traceMetadata'
  | 'tags'
  | 'traceName'
  | 'userId'
  | 'sessionId'
  | 'environment'
  | 'release'
  | 'service'
>;

interface EndedStatus {
  readonly isEnded: true;
  readonly revision: number;
}

interface RunningStatus {
  readonly isEnded: false;
  readonly revision: number;
  readonly start: StartFacts;
}

/** The version of a span that counts so far; `ended` stands for an ended one without a revision, as nearly all are. */
export type SpanStatus = 'ended' | EndedStatus | RunningStatus;

export function statusOf(observation: StoredObservation): SpanStatus {
  const { revision } = observation;
  if (observation.endTimeUnixNano === undefined) return { isEnded: false, revision, start: startFacts(observation) };
  return revision === 0 ? 'ended' : { isEnded: true, revision };
}

export function isEnded(status: SpanStatus | undefined): boolean {
  return status === 'ended' || status?.isEnded === true;
}

export function isRunning(status: SpanStatus | undefined): status is RunningStatus {
  return status !== undefined && status !== 'ended' && !status.isEnded;
}

/** What a version does beside the one that counts so far. */
export function outcomeBeside(known: SpanStatus | undefined, observation: StoredObservation): FoldOutcome {
  const hasEnded = observation.endTimeUnixNano !== undefined;
  if (known === undefined) return hasEnded ? 'ended' : 'started';
  if (hasEnded === isRunning(known)) return hasEnded ? 'ended' : 'superseded';
  return observation.revision > (known === 'ended' ? 0 : known.revision) ? 'revised' : 'duplicate';
}

/** A copy of these fields alone: the texts of an open span must not stay in memory. */
function startFacts(observation: StoredObservation): StartFacts {
  const { startTimeUnixNano, parentSpanId, metadata, traceMetadata, tags } = observation;
  const { traceName, userId, sessionId, environment, release, service } = observation;
  return {
    startTimeUnixNano,
    parentSpanId,
    metadata,
    traceMetadata,
    tags,
    traceName,
    userId,
    sessionId,
    environment,
    release,
    service,
  };
}

const TRACE_TEXTS = ['traceName', 'userId', 'sessionId', 'environment', 'release', 'service'] as const;

/** Whether the end says something about all that the start said, as it does where a sender changes its mind of nothing. */
export function covers(end: StoredObservation, start: StartFacts): boolean {
  const { startTimeUnixNano: startNs, endTimeUnixNano: endNs } = end;
  if (startNs !== start.startTimeUnixNano || end.parentSpanId !== start.parentSpanId) return false;
  if (endNs === undefined || endNs < startNs) return false;
  if (TRACE_TEXTS.some((field) => start[field] !== undefined && end[field] === undefined)) return false;
  for (const key of start.metadata.keys()) if (!end.metadata.has(key)) return false;
  for (const key of start.traceMetadata.keys()) if (!end.traceMetadata.has(key)) return false;
  return start.tags.every((tag) => end.tags.includes(tag));
}
