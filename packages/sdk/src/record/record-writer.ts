// Hot path: a record without captured values <= 0.3 µs.
import type { TraceIdentity } from '../context/ids.js';
import type { RingWriter } from '../ring/ring-writer.js';
import type { GenerationFields, PromptReference, TraceFields } from './fields.js';
import type { ForeignSpan } from './foreign.js';
import { type ForeignRoom, writeForeign } from './foreign-writer.js';
import { FIELD, HEADER_BYTES, KIND } from './format.js';
import type { ScoreValues } from './score.js';
import { CLOSING_RESERVE_BYTES, ValueCopier } from './value-copier.js';
import { wallToClockMs } from './wall-time.js';

/** Names repeat (one a call site); past this many a name is written out in each record, so that memory stays bounded. */
const MAX_NAMES = 4096;
/** Names, models, versions, ids: long enough for any honest one. */
const MAX_LABEL_BYTES = 2048;
const MAX_STATUS_BYTES = 8192;

/** What the header of a record needs to know of a span. */
export interface SpanIdentity {
  readonly trace: TraceIdentity;
  readonly high: number;
  readonly low: number;
  readonly parentHigh: number;
  readonly parentLow: number;
  readonly typeNumber: number;
  readonly startMs: number;
  readonly name: string;
}

/** Largest record for a given capture limit: input or output, metadata, and what else a span may carry. */
export function maxRecordBytes(maxCaptureBytes: number): number {
  return HEADER_BYTES + 2 * maxCaptureBytes + 64 * 1024;
}

/** Writes whole records into the ring, or none: a record without room is counted by its caller's reason. */
export class RecordWriter {
  private readonly ring: RingWriter;
  private readonly copier: ValueCopier;
  private readonly maxCaptureBytes: number;
  private readonly maxRecordBytes: number;
  private readonly names = new Map<string, number>();
  private lastNameId = 0;
  private recordStart = 0;
  private fieldsEnd = 0;
  private readonly foreignRoom: ForeignRoom;

  constructor(ring: RingWriter, maxCaptureBytes: number) {
    this.ring = ring;
    this.copier = new ValueCopier(ring.bytes, ring.view);
    this.maxCaptureBytes = maxCaptureBytes;
    this.maxRecordBytes = maxRecordBytes(maxCaptureBytes);
    this.foreignRoom = { bytes: ring.bytes, maxValueBytes: maxCaptureBytes, endAt: 0 };
  }

  /** START record. False when the ring had no room. */
  start(span: SpanIdentity, flags: number, hasInput: boolean, input: unknown): boolean {
    const nameId = this.nameId(span.name);
    if (!this.begin(KIND.START, span.typeNumber, 1, flags, span.trace)) return false;
    this.span(span, Number.NaN, nameId);
    if (nameId === 0) this.label(FIELD.NAME, span.name);
    if (hasInput) this.field(FIELD.INPUT, input);
    return this.finish();
  }

  /** END record. False when the ring had no room. */
  end(span: SpanIdentity, endMs: number, level: number, flags: number, fields: GenerationFields | undefined): boolean {
    const nameId = this.nameId(fields?.name ?? span.name);
    if (!this.begin(KIND.END, span.typeNumber, level, flags, span.trace)) return false;
    this.span(span, endMs, nameId);
    if (nameId === 0) this.label(FIELD.NAME, fields?.name ?? span.name);
    if (span.trace.traceState !== undefined) this.label(FIELD.TRACE_STATE, span.trace.traceState);
    if (fields !== undefined && fields !== null) this.observationFields(fields, span.startMs);
    return this.finish();
  }

