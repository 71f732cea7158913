import { FLAG } from '../record/format.js';
import { COUNT } from '../ring/layout.js';
import type { EncodedSpan } from './batch.js';
import type { Books } from './books.js';
import type { Clock } from './clock.js';
import type { FieldMask } from './mask/field-mask.js';
import { type DecodedRecord, hasFlag, type SpanRecord } from './record-reader.js';
import type { RingReader } from './ring-reader.js';
import type { RunningSpans } from './running-spans.js';
import type { ScoreRecord } from './scores/score-fields.js';
import type { AssembledSpan, SpanAssembler } from './span-assembler.js';
import type { SpanEncoder } from './span-encoder.js';
import type { TraceTable } from './trace-table.js';

/**
 * OTLP recommends that servers take 20 MiB and that clients send no more; some room is left for the resource and
 * the frames around a span.
 */
const MAX_SPAN_BYTES = 20 * 1024 * 1024 - 64 * 1024;

export interface IntakeParts {
  readonly ring: RingReader;
  readonly assembler: SpanAssembler;
  /** Nothing is held, shown or encoded before it went through this. */
  readonly mask: FieldMask;
  readonly traces: TraceTable;
  readonly running: RunningSpans;
  readonly encoder: SpanEncoder;
  readonly books: Books;
  readonly clock: Clock;
  /** How long one slice may take: sockets and timers of this thread wait for it. A span is never divided. */
  readonly maxSliceMs: number;
  /** Whether starts are worth telling: the backend is a collector, and answers. */
  readonly wantsRunning: () => boolean;
  /** Whether the ring is to wait, because what was taken from it waits as well. */
  readonly isPaused: () => boolean;
  /** Takes over each score. */
  readonly onScore: (score: ScoreRecord) => void;
  /** Takes over each encoded span. */
  readonly onSpan: (span: EncodedSpan) => void;
}

/** From records in the ring to encoded spans. Books each END as taken, and what cannot be encoded as dropped. */
export class Intake {
  readonly #parts: IntakeParts;
  #hasLostRecords = false;
  #quietAt = Number.NaN;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** Takes records for a few milliseconds at most; returns how many. The ring is empty afterwards unless {@link hasMore}. */
  drainSlice(): number {
    const { ring, clock, isPaused, maxSliceMs } = this.#parts;
    const deadlineMs = clock.monotonicMs() + maxSliceMs;
    for (let count = 0; ; count++) {
      if (isPaused()) return count;
      const item = ring.next();
      if (item === undefined) return count;
      if (item.kind === 'record') this.#take(item.record);
      else if (item.kind === 'resynchronised') this.#hasLostRecords = true;
      else if (item.isEnd) this.#takeUnreadable(1);
      if (clock.monotonicMs() >= deadlineMs) return count + 1;
    }
  }

  get hasMore(): boolean {
    return this.#parts.ring.position !== this.#parts.ring.writePosition();
  }

  /** Whether everything before this position has been taken. */
  hasPassed(position: number): boolean {
    // Positions turn at 2^32: the difference, not the order, tells.
    return ((this.#parts.ring.position - position) | 0) >= 0;
  }

  /**
   * After a resynchronisation nobody knows how many ENDs were stepped over, but the producer's count tells, once it
   * stands still while the ring is empty.
   */
  reconcile(isClosing: boolean): void {
    if (!this.#hasLostRecords || this.hasMore) return;
    const handedOver = this.#parts.books.read(COUNT.HANDED_OVER);
    if (handedOver === this.#quietAt || isClosing) {
      this.#hasLostRecords = false;
      this.#takeUnreadable(Math.max(0, this.#parts.books.notTaken()));
    }
    this.#quietAt = handedOver;
  }

  /** Encodes the spans that are to be shown while they run. */
  releaseRunning(): void {
    const { running, encoder, traces, onSpan } = this.#parts;
    for (const span of running.take()) {
      try {
        const bytes = encoder.encodeRunning(span, traces.peek(span.record.traceId));
        if (bytes.length <= MAX_SPAN_BYTES) onSpan({ bytes, isRunning: true });
      } catch {
        // A hint that cannot be encoded is left out; its END is tried, and counted, on its own.
      }
    }
  }

  #take(record: DecodedRecord): void {
    const { assembler, mask, traces, clock } = this.#parts;
    switch (record.kind) {
      case 'name':
        assembler.define({ ...record, name: mask.name(record.name) });
        break;
      case 'trace':
        mask.trace(record.fields);
        traces.update(record.traceId, record.fields, clock.monotonicMs());
        break;
      case 'start':
        mask.span(record, assembler.nameOf(record));
        this.#start(record);
        break;
      case 'score':
        this.#parts.onScore(record);
        break;
      case 'end':
        mask.span(record, assembler.nameOf(record));
        this.#end(record);
        break;
    }
  }

  #start(record: SpanRecord): void {
    const { assembler, running, clock, wantsRunning } = this.#parts;
    const span = assembler.begin(record);
    if (hasFlag(record, FLAG.ANNOUNCE) && wantsRunning()) running.announce(span, clock.monotonicMs());
  }

  #end(record: SpanRecord): void {
    const { assembler, running, books } = this.#parts;
    books.add(COUNT.TAKEN);
    running.ended(record.spanId);
    const span = assembler.finish(record);
    const bytes = this.#encode(span);
    if (bytes === undefined) books.drop('encode_error', 1);
    else if (bytes.length > MAX_SPAN_BYTES) books.drop('too_large', 1);
    else this.#parts.onSpan({ bytes, isRunning: false, scopeLabel: span.fields.foreign?.scopeLabel });
  }

  #encode(span: AssembledSpan): Uint8Array | undefined {
    const { encoder, traces, clock } = this.#parts;
    try {
      return encoder.encode(span, traces.take(span.record.traceId, clock.monotonicMs()));
    } catch {
      // Booked as an encode error by the caller, whatever it was: one span must not stop the others.
      return undefined;
    }
  }

  #takeUnreadable(count: number): void {
    this.#parts.books.add(COUNT.TAKEN, count);
    this.#parts.books.drop('encode_error', count);
  }
}
