import { COUNT } from '../../ring/layout.js';
import type { Books } from '../books.js';
import type { Clock } from '../clock.js';
import { isLangfuse } from '../endpoint.js';
import type { Log } from '../log.js';
import type { WorkerSettings } from '../protocol.js';
import { Backoff, judge, LOOPBACK_BACKOFF, REMOTE_BACKOFF } from '../retry.js';
import type { Transport, TransportOutcome } from '../transport.js';
import { isRetryableEvent, readEventFaults } from './score-answer.js';
import { encodeScore, type ScoreEvent, type ScoreMask } from './score-event.js';
import type { ScoreRecord } from './score-fields.js';
import { ScoreQueue } from './score-queue.js';

/** Scores are few: one each answer at most, or one each user who says something. */
const MAX_WAITING_COUNT = 10_000;
const MAX_WAITING_CHARACTERS = 4 * 1024 * 1024;

/** Langfuse takes 3.5 MB a request. */
const MAX_REQUEST_COUNT = 100;
const MAX_REQUEST_CHARACTERS = 1_000_000;

/** How often one score may come back with a fault of the backend's. */
const MAX_ATTEMPTS = 5;

/** A backend that takes no scores is asked again after this: it may have been replaced. */
const ASK_AGAIN_MS = 60_000;

export interface ScoreSenderParts {
  readonly transport: Transport;
  readonly books: Books;
  readonly clock: Clock;
  readonly log: Log;
  /** Between 0 and 1, for back-off. */
  readonly random: (() => number) | undefined;
  readonly settings: Pick<WorkerSettings, 'url' | 'headers' | 'environment' | 'batchAgeMs'>;
  readonly mask: ScoreMask;
  /** Milliseconds since the epoch, for a time of the application's clock. */
  readonly toWallMs: (applicationMs: number) => number;
  /** Called when something was decided. */
  readonly onSettled: () => void;
}

/**
 * Sends scores, one request at a time, beside the spans and with books of their own: each score is booked exactly
 * once, as delivered or as dropped.
 */
