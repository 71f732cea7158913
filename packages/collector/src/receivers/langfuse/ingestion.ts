import { encodeExportRequest, type SpanRejection } from '@slipstream/wire';
import { reasonOf } from '../../errors.js';
import type { AppendResult, Queue } from '../../queue/contract.js';
import { encodeScores, SCORES_CONTENT_TYPE, type ScoreEntry } from '../../scores/payload.js';
import { appendSpans, DEFAULT_TENANT } from '../otlp/intake.js';
import type { ReceiverStats } from '../receiver-stats.js';
import type { ReadEvent } from './events.js';
import { KeyLock } from './key-lock.js';
import type { ObservationLookup } from './lookup.js';
import { MergeRound } from './merge-round.js';
import { compareRanks, type EntityState, isEnded, type Patch } from './patch.js';
import { SeenEvents } from './seen-events.js';
import { StateTable, type StateTableLimits } from './state-table.js';
import { type SenderName, toExportRequest } from './to-span.js';

export interface IngestionSettings {
  readonly queue: Queue;
  readonly lookup: ObservationLookup;
  readonly stats: ReceiverStats;
  readonly tableLimits?: Partial<StateTableLimits> | undefined;
}

/** What became of a batch. */
export type IngestOutcome =
  /** Everything that is not named here is durable; what is wrong with the others, by their place in the batch. */
  | { readonly kind: 'done'; readonly problems: ReadonlyMap<number, string> }
  /** Nothing is acknowledged; the sender may try the whole again. */
  | { readonly kind: 'unavailable'; readonly message: string; readonly retryAfterMs: number };

const MAX_SEEN_EVENTS = 50_000;
const LOOKUP_RETRY_AFTER_MS = 2000;

/**
 * Turns events, each of which says something of an observation or a trace, into versions of spans, and makes those
 * durable. What it knows of an entity is replaced only when the version that says so is durable.
 */
export class Ingestion {
  readonly #settings: IngestionSettings;
  readonly #table: StateTable;
  readonly #seen = new SeenEvents(MAX_SEEN_EVENTS);
  readonly #lock = new KeyLock();

  constructor(settings: IngestionSettings) {
    this.#settings = settings;
    const { lookup, tableLimits = {} } = settings;
    this.#table = new StateTable(tableLimits, lookup.mark());
  }

  /** Takes the events of a batch. Never rejects for what a sender sent. */
  take(events: readonly ReadEvent[], sender: SenderName): Promise<IngestOutcome> {
    const traceIds = events.flatMap((event) => (event.kind === 'patch' ? [event.patch.traceId] : []));
    return this.#lock.run(traceIds, () => this.#take(events, sender));
  }

  async #take(events: readonly ReadEvent[], sender: SenderName): Promise<IngestOutcome> {
    const fresh = this.#withoutRepeated(events);
    const problems = new Map<number, string>();
    const round = new MergeRound(this.#table, this.#settings.lookup);
    const patches = sortPatches(fresh, problems);
    try {
      await round.load(patches.map(({ patch }) => patch));
    } catch (error) {
      const message = `What is stored of these observations cannot be read at this moment: ${reasonOf(error)}`;
      return { kind: 'unavailable', message, retryAfterMs: LOOKUP_RETRY_AFTER_MS };
    }
    for (const { place, patch } of patches) {
      const problem = round.merge(patch);
      if (problem !== undefined) problems.set(place, problem);
    }
    const states = round.finish();
    const spans = await this.#appendStates(states, sender);
    if (spans.kind === 'unavailable') return unavailable(spans);
    const refusedSpans = new Map(spans.rejections.map(({ spanId, reason }) => [spanId, reason]));
    this.#noteRefused(fresh, refusedSpans, problems);
    const kept = states.filter(({ spanId }) => !refusedSpans.has(spanId));
    this.#remember(kept, round);
    const refused = await appendScores(this.#settings.queue, scoresOf(fresh), problems);
    if (refused !== undefined) return unavailable(refused);
    for (const [place, event] of fresh) if (!problems.has(place)) this.#seen.add(nameOf(event));
    this.#count(events, fresh, problems);
    return { kind: 'done', problems };
  }

  /** The events that were not taken before, with their places. Each counts once. */
  #withoutRepeated(events: readonly ReadEvent[]): [number, ReadEvent][] {
    const names = new Set<string>();
    return [...events.entries()].filter(([, event]) => {
      if (event.kind === 'refused') return true;
      const name = nameOf(event);
      const isRepeated = names.has(name) || this.#seen.has(name);
      names.add(name);
      return !isRepeated;
    });
  }