  /** END record of a span of the OpenTelemetry bridge. False when the ring had no room. */
  endForeign(
    span: SpanIdentity & ForeignSpan,
    endMs: number,
    level: number,
    flags: number,
    fields: GenerationFields | undefined,
  ): boolean {
    const nameId = this.nameId(span.name);
    const scopeId = this.nameId(span.scope.label);
    if (!this.begin(KIND.END, span.typeNumber, level, flags, span.trace)) return false;
    this.span(span, endMs, nameId);
    if (nameId === 0) this.label(FIELD.NAME, span.name);
    if (span.trace.traceState !== undefined) this.label(FIELD.TRACE_STATE, span.trace.traceState);
    if (fields !== undefined && fields !== null) this.observationFields(fields, span.startMs);
    this.copier.byte(FIELD.FOREIGN);
    this.foreignRoom.endAt = this.fieldsEnd;
    writeForeign(this.copier, span, scopeId, this.foreignRoom);
    return this.finish();
  }

  /** TRACE record. False when the ring had no room. */
  trace(trace: TraceIdentity, fields: TraceFields): boolean {
    if (!this.begin(KIND.TRACE, 0, 1, 0, trace)) return false;
    this.ring.words.fill(0, (this.recordStart + 32) >> 2, (this.recordStart + HEADER_BYTES) >> 2);
    this.label(FIELD.TRACE_NAME, fields.name);
    this.label(FIELD.USER_ID, fields.userId);
    this.label(FIELD.SESSION_ID, fields.sessionId);
    this.optional(FIELD.TAGS, fields.tags);
    this.optional(FIELD.TRACE_METADATA, fields.metadata);
    this.label(FIELD.TRACE_VERSION, fields.version);
    this.label(FIELD.ENVIRONMENT, fields.environment);
    this.optional(FIELD.TRACE_INPUT, fields.input);
    this.optional(FIELD.TRACE_OUTPUT, fields.output);
    this.optional(FIELD.PUBLIC, fields.public);
    return this.finish();
  }

  /** SCORE record. False when the ring had no room. */
  score(score: ScoreValues, id: string): boolean {
    if (!this.begin(KIND.SCORE, 0, 1, 0, NO_TRACE)) return false;
    this.ring.words.fill(0, (this.recordStart + 8) >> 2, (this.recordStart + HEADER_BYTES) >> 2);
    this.ring.doubles[(this.recordStart + 40) >> 3] = performance.now();
    this.label(FIELD.SCORE_ID, id);
    this.label(FIELD.SCORE_NAME, score.name);
    this.label(FIELD.SCORE_VALUE, score.value);
    this.label(FIELD.SCORE_DATA_TYPE, score.dataType);
    this.label(FIELD.SCORE_TRACE_ID, score.traceId);
    this.label(FIELD.SCORE_OBSERVATION_ID, score.observationId);
    this.label(FIELD.SCORE_SESSION_ID, score.sessionId);
    this.optional(FIELD.SCORE_COMMENT, score.comment);
    this.optional(FIELD.SCORE_METADATA, score.metadata);
    return this.finish();
  }

  /** For a new consumer, which has to be told all names again; ids are never used twice. */
  forgetNames(): void {
    this.names.clear();
  }

  private observationFields(fields: GenerationFields, startMs: number): void {
    this.optional(FIELD.INPUT, fields.input);
    this.optional(FIELD.OUTPUT, fields.output);
    this.optional(FIELD.METADATA, fields.metadata);
    if (fields.statusMessage !== undefined) this.text(FIELD.STATUS_MESSAGE, fields.statusMessage, MAX_STATUS_BYTES);
    this.label(FIELD.VERSION, fields.version);
    this.label(FIELD.MODEL, fields.model);
    this.optional(FIELD.MODEL_PARAMETERS, fields.modelParameters);
    this.optional(FIELD.USAGE_DETAILS, fields.usageDetails);
    this.optional(FIELD.COST_DETAILS, fields.costDetails);
    if (fields.completionStartTime !== undefined) this.completionStart(fields.completionStartTime, startMs);
    if (fields.prompt !== undefined && fields.prompt !== null) this.prompt(fields.prompt);
  }

