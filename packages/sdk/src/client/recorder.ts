// Hot path: start and end of a span without captured values <= 0.6 µs together.
import type { ActiveContext } from '../context/active-span.js';
import { IdSource, type TraceIdentity, traceIdToHex } from '../context/ids.js';
import {
  type GenerationFields,
  LEVEL,
  levelNumberOf,
  type TraceFields,
  TYPE_EVENT,
  TYPE_GENERATION,
} from '../record/fields.js';
import type { ForeignSpan } from '../record/foreign.js';
import { FLAG } from '../record/format.js';
import { RecordWriter } from '../record/record-writer.js';
import { readScore, type ScoreFields, type ScoreTarget } from '../record/score.js';
import { COUNT } from '../ring/layout.js';
import { count, type RingWriter } from '../ring/ring-writer.js';
import { ObservationHandle } from './observation-handle.js';

/** What `start` needs besides the parent. */
export interface SpanStart {
  readonly name: string;
  readonly type: number;
  readonly hasInput: boolean;
  readonly input: unknown;
}

const TWO_TO_32 = 4294967296;

/**
 * Turns the beginnings and ends of spans into records. One per client and thread; total: nothing here throws for
 * any argument, and a fault in copying costs that span alone.
 */
export class Recorder {
  readonly counts: Float64Array;
  /** Most bytes that are copied of one value. */
  readonly maxCaptureBytes: number;
  /** Whether results are copied unless a call says otherwise. */
  captureOutput = true;
  private readonly writer: RecordWriter;
  private readonly ids = new IdSource();
  private readonly sampleBelow: number;
  private closed = false;

  constructor(ring: RingWriter, maxCaptureBytes: number, sampleRate: number) {
    this.counts = ring.counts;
    this.maxCaptureBytes = maxCaptureBytes;
    this.writer = new RecordWriter(ring, maxCaptureBytes);
    this.sampleBelow = sampleRate * TWO_TO_32;
  }

  /** By the trace id's lowest word, so that services with one rate agree on each trace. */
  isSampled = (lowWord: number): boolean => lowWord >>> 0 < this.sampleBelow;

  start(begin: SpanStart, parent: ActiveContext | undefined, startMs: number = performance.now()): ObservationHandle {
    const trace = parent === undefined ? this.newTrace() : parent.trace;
    const isLocalRoot = parent === undefined || parent.local === undefined;
    const handle = new ObservationHandle(
      this,
      trace,
      this.ids.next(),
      this.ids.nextNonZero(),
      parent === undefined ? 0 : parent.high,
      parent === undefined ? 0 : parent.low,
      begin.type,
      begin.name,
      isLocalRoot ? FLAG.LOCAL_ROOT : 0,
      startMs,
      parent === undefined ? undefined : parent.surrounding,
    );
    count(this.counts, COUNT.STARTED);
    if (!trace.sampled) count(this.counts, COUNT.SAMPLED_OUT);
    else if (begin.hasInput || begin.type === TYPE_GENERATION || (isLocalRoot && begin.type !== TYPE_EVENT)) {
      this.writeStart(handle, begin, isLocalRoot);
    }
    return handle;
  }

  end(handle: ObservationHandle, endMs: number, fields: GenerationFields | undefined): void {
    if (!handle.trace.sampled) return;
    if (this.closed) {
      count(this.counts, COUNT.DROPPED_AFTER_SHUTDOWN);
      return;
    }
    try {
      const level = fields?.level === undefined ? LEVEL.DEFAULT : levelNumberOf(fields.level);
      const handedOver = this.writer.end(handle, endMs, level, handle.flags, fields);
      count(this.counts, handedOver ? COUNT.HANDED_OVER : COUNT.DROPPED_RING_FULL);
    } catch {
      // The copier guards what values do; getters of the fields object itself end here.
      count(this.counts, COUNT.DROPPED_COPY_ERROR);
    }
  }

  updateTrace(trace: TraceIdentity, fields: TraceFields): void {
    if (!trace.sampled) return;
    try {
      if (this.closed || !this.writer.trace(trace, fields)) count(this.counts, COUNT.LOST_UPDATES);
    } catch {
      // As in `end`: an update that cannot be copied is counted, never thrown.
      count(this.counts, COUNT.LOST_UPDATES);
    }
  }

