import { COUNT, openRing, type RingMemory, SLOT } from '../ring/layout.js';
import { BatchBuilder, type EncodedSpan } from './batch.js';
import { Books } from './books.js';
import { BooksReporter } from './books-reporter.js';
import { type Clock, systemClock } from './clock.js';
import { DropLog } from './drop-log.js';
import { Epoch } from './epoch.js';
import { Flushes } from './flushes.js';
import { HeldStarts } from './held-starts.js';
import { Intake } from './intake.js';
import { type Log, writeLog } from './log.js';
import { FieldMask, type MaskEngine } from './mask/field-mask.js';
import type { WorkerReply, WorkerSettings } from './protocol.js';
import { ReachabilityLog } from './reachability-log.js';
import { Backoff, LOOPBACK_BACKOFF, REMOTE_BACKOFF } from './retry.js';
import { RetryBuffer } from './retry-buffer.js';
import { RingReader } from './ring-reader.js';
import { RunningSpans } from './running-spans.js';
import { ScoreSender } from './scores/score-sender.js';
import { Sender } from './sender.js';
import { SpanAssembler } from './span-assembler.js';
import { resourceOf, SpanEncoder, scopeOf } from './span-encoder.js';
import { TraceTable } from './trace-table.js';
import type { Transport } from './transport.js';

/** What one step may be: on a thread of our own only sockets wait for it, else the application does. */
interface Stride {
  readonly maxSliceMs: number;
  readonly batchBytes: number;
}

/** A batch with its frames is below 1 MiB, which is what nginx takes unless told otherwise. */
const OWN_THREAD: Stride = { maxSliceMs: 8, batchBytes: 1_000_000 };

/** Joining and sending a batch of this size takes less time than the slice before it. */
const SHARED_THREAD: Stride = { maxSliceMs: 1, batchBytes: 256_000 };

/** A batch is this part of the retry buffer at most, so that making room never costs half of what waits. */
const BATCHES_PER_BUFFER = 4;

/** While the backend answers, the ring is left alone once the retry buffer is this full: the ring can wait, too. */
const PAUSE_PART = 0.75;

const SWEEP_INTERVAL_MS = 1_000;

export interface PipelineParts {
  readonly transport: Transport;
  /** Needed where the settings name a mask. */
  readonly maskEngine?: MaskEngine | undefined;
  readonly clock?: Clock;
  readonly log?: Log;
  /** Takes answers for the application's thread. */
  readonly reply?: (reply: WorkerReply) => void;
  /** Between 0 and 1, for back-off. */
  readonly random?: () => number;
}

/**
 * From the ring to the backend. It has no timers of its own: somebody calls {@link tick} every few milliseconds,
 * the worker's loop or, inline, the application's.
 */
export interface Pipeline {
  /** One slice of work; returns whether more is waiting, so that the next tick should come at once. */
  tick(): boolean;
  /** True once `CLOSING` was seen, and everything is delivered or dropped and reported. No tick is needed any more. */
  readonly isDone: boolean;
  /** Resolves when what the settings name is loaded: until then ticks take nothing from the ring. Never rejects. */
  readonly ready: Promise<void>;
}

function strideOf({ sharesThread }: WorkerSettings): Stride {
  return sharesThread ? SHARED_THREAD : OWN_THREAD;
}

export function createPipeline(settings: WorkerSettings, parts: PipelineParts): Pipeline {
  return new WorkerPipeline(settings, parts);
}

class WorkerPipeline implements Pipeline {
  readonly #memory: RingMemory;
  readonly #clock: Clock;
  readonly #transport: Transport;
  readonly #reply: (reply: WorkerReply) => void;
  readonly #pauseBytes: number;
  readonly #books: Books;
  readonly #epoch: Epoch;
  readonly #dropLog: DropLog;
  readonly #running: RunningSpans;
  readonly #traces: TraceTable;
  readonly #builder: BatchBuilder;
  readonly #buffer: RetryBuffer;
  readonly #backoff: Backoff;
  readonly #sender: Sender;
  readonly #mask: FieldMask;
  readonly #scores: ScoreSender;
  readonly #intake: Intake;
  readonly #reporter: BooksReporter;
  readonly #flushes: Flushes;
  #lastSweepMs = 0;
  #closing: 'no' | 'draining' | 'reporting' | 'done' = 'no';