  private completionStart(time: Date | number, startMs: number): void {
    const atMs = wallToClockMs(time);
    if (atMs === undefined) return;
    this.copier.byte(FIELD.COMPLETION_START);
    // Dates are whole milliseconds, so one taken right at the start can come out before it.
    this.copier.double(Math.max(atMs, startMs));
  }

  private prompt(prompt: PromptReference): void {
    try {
      if (prompt.isFallback === true) return;
      this.label(FIELD.PROMPT_NAME, prompt.name);
      this.label(FIELD.PROMPT_VERSION, prompt.version);
    } catch {
      // No reference: its own traps throw. The span goes on without it.
    }
  }

  private begin(kind: number, type: number, level: number, flags: number, trace: TraceIdentity): boolean {
    const ring = this.ring;
    const start = ring.claim();
    if (start < 0 || start + HEADER_BYTES > ring.limit) return false;
    const words = ring.words;
    const at = start >> 2;
    ring.bytes[start + 4] = kind;
    ring.bytes[start + 5] = type;
    ring.bytes[start + 6] = level;
    ring.bytes[start + 7] = flags;
    words[at + 4] = trace.word0;
    words[at + 5] = trace.word1;
    words[at + 6] = trace.word2;
    words[at + 7] = trace.word3;
    this.recordStart = start;
    this.fieldsEnd = start + this.maxRecordBytes - CLOSING_RESERVE_BYTES;
    this.copier.begin(start + HEADER_BYTES, Math.min(ring.limit, start + this.maxRecordBytes));
    return true;
  }

  private span(span: SpanIdentity, endMs: number, nameId: number): void {
    const { words, doubles } = this.ring;
    const at = this.recordStart >> 2;
    words[at + 2] = span.high;
    words[at + 3] = span.low;
    words[at + 8] = span.parentHigh;
    words[at + 9] = span.parentLow;
    doubles[(this.recordStart + 40) >> 3] = span.startMs;
    doubles[(this.recordStart + 48) >> 3] = endMs;
    words[at + 14] = nameId;
    words[at + 15] = 0;
  }

  private finish(): boolean {
    if (this.copier.overflowed) return false;
    const length = this.copier.at - this.recordStart;
    this.ring.words[this.recordStart >> 2] = length;
    this.ring.publish(length);
    return true;
  }

  /** 0 where the name has to be written out. */
  private nameId(name: string): number {
    return this.names.get(name) ?? this.defineName(name);
  }

  private defineName(name: string): number {
    const id = this.lastNameId + 1;
    if (this.names.size >= MAX_NAMES || typeof name !== 'string' || !this.begin(KIND.NAME, 0, 1, 0, NO_TRACE)) return 0;
    this.ring.words.fill(0, (this.recordStart + 8) >> 2, (this.recordStart + HEADER_BYTES) >> 2);
    this.ring.words[(this.recordStart + 56) >> 2] = id;
    this.label(FIELD.NAME, name);
    if (!this.finish()) return 0;
    this.lastNameId = id;
    this.names.set(name, id);
    return id;
  }

  private optional(field: number, value: unknown): void {
    if (value !== undefined) this.field(field, value);
  }

  private field(field: number, value: unknown): void {
    const room = this.fieldsEnd - this.copier.at;
    this.copier.byte(field);
    this.copier.value(value, Math.max(0, Math.min(this.maxCaptureBytes, room)));
  }

  /** Callers without types may pass anything where a string belongs. */
  private label(field: number, value: unknown): void {
    if (value !== undefined && value !== null) this.text(field, value, MAX_LABEL_BYTES);
  }

  private text(field: number, value: unknown, budgetBytes: number): void {
    this.copier.byte(field);
    this.copier.value(value, budgetBytes);
  }
}

const NO_TRACE: TraceIdentity = { word0: 0, word1: 0, word2: 0, word3: 0, sampled: true, traceState: undefined };
