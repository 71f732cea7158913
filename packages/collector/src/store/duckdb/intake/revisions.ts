import type { StoredObservation } from '../schema/observation-columns.js';
import { type BatchFold, keyOf } from './batch-fold.js';
import type { BatchWriter } from './batch-writer.js';
import { isEnded, isRunning, outcomeBeside, statusOf } from './span-status.js';
import type { StartBounds, TraceLoader } from './trace-loader.js';
import { TraceState } from './trace-state.js';

export interface RevisionParts {
  readonly writer: BatchWriter;
  readonly loader: TraceLoader;
}

/**
 * Puts new versions of spans in the place of those that count so far, within the transaction of the batch. What a version
 * brought cannot be taken out of the fold of its trace (a name, the latest user), so the row is removed and the trace
 * folded anew from what is stored. That costs some milliseconds a call; only protocols that change what they sent need it.
 *
 * @param observations what `BatchFold.fold` gave as revised
 * @param states of the batch; those of the revised traces are replaced
 */
export async function revise(
  observations: readonly StoredObservation[],
  batch: BatchFold,
  states: Map<string, TraceState>,
  parts: RevisionParts,
): Promise<void> {
  const versions = winners(observations, batch, states);
  if (versions.length === 0) return;
  const before = new Map(versions.map(({ traceId }) => [traceId, stateOf(states, traceId)]));
  const bounds = boundsOf([...before.values()]);
  await removeOld(versions, { batch, before, bounds }, parts.writer);
  for (const version of versions) noteVersion(version, batch, stateOf(before, version.traceId));
  const ended = versions.filter(hasEnded);
  for (const state of await refold(ended, { batch, before, bounds }, parts)) {
    states.set(state.traceId, state);
    batch.noteChanged(state);
  }
  await parts.writer.appendEnded(ended);
}

interface Revised {
  readonly batch: BatchFold;
  /** The states that the old versions are folded into. */
  readonly before: ReadonlyMap<string, TraceState>;
  readonly bounds: StartBounds;
}

/** Of each span the version that counts now, where it is one of these. */
function winners(
  observations: readonly StoredObservation[],
  batch: BatchFold,
  states: ReadonlyMap<string, TraceState>,
): StoredObservation[] {
  const best = new Map<string, StoredObservation>();
  for (const observation of observations) {
    const key = keyOf(observation);
    const rival = best.get(key);
    const known = rival ? statusOf(rival) : stateOf(states, observation.traceId).status(observation.spanId);
    const outcome = outcomeBeside(known, observation);
    if (outcome === 'duplicate') batch.duplicates += 1;
    else if (outcome !== 'superseded') best.set(key, observation);
  }
  return [...best.values()];
}

async function removeOld(
  versions: readonly StoredObservation[],
  { batch, before, bounds }: Revised,
  writer: BatchWriter,
): Promise<void> {
  const known = (version: StoredObservation) => before.get(version.traceId)?.status(version.spanId);
  const ended = versions.filter((version) => hasEnded(version) && isEnded(known(version)));
  const running = versions.filter((version) => !hasEnded(version) && isRunning(known(version)));
  writer.flushEnded();
  for (const removed of await writer.removeEnded(ended, bounds)) batch.noteEndRemoved(removed);
  await writer.removeStarts(running);
  const traceIds = new Set(before.keys());
  await writer.removeMetadataOf(traceIds, bounds.fromUs);
  batch.metadata.forget(traceIds);
}

function noteVersion(version: StoredObservation, batch: BatchFold, before: TraceState): void {
  const known = before.status(version.spanId);
  if (!hasEnded(version)) batch.noteStart(version, isRunning(known));
  else if (isEnded(known)) batch.noteEndRevised(version);
  else batch.noteEnd(version, isRunning(known));
}

/** New states out of what the database and the batch hold; ended versions first, so that their starts change nothing. */
async function refold(
  ended: readonly StoredObservation[],
  { batch, before, bounds }: Revised,
  { loader }: RevisionParts,
): Promise<TraceState[]> {
  const traceIds = [...before.keys()];
  const states = new Map([...before].map(([traceId, old]) => [traceId, emptyLike(old)]));
  const versions = [
    ...(await loader.readStored('observations', traceIds, bounds)),
    ...ended,
    ...batch.startedOf(new Set(traceIds)),
    ...(await loader.readStored('running_observations', traceIds, bounds)),
  ];
  for (const version of versions) states.get(version.traceId)?.fold(version, batch.metadata);
  return [...states.values()];
}

/** A state that knows where the trace's row is, and nothing else. */
function emptyLike({ traceId, home, homeStartUs }: TraceState): TraceState {
  const state = new TraceState(traceId);
  state.home = home;
  state.homeStartUs = homeStartUs;
  return state;
}

function hasEnded({ endTimeUnixNano }: StoredObservation): boolean {
  return endTimeUnixNano !== undefined;
}

function boundsOf(states: readonly TraceState[]): StartBounds {
  return {
    fromUs: states.reduce((first, { startUs }) => Math.min(first, startUs), Number.MAX_SAFE_INTEGER),
    toUs: states.reduce((last, { lastStartUs }) => Math.max(last, lastStartUs), 0),
  };
}

function stateOf(states: ReadonlyMap<string, TraceState>, traceId: string): TraceState {
  return states.get(traceId) ?? new TraceState(traceId);
}