  constructor(
    settings: WorkerSettings,
    { transport, maskEngine, clock = systemClock, log = writeLog, reply, random }: PipelineParts,
  ) {
    this.#memory = openRing(settings.shared, settings.capacityBytes);
    this.#clock = clock;
    this.#transport = transport;
    this.#reply = reply ?? (() => undefined);
    this.#books = new Books(this.#memory.counts);
    this.#epoch = new Epoch(settings.timeOriginMs, clock);
    this.#dropLog = new DropLog(log, this.#isFirst() ? undefined : this.#books.dropped());
    this.#running = new RunningSpans(settings.batchAgeMs);
    this.#traces = new TraceTable(() => this.#books.add(COUNT.LATE_UPDATES));
    const { batchBytes: wantedBytes } = strideOf(settings);
    const batchBytes = Math.min(wantedBytes, Math.floor(settings.retryBufferBytes / BATCHES_PER_BUFFER));
    this.#pauseBytes = settings.retryBufferBytes * PAUSE_PART;
    this.#builder = new BatchBuilder(batchBytes, settings.batchAgeMs);
    this.#buffer = new RetryBuffer(settings.retryBufferBytes, batchBytes);
    this.#backoff = new Backoff(transport.isLoopback ? LOOPBACK_BACKOFF : REMOTE_BACKOFF, random);
    this.#sender = this.#createSender(settings, log);
    this.#mask = new FieldMask({ settings, engine: maskEngine, log, onLost: () => this.#books.add(COUNT.LOST_FIELDS) });
    this.#scores = this.#createScoreSender(settings, log, random);
    this.#intake = this.#createIntake(settings);
    this.#reporter = new BooksReporter({ settings, books: this.#books, transport, clock });
    this.#flushes = new Flushes(Atomics.load(this.#memory.slots, SLOT.FLUSH_DONE));
  }

  get isDone(): boolean {
    return this.#closing === 'done';
  }

  get ready(): Promise<void> {
    return this.#mask.ready;
  }

  tick(): boolean {
    const { slots } = this.#memory;
    Atomics.store(slots, SLOT.STARTED, 1);
    this.#epoch.check();
    // Both are read before the ring, so that the records that they speak of are seen.
    const isClosing = Atomics.load(slots, SLOT.CLOSING) === 1;
    const flush = Atomics.load(slots, SLOT.FLUSH_REQUESTED);
    if (this.#flushes.request(flush, this.#writePosition())) this.#hurry(isClosing);
    if (isClosing && this.#closing === 'no') this.#beginClosing();

    const hasMore = this.#drain();
    this.#intake.reconcile(isClosing && !hasMore);
    this.#sealWhatIsDue(isClosing && !hasMore);
    this.#sender.dispatch();
    this.#dispatchScores();
    this.#sweep();
    this.#advance();
    return hasMore;
  }

  #createSender(settings: WorkerSettings, log: Log): Sender {
    return new Sender({
      transport: this.#transport,
      buffer: this.#buffer,
      backoff: this.#backoff,
      books: this.#books,
      clock: this.#clock,
      dropLog: this.#dropLog,
      reachabilityLog: new ReachabilityLog(log, this.#transport.origin),
      resource: resourceOf(settings),
      scope: scopeOf(settings),
      onSettled: () => {
        this.#showProgress();
        this.#advance();
      },
    });
  }

  #createScoreSender(settings: WorkerSettings, log: Log, random: (() => number) | undefined): ScoreSender {
    return new ScoreSender({
      transport: this.#transport,
      books: this.#books,
      clock: this.#clock,
      log,
      random,
      settings,
      mask: (fields) => this.#mask.score(fields),
      toWallMs: (applicationMs) => this.#epoch.toWallMs(applicationMs),
      onSettled: () => {
        this.#showProgress();
        this.#dispatchScores();
        this.#advance();
      },
    });
  }

  #dispatchScores(): void {
    this.#scores.dispatch(!this.#flushes.isEmpty || this.#closing !== 'no');
  }