export class ScoreSender {
  readonly #parts: ScoreSenderParts;
  readonly #backoff: Backoff;
  /** Known by its address or keys; of any other backend its answers tell whether it takes scores. */
  readonly #isLangfuse: boolean;
  readonly #queue = new ScoreQueue(MAX_WAITING_COUNT, MAX_WAITING_CHARACTERS);
  readonly #toldReasons = new Set<string>();
  #lastNumber = 0;
  #waitingSinceMs = 0;
  #maxRequestCount = MAX_REQUEST_COUNT;
  #refusedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(parts: ScoreSenderParts) {
    this.#parts = parts;
    this.#backoff = new Backoff(parts.transport.isLoopback ? LOOPBACK_BACKOFF : REMOTE_BACKOFF, parts.random);
    this.#isLangfuse = isLangfuse(parts.settings);
  }

  get isEmpty(): boolean {
    return this.#queue.isEmpty;
  }

  /** Number of the newest score that was taken; 0 before the first. */
  get lastNumber(): number {
    return this.#lastNumber;
  }

  /** Number of the oldest score that is neither delivered nor dropped. */
  get oldestNumber(): number {
    return this.#queue.oldestNumber;
  }

  add({ fields, atMs }: ScoreRecord): void {
    const { clock, mask, toWallMs, settings } = this.#parts;
    this.#lastNumber += 1;
    if (clock.monotonicMs() < this.#refusedUntilMs) {
      this.#drop(1, 'the backend takes no scores');
      return;
    }
    try {
      mask(fields);
      if (this.#queue.waitingCount === 0) this.#waitingSinceMs = clock.monotonicMs();
      const event = encodeScore(fields, {
        number: this.#lastNumber,
        wallMs: toWallMs(atMs),
        environment: settings.environment,
      });
      this.#drop(this.#queue.add(event), 'too many wait');
    } catch {
      // Whatever it was: one score must not stop the others.
      this.#drop(1, 'they could not be encoded');
    }
  }

  /** Starts what is due; `isUrgent` when somebody waits for it. */
  dispatch(isUrgent: boolean): void {
    const { clock, settings } = this.#parts;
    const nowMs = clock.monotonicMs();
    const { waitingCount, isUnderWay } = this.#queue;
    if (waitingCount === 0 || isUnderWay || !this.#backoff.isReady(nowMs)) return;
    const isDue = isUrgent || waitingCount >= MAX_REQUEST_COUNT || nowMs - this.#waitingSinceMs >= settings.batchAgeMs;
    if (isDue) void this.#send(this.#queue.take(this.#maxRequestCount, MAX_REQUEST_CHARACTERS));
  }

  /** Ends our own wait, for a flush or the end of the process. */
  hurry(isLastChance: boolean): void {
    this.#backoff.hurry(isLastChance);
  }

  async #send(events: readonly ScoreEvent[]): Promise<void> {
    const body = new TextEncoder().encode(`{"batch":[${events.map(({ json }) => json).join(',')}]}`);
    const outcome = await this.#parts.transport.post({ target: 'scores', body, contentType: 'application/json' });
    this.#drop(this.#queue.settle(this.#settle(events, outcome)), 'too many wait');
    this.#parts.onSettled();
  }

  /** Books what is decided; returns the events that are not. */
  #settle(events: readonly ScoreEvent[], outcome: TransportOutcome): readonly ScoreEvent[] {
    const { clock } = this.#parts;
    const isUnsupported = outcome.kind === 'failed' && outcome.reason === 'EUNSUPPORTED';
    if (isUnsupported || this.#isFromStranger(outcome)) return this.#refuse(events);
    const verdict = judge(outcome, clock.wallMs());
    switch (verdict.kind) {
      case 'retry':
        this.#backoff.failed(clock.monotonicMs(), verdict.afterMs);
        return events;
      case 'split':
        return this.#split(events);
      case 'rejected':
        this.#backoff.succeeded();
        this.#drop(events.length, verdict.reason);
        return [];
      case 'delivered':
        return this.#conclude(events, outcome);
    }
  }

  /** An answer that shows that the backend is neither Langfuse nor a collector; faults between here and there show nothing. */
  #isFromStranger(outcome: TransportOutcome): boolean {
    if (outcome.kind !== 'answered' || outcome.isCollector || this.#isLangfuse) return false;
    return judge(outcome, 0).kind !== 'retry';
  }

  #refuse(events: readonly ScoreEvent[]): readonly ScoreEvent[] {
    this.#backoff.succeeded();
    this.#refusedUntilMs = this.#parts.clock.monotonicMs() + ASK_AGAIN_MS;
    this.#drop(events.length + this.#queue.clear(), 'the backend takes no scores');
    return [];
  }

  #split(events: readonly ScoreEvent[]): readonly ScoreEvent[] {
    this.#backoff.succeeded();
    this.#maxRequestCount = Math.max(1, events.length >> 1);
    if (events.length > 1) return events;
    this.#maxRequestCount = MAX_REQUEST_COUNT;
    this.#drop(1, 'one alone is larger than the backend takes');
    return [];
  }

  #conclude(events: readonly ScoreEvent[], outcome: TransportOutcome): readonly ScoreEvent[] {
    const { books, clock } = this.#parts;
    this.#maxRequestCount = MAX_REQUEST_COUNT;
    const faults = readEventFaults(outcome.kind === 'answered' ? outcome.body : new Uint8Array());
    const again: ScoreEvent[] = [];
    let delivered = 0;
    for (const event of events) {
      const status = faults.get(event.id);
      if (status === undefined) delivered += 1;
      else if (isRetryableEvent(status) && event.attempts + 1 < MAX_ATTEMPTS) {
        again.push({ ...event, attempts: event.attempts + 1 });
      } else this.#drop(1, `the backend refused them: ${status}`);
    }
    books.add(COUNT.SCORES_DELIVERED, delivered);
    if (again.length > 0) this.#backoff.failed(clock.monotonicMs(), undefined);
    else this.#backoff.succeeded();
    return again;
  }

  /** One line for each reason: what is lost after that is in the books. */
  #drop(count: number, reason: string): void {
    if (count === 0) return;
    this.#parts.books.add(COUNT.SCORES_DROPPED, count);
    if (this.#toldReasons.has(reason)) return;
    this.#toldReasons.add(reason);
    this.#parts.log(`dropping scores: ${reason}; further ones are counted in stats().scores`);
  }
}