  /** A new consumer reads the ring. */
  onNewConsumer = (): void => this.writer.forgetNames();

  /** Spans that end from now on are counted and dropped. */
  close(): void {
    this.closed = true;
  }

  private newTrace(): TraceIdentity {
    const ids = this.ids;
    const word3 = ids.nextNonZero();
    return {
      word0: ids.next(),
      word1: ids.next(),
      word2: ids.next(),
      word3,
      sampled: this.isSampled(word3),
      traceState: undefined,
    };
  }

  private writeStart(handle: ObservationHandle, begin: SpanStart, isLocalRoot: boolean): void {
    const announced = isLocalRoot || begin.type === TYPE_GENERATION;
    const flags = handle.flags | (announced ? FLAG.ANNOUNCE : 0);
    let written = false;
    try {
      written = !this.closed && this.writer.start(handle, flags, begin.hasInput, begin.input);
    } catch {
      // Counted below as a start without room: the span itself lives on.
      written = false;
    }
    if (written) {
      handle.flags |= FLAG.HAS_START;
    } else if (begin.hasInput) {
      handle.flags |= FLAG.INPUT_LOST;
      count(this.counts, COUNT.LOST_INPUTS);
    }
  }

  /** An update of a span that has ended. */
  lostUpdate(trace: TraceIdentity): void {
    if (trace.sampled) count(this.counts, COUNT.LOST_UPDATES);
  }

  /**
   * Hands a score over.
   * @param isSampled whether the trace that it is about is kept; `undefined` where its ids come from elsewhere.
   * @returns why it is none, or `undefined`
   */
  score(fields: ScoreFields, target: ScoreTarget, isSampled: boolean | undefined): string | undefined {
    let isHandedOver = false;
    let problem: string | undefined;
    try {
      const score = readScore(fields, target);
      if (typeof score === 'string') problem = score;
      else if (!(isSampled ?? this.keeps(score.traceId))) return undefined;
      else isHandedOver = !this.closed && this.writer.score(score, score.id ?? traceIdToHex(this.newTrace()));
    } catch {
      problem = 'it cannot be read';
    }
    count(this.counts, COUNT.SCORES_MADE);
    if (!isHandedOver) count(this.counts, COUNT.SCORES_REFUSED);
    return problem;
  }

  /** Whether this process would have kept that trace: all services decide alike, by the id. */
  private keeps(traceId: string | undefined): boolean {
    if (traceId === undefined || !/^[0-9a-f]{32}$/.test(traceId)) return true;
    return this.isSampled(Number.parseInt(traceId.slice(24), 16));
  }

  /** Counts a span of the OpenTelemetry bridge as begun, and announces the first of its trace in this process. */
  startForeign(span: ObservationHandle, isLocalRoot: boolean): void {
    count(this.counts, COUNT.STARTED);
    if (!span.trace.sampled) count(this.counts, COUNT.SAMPLED_OUT);
    else if (isLocalRoot) this.writeStart(span, NOTHING_CAPTURED, true);
  }

  /** As `end`, for a span of the OpenTelemetry bridge; `fields` are what was set on it by other means than that. */
  endForeign(span: ObservationHandle & ForeignSpan, endMs: number, fields: GenerationFields | undefined): void {
    if (!span.trace.sampled) return;
    if (this.closed) {
      count(this.counts, COUNT.DROPPED_AFTER_SHUTDOWN);
      return;
    }
    try {
      const level = fields?.level === undefined ? LEVEL.DEFAULT : levelNumberOf(fields.level);
      const handedOver = this.writer.endForeign(span, endMs, level, span.flags, fields);
      count(this.counts, handedOver ? COUNT.HANDED_OVER : COUNT.DROPPED_RING_FULL);
    } catch {
      // As in `end`.
      count(this.counts, COUNT.DROPPED_COPY_ERROR);
    }
  }
}

const NOTHING_CAPTURED: SpanStart = { name: '', type: 0, hasInput: false, input: undefined };