  #hurry(isLastChance: boolean): void {
    this.#backoff.hurry(isLastChance);
    this.#scores.hurry(isLastChance);
  }

  #createIntake(settings: WorkerSettings): Intake {
    const starts = new HeldStarts(() => this.#books.add(COUNT.LOST_HELD_INPUTS));
    return new Intake({
      ring: new RingReader(this.#memory),
      assembler: new SpanAssembler(starts),
      mask: this.#mask,
      traces: this.#traces,
      running: this.#running,
      encoder: new SpanEncoder(settings, this.#epoch),
      books: this.#books,
      clock: this.#clock,
      maxSliceMs: strideOf(settings).maxSliceMs,
      wantsRunning: () => this.#sender.hasMetCollector && !this.#sender.isFailing && this.#closing === 'no',
      isPaused: () => this.#isPaused(),
      onScore: (score) => this.#scores.add(score),
      onSpan: (span) => this.#collect(span),
    });
  }

  /** Whether no worker has read this ring before. */
  #isFirst(): boolean {
    return Atomics.load(this.#memory.slots, SLOT.STARTED) === 0;
  }

  #writePosition(): number {
    return Atomics.load(this.#memory.slots, SLOT.WRITE_POSITION);
  }

  /** Returns whether records are left for which there is room. */
  #drain(): boolean {
    if (this.#intake.drainSlice() > 0) this.#showProgress();
    return this.#intake.hasMore && !this.#isPaused();
  }

  /** A backend that fails must not stop the ring: then the oldest batches make room. */
  #isPaused(): boolean {
    if (!this.#mask.isReady) return true;
    return !this.#sender.isFailing && !this.#buffer.isEmpty && this.#buffer.sizeBytes >= this.#pauseBytes;
  }

  #collect(span: EncodedSpan): void {
    if (this.#builder.wouldOverflow(span.bytes.length)) this.#seal();
    this.#builder.add(span, this.#clock.monotonicMs());
  }

  #seal(): void {
    const batch = this.#builder.seal();
    if (batch !== undefined) this.#sender.enqueue(batch);
  }

  #sealWhatIsDue(isLast: boolean): void {
    const nowMs = this.#clock.monotonicMs();
    const hasPassed = (position: number) => this.#intake.hasPassed(position);
    const isAsked = isLast || this.#flushes.needsSeal(hasPassed);
    if (this.#running.isDue(nowMs)) {
      this.#intake.releaseRunning();
      this.#seal();
    } else if (isAsked || this.#builder.isDue(nowMs)) {
      this.#seal();
    }
    this.#flushes.sealed(this.#builder.lastSequence, hasPassed, this.#scores.lastNumber);
  }

  #sweep(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#dropLog.check(this.#books.dropped(), nowMs);
    if (this.#sender.hasMetCollector && !this.#sender.isFailing && this.#closing === 'no') this.#reporter.tick();
    if (nowMs - this.#lastSweepMs < SWEEP_INTERVAL_MS) return;
    this.#lastSweepMs = nowMs;
    this.#traces.sweep(nowMs);
  }

  /** Answers what has come about: flushes, and the end. */
  #advance(): void {
    const done = this.#flushes.settle(this.#buffer.oldestSequence, this.#scores.oldestNumber);
    if (done !== undefined) {
      Atomics.store(this.#memory.slots, SLOT.FLUSH_DONE, done);
      this.#showProgress();
      this.#reply({ kind: 'flushed', sequence: done });
    }
    const isEmpty = !this.#intake.hasMore && this.#builder.isEmpty && this.#buffer.isEmpty;
    if (this.#closing === 'draining' && isEmpty && this.#scores.isEmpty) void this.#finish();
  }

  #beginClosing(): void {
    this.#closing = 'draining';
    this.#hurry(true);
    this.#running.take();
  }

  async #finish(): Promise<void> {
    this.#closing = 'reporting';
    this.#traces.close();
    this.#dropLog.check(this.#books.dropped(), this.#clock.monotonicMs());
    this.#dropLog.close();
    if (this.#sender.hasMetCollector) await this.#reporter.final();
    this.#closing = 'done';
    this.#transport.close();
    Atomics.store(this.#memory.slots, SLOT.DRAINED, 1);
    this.#showProgress();
  }

  #showProgress(): void {
    Atomics.add(this.#memory.slots, SLOT.PROGRESS, 1);
    Atomics.notify(this.#memory.slots, SLOT.PROGRESS);
  }
}