  #appendStates(states: readonly EntityState[], sender: SenderName): ReturnType<typeof appendSpans> {
    if (states.length === 0) return Promise.resolve({ kind: 'ok', spans: 0, starts: 0, rejections: NO_REJECTIONS });
    const request = toExportRequest(states, sender);
    return appendSpans(this.#settings.queue, request, encodeExportRequest(request));
  }

  #noteRefused(
    fresh: readonly [number, ReadEvent][],
    refusedSpans: ReadonlyMap<string, string>,
    problems: Map<number, string>,
  ): void {
    for (const [place, event] of fresh) {
      const reason = event.kind === 'patch' ? refusedSpans.get(event.patch.spanId) : undefined;
      if (reason !== undefined) problems.set(place, reason);
    }
  }

  #remember(kept: readonly EntityState[], round: MergeRound): void {
    const { stats, lookup } = this.#settings;
    for (const state of kept) {
      const before = round.before(state);
      const wasEnded = before !== undefined && before.revision > 0 && isEnded(before);
      // Each span counts once, whatever the number of its versions.
      if (isEnded(state) && !wasEnded) stats.acceptedSpans++;
      if (!isEnded(state) && (before?.revision ?? 0) === 0) stats.acceptedStarts++;
    }
    if (!lookup.isExclusive) return;
    this.#table.keep(kept, { isNew: (traceId) => round.isNew(traceId), mark: lookup.mark(), nowMs: Date.now() });
  }

  #count(events: readonly ReadEvent[], fresh: [number, ReadEvent][], problems: ReadonlyMap<number, string>): void {
    const { stats } = this.#settings;
    const places = new Set(fresh.map(([place]) => place));
    for (const [place, event] of events.entries()) {
      const isRefused = problems.has(place);
      const outcome = !places.has(place) ? 'repeated' : isRefused ? 'rejected' : 'accepted';
      const key = `${event.type} ${outcome}`;
      stats.ingestionEvents.set(key, (stats.ingestionEvents.get(key) ?? 0) + 1);
      if (event.type === 'score-create' && outcome === 'accepted') stats.acceptedScores++;
      if (event.type === 'score-create' && outcome === 'rejected') stats.rejectedScores++;
    }
  }
}

/** By what an event is known that comes again: its id, and what it is about, since some senders number theirs anew. */
function nameOf(event: ReadEvent): string {
  if (event.kind === 'patch') return `${event.id} ${event.patch.traceId} ${event.patch.spanId}`;
  return event.kind === 'score' ? `${event.id} score ${event.score.id}` : event.id;
}

interface PlacedPatch {
  readonly place: number;
  readonly patch: Patch;
}

/** The patches in the order in which they count; what is wrong with the events that are none. */
function sortPatches(fresh: readonly [number, ReadEvent][], problems: Map<number, string>): PlacedPatch[] {
  const patches = fresh.flatMap(([place, event]) => {
    if (event.kind === 'refused') problems.set(place, event.message);
    return event.kind === 'patch' ? [{ place, patch: event.patch }] : [];
  });
  return patches.sort((a, b) => compareRanks(a.patch.rank, b.patch.rank));
}

interface PlacedScore {
  readonly place: number;
  readonly score: ScoreEntry;
}

function scoresOf(fresh: readonly [number, ReadEvent][]): PlacedScore[] {
  return fresh.flatMap(([place, event]) => (event.kind === 'score' ? [{ place, score: event.score }] : []));
}

/** Appends scores, in parts where they are larger than a record. Gives why they cannot be kept, if that is so. */
async function appendScores(
  queue: Queue,
  scores: readonly PlacedScore[],
  problems: Map<number, string>,
): Promise<Extract<AppendResult, { kind: 'unavailable' }> | undefined> {
  if (scores.length === 0) return undefined;
  const payload = encodeScores(scores.map(({ score }) => score));
  const result = await queue.append({ tenant: DEFAULT_TENANT, contentType: SCORES_CONTENT_TYPE, payload });
  if (result.kind === 'ok') return undefined;
  if (result.kind === 'unavailable') return result;
  const [only] = scores;
  if (scores.length === 1 && only !== undefined) {
    problems.set(only.place, `the score is larger than ${result.limitBytes} bytes`);
    return undefined;
  }
  const half = Math.ceil(scores.length / 2);
  return (
    (await appendScores(queue, scores.slice(0, half), problems)) ??
    (await appendScores(queue, scores.slice(half), problems))
  );
}

const NO_REJECTIONS: readonly SpanRejection[] = [];

function unavailable({ reason, retryAfterMs }: { reason: string; retryAfterMs: number }): IngestOutcome {
  return { kind: 'unavailable', message: `Events cannot be made durable at this moment: ${reason}`, retryAfterMs };
}
