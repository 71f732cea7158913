import { reasonOf } from '../../errors.js';
import type { Queue, QueueEntry } from '../../queue/contract.js';
import type { DeadLetterSummary, Destination, DestinationStats, ReplayResult } from '../contract.js';
import type { DeadLetter, DeadLetters, ReplayAttempt, ReplayOptions } from '../dead-letters.js';
import { type Deliverer, DeliveryLoop } from '../delivery/delivery-loop.js';
import { DeliveryState } from '../delivery/delivery-state.js';
import { scoreCargo, spanCargo } from './cargo.js';
import { type Cargo, Courier } from './courier.js';
import { EntryAges } from './entry-ages.js';
import { readEntry } from './entry-reading.js';
import { createHttpClient, type HttpClient } from './http-client.js';
import { type ForwardTimes, LivePolicy } from './live-policy.js';
import { BurialBuffer, type Lane, LaneBuffer } from './outgoing.js';
import { type ReplayLane, replayLetter } from './replay.js';
import { type SamplingStage, TakeAll } from './sampling/stage.js';
import { TailSampler } from './sampling/tail-sampler.js';
import type { ComputeCost } from './sampling/trace-facts.js';
import { countFittingEvents, type ScoreEvent } from './score-events.js';
import type { ForwardSettings } from './settings.js';
import { countFitting } from './span-batches.js';
import type { SpanPiece } from './span-pieces.js';
import { type ForwardTarget, resolveTarget } from './target.js';

export interface ForwardDestinationSettings extends ForwardTimes {
  readonly queue: Queue;
  readonly forward: ForwardSettings;
  readonly deadLetters: DeadLetters;
  /** Told when deliveries begin to fail, and with `undefined` when they succeed again. */
  readonly onFault: (reason: string | undefined) => void;
  /** Told of what the backend says about spans that it rejected. */
  readonly onNotice: (line: string) => void;
  /** For the sampling rule by cost, of spans whose sender reported none. @default none */
  readonly computeCost?: ComputeCost;
  /** One request before it is packed. @default 3.5 MiB for Langfuse, else 4 MiB */
  readonly maxBatchBytes?: number;
  /**
   * Requests begin no closer together than this where there is little to send. @default 1,000 for Langfuse, which
   * counts requests, else 200
   */
  readonly minIntervalMs?: number;
  /** An answer's body may take this long, in milliseconds. @default 5,000 */
  readonly responseBodyMs?: number;
  /** Bounds of tail sampling, for tests. */
  readonly maxHeldBytes?: number;
  readonly maxPinnedBytes?: number;
}

const MIB = 1024 * 1024;
const BATCH_BYTES = { otlp: 4 * MIB, langfuse: 3.5 * MIB } as const;
const INTERVAL_MS = { otlp: 200, langfuse: 1000 } as const;
const DEFAULT_TIMEOUT_MS = 30_000;
/** Of the queue's own limit: what tail sampling may make it keep. */
const PINNED_SHARE = 0.25;
const MAX_PINNED_BYTES = 256 * MIB;
/** Langfuse documents 3.5 MB for a batch of events. */
const MAX_SCORES_BYTES = 3_000_000;
const MAX_SCORES = 500;

/** A destination, and where it leads, to be shown. */
export interface ForwardDestination extends Destination {
  readonly kind: ForwardSettings['kind'];
  readonly shownUrl: string;
}

/** Delivers the queue to another backend. The settings MUST have been checked (`findForwardProblems`). */
export function createForwardDestination(settings: ForwardDestinationSettings): ForwardDestination {
  return new HttpForwardDestination(settings);
}

class HttpForwardDestination implements ForwardDestination, Deliverer {
  readonly name: string;
  readonly kind: ForwardSettings['kind'];
  readonly shownUrl: string;
  readonly #settings: ForwardDestinationSettings;
  readonly #state: DeliveryState;
  readonly #client: HttpClient;
  readonly #stage: SamplingStage;
  readonly #ages: EntryAges | undefined;
  readonly #loop: DeliveryLoop;
  readonly #spanLane: Lane<SpanPiece> & ReplayLane<SpanPiece>;
  readonly #scoreLane: (Lane<ScoreEvent> & ReplayLane<ScoreEvent>) | undefined;
  readonly #spans: LaneBuffer<SpanPiece>;
  readonly #scores: LaneBuffer<ScoreEvent> | undefined;
  readonly #burials: BurialBuffer;

  constructor(settings: ForwardDestinationSettings) {
    const { forward, queue, firstRetryMs = 500, lastRetryMs = 30_000 } = settings;
    const { name, kind, maxAgeMs } = forward;
    const target = resolveTarget(forward);
    this.name = name;
    this.kind = kind;
    this.shownUrl = target.shownUrl;
    this.#settings = settings;
    this.#state = new DeliveryState(settings);
    this.#client = createHttpClient({
      answerMs: forward.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      bodyMs: settings.responseBodyMs,
    });
    this.#stage = createStage(settings);
    this.#ages = maxAgeMs === undefined || queue.isShared ? undefined : new EntryAges(maxAgeMs);
    const maxBatchBytes = settings.maxBatchBytes ?? BATCH_BYTES[kind];
    this.#spanLane = this.#createLane(target, spanCargo(target), (pieces) => countFitting(pieces, maxBatchBytes));
    this.#spans = new LaneBuffer(this.#spanLane, this.#state);
    this.#scoreLane = this.#createScoreLane(target);
    this.#scores = this.#scoreLane && new LaneBuffer(this.#scoreLane, this.#state);
    this.#burials = new BurialBuffer(this.#state);
    this.#loop = new DeliveryLoop({
      state: this.#state,
      deliverer: this,
      openReader: () => queue.open(name),
      maxBatchBytes,
      minIntervalMs: settings.minIntervalMs ?? INTERVAL_MS[kind],
      firstRetryMs,
      lastRetryMs,
    });
  }

  start(): Promise<void> {
    return this.#loop.start();
  }

  async stop(deadlineMs: number): Promise<void> {
    await this.#loop.stop(deadlineMs);
    this.#client.close();
  }

  stats(): DestinationStats {
    return {
      ...this.#state.stats(),
      deliveredEntries: this.#stage.settledEntries(),
      sampledOutSpans: this.#stage.sampledOutSpans(),
    };
  }

  deadLetters(): Promise<DeadLetterSummary> {
    return this.#settings.deadLetters.summary();
  }

  replay(options: ReplayOptions): Promise<ReplayResult> {
    const signal = AbortSignal.any([options.signal, this.#state.abandonSignal]);
    return this.#settings.deadLetters.replay({ ...options, signal }, (letter) => this.#replayOne(letter, signal));
  }

  wakeAtMs(): number {
    return this.#stage.wakeAtMs();
  }

  async deliver(entries: readonly QueueEntry[]): Promise<number | undefined> {
    this.#noteAges();
    for (const entry of entries) this.#take(entry);
    this.#stage.decide(performance.now());
    const isDone =
      (await this.#spans.empty()) && ((await this.#scores?.empty()) ?? true) && (await this.#burials.empty());
    if (isDone) return this.#stage.settledId();
    // Given up while stopping: the queue keeps what is left.
    this.#state.abandon();
    return undefined;
  }

  /** Never throws: what it cannot deal with is buried. */
  #take(entry: QueueEntry): void {
    const nowMs = performance.now();
    const bornAtMs = this.#bornAtMs(entry, nowMs);
    const takesScores = this.#scores !== undefined;
    const read = readEntry(entry, { isUntrusted: this.#settings.queue.isShared, takesScores, bornAtMs });
    this.#burials.add(read.unsendable);
    try {
      const kept = this.#stage.take({ ...read, id: entry.id, payload: entry.payload }, nowMs);
      this.#spans.add(kept.pieces);
      this.#scores?.add(kept.scores);
    } catch (error) {
      const letter = { entry, reason: `it cannot be sampled: ${reasonOf(error)}` };
      this.#burials.add([{ letter, spanCount: read.pieces.length }]);
    }
  }

  /** As long ago as can be known; the clocks of others may be ahead of ours. */
  #bornAtMs({ id, appendedAtMs }: QueueEntry, nowMs: number): number {
    const ageMs = appendedAtMs === undefined ? 0 : Math.max(0, Date.now() - appendedAtMs);
    return Math.min(nowMs - ageMs, this.#ages?.bornAtMs(id, nowMs) ?? nowMs);
  }

  #replayOne(letter: DeadLetter, signal: AbortSignal): Promise<ReplayAttempt> {
    const { counts } = this.#state;
    return replayLetter(letter, {
      spans: this.#spanLane,
      scores: this.#scoreLane,
      signal,
      onSpans(takenCount, rejectedCount) {
        counts.deliveredSpans += takenCount;
        counts.rejectedSpans += rejectedCount;
      },
    });
  }

  #createScoreLane(target: ForwardTarget) {
    if (target.scoresUrl === undefined) return undefined;
    const fitting = (events: readonly ScoreEvent[]) => countFittingEvents(events, MAX_SCORES_BYTES, MAX_SCORES);
    return this.#createLane(target, scoreCargo(target, target.scoresUrl), fitting);
  }

  #createLane<Item extends { readonly bornAtMs: number }>(
    target: ForwardTarget,
    cargo: Cargo<Item>,
    fitting: (items: readonly Item[]) => number,
  ): Lane<Item> & ReplayLane<Item> {
    const { forward, onNotice, ...times } = this.#settings;
    const policy = new LivePolicy<Item>({
      state: this.#state,
      cargo,
      times: { ...times, maxAgeMs: forward.maxAgeMs },
      onNotice,
      onWait: () => this.#noteAges(),
    });
    return { cargo, policy, courier: new Courier(this.#client, target, cargo), countFitting: fitting };
  }

  #noteAges(): void {
    this.#ages?.note(this.#settings.queue.stats().nextId, performance.now());
  }
}

function createStage(settings: ForwardDestinationSettings): SamplingStage {
  const { forward, computeCost = () => undefined, maxHeldBytes, queue } = settings;
  if (forward.sampling === undefined) return new TakeAll();
  const maxPinnedBytes =
    settings.maxPinnedBytes ?? Math.min(MAX_PINNED_BYTES, Math.max(MIB, queue.stats().maxBytes * PINNED_SHARE));
  return new TailSampler({
    sampling: forward.sampling,
    computeCost,
    maxPinnedBytes,
    ...(maxHeldBytes === undefined ? {} : { maxHeldBytes }),
  });
}
