import { OBSERVATION_LEVELS, OBSERVATION_TYPES, type ObservationLevel, type ObservationType } from '@slipstream/wire';
import { FIELD, type FLAG, HEADER_BYTES, KIND } from '../record/format.js';
import { CorruptRecordError } from './errors.js';
import { readForeign } from './foreign-reader.js';
import { mergeEntries, SpanFields, TraceFields } from './record-fields.js';
import { readScoreFields, type ScoreRecord } from './scores/score-fields.js';
import { ValueReader } from './value-reader.js';
import { readEntries, readText, readTextList } from './value-text.js';

/** A START or END record. */
export interface SpanRecord {
  readonly kind: 'start' | 'end';
  /** 32 and 16 lower-case hexadecimal digits; the parent `''` for a root. */
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly type: ObservationType;
  readonly level: ObservationLevel;
  /** FLAG bits. */
  readonly flags: number;
  /** Milliseconds of the application thread's `performance.now()`; the end is NaN while it runs. */
  readonly startMs: number;
  readonly endMs: number;
  /** 0 where the name is a field. */
  readonly nameId: number;
  readonly fields: SpanFields;
  /** Size in the ring, as a measure of what holding it costs. */
  readonly sizeBytes: number;
}

export interface TraceRecord {
  readonly kind: 'trace';
  readonly traceId: string;
  readonly fields: TraceFields;
  readonly sizeBytes: number;
}

export interface NameRecord {
  readonly kind: 'name';
  readonly nameId: number;
  readonly name: string;
}

export type DecodedRecord = SpanRecord | TraceRecord | NameRecord | ScoreRecord;

const KIND_OFFSET = 4;
const TYPE_OFFSET = 5;
const LEVEL_OFFSET = 6;
const FLAGS_OFFSET = 7;
const SPAN_ID_OFFSET = 8;
const TRACE_ID_OFFSET = 16;
const PARENT_ID_OFFSET = 32;
const START_OFFSET = 40;
const END_OFFSET = 48;
const NAME_ID_OFFSET = 56;

const HEX_BYTES: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const ZERO_SPAN_ID = '0'.repeat(16);

/**
 * Decodes records (`record/format.ts`) from the ring's bytes. What it returns shares nothing with them, so the
 * record's room can be given back at once.
 */
export class RecordReader {
  readonly #bytes: Buffer;
  readonly #words: Uint32Array;
  readonly #doubles: Float64Array;
  readonly #values: ValueReader;

  /** @param bytes the ring with its overhang, aligned to 8 bytes. */
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
    this.#doubles = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 3);
    this.#values = new ValueReader(bytes);
  }

  /** The length that the record at `offset` claims, unchecked. */
  lengthAt(offset: number): number {
    return this.#words[offset >> 2] ?? 0;
  }

  /** Whether the record at `offset` is an END, as far as its header can be trusted. */
  isEndAt(offset: number): boolean {
    return this.#bytes[offset + KIND_OFFSET] === KIND.END;
  }

  /**
   * @throws CorruptRecordError where the bytes are no record.
   */
  read(offset: number, lengthBytes: number): DecodedRecord {
    this.#values.open(offset + HEADER_BYTES, offset + lengthBytes);
    switch (this.#bytes[offset + KIND_OFFSET]) {
      case KIND.START:
        return this.#span('start', offset, lengthBytes);
      case KIND.END:
        return this.#span('end', offset, lengthBytes);
      case KIND.TRACE:
        return {
          kind: 'trace',
          traceId: this.#traceId(offset),
          fields: readTraceFields(this.#values),
          sizeBytes: lengthBytes,
        };
      case KIND.NAME:
        return { kind: 'name', nameId: this.#word(offset + NAME_ID_OFFSET), name: readName(this.#values) };
      case KIND.SCORE: {
        const atMs = this.#doubles[(offset + START_OFFSET) >> 3] ?? Number.NaN;
        return { kind: 'score', fields: readScoreFields(this.#values), atMs };
      }
      default:
        throw new CorruptRecordError('unknown kind of record');
    }
  }

  #span(kind: 'start' | 'end', offset: number, sizeBytes: number): SpanRecord {
    const type = OBSERVATION_TYPES[this.#bytes[offset + TYPE_OFFSET] ?? 0];
    const level = OBSERVATION_LEVELS[this.#bytes[offset + LEVEL_OFFSET] ?? 0];
    if (type === undefined || level === undefined) throw new CorruptRecordError('unknown type or level');
    const startMs = this.#doubles[(offset + START_OFFSET) >> 3] ?? Number.NaN;
    const endMs = this.#doubles[(offset + END_OFFSET) >> 3] ?? Number.NaN;
    if (!Number.isFinite(startMs) || (kind === 'end' && !Number.isFinite(endMs))) {
      throw new CorruptRecordError('a span without its times');
    }
    const parentSpanId = this.#hex(offset + PARENT_ID_OFFSET, 2);
    return {
      kind,
      traceId: this.#traceId(offset),
      spanId: this.#hex(offset + SPAN_ID_OFFSET, 2),
      parentSpanId: parentSpanId === ZERO_SPAN_ID ? '' : parentSpanId,
      type,
      level,
      flags: this.#bytes[offset + FLAGS_OFFSET] ?? 0,
      startMs,
      endMs,
      nameId: this.#word(offset + NAME_ID_OFFSET),
      fields: readSpanFields(this.#values),
      sizeBytes,
    };
  }

  #traceId(offset: number): string {
    return this.#hex(offset + TRACE_ID_OFFSET, 4);
  }

  /** Words are numbers in the machine's order, high word first, so that digits come out in order on any machine. */
  #hex(offset: number, wordCount: number): string {
    let hex = '';
    for (let index = 0; index < wordCount; index++) {
      const word = this.#word(offset + index * 4);
      hex += `${HEX_BYTES[word >>> 24]}${HEX_BYTES[(word >>> 16) & 255]}`;
      hex += `${HEX_BYTES[(word >>> 8) & 255]}${HEX_BYTES[word & 255]}`;
    }
    return hex;
  }

  #word(offset: number): number {
    return this.#words[offset >> 2] ?? 0;
  }
}

/** Whether a flag (FLAG) is set. */
export function hasFlag(record: SpanRecord, flag: (typeof FLAG)[keyof typeof FLAG]): boolean {
  return (record.flags & flag) !== 0;
}

function readSpanFields(values: ValueReader): SpanFields {
  const fields = new SpanFields();
  while (!values.isAtEnd) readSpanField(values, values.byte(), fields);
  return fields;
}

// One case a field, one line a case: a table of setters would hide the names and cost a closure each.
function readSpanField(values: ValueReader, field: number, fields: SpanFields): void {
  switch (field) {
    case FIELD.NAME:
      fields.name = readText(values);
      break;
    case FIELD.INPUT:
      fields.input = readText(values);
      break;
    case FIELD.OUTPUT:
      fields.output = readText(values);
      break;
    case FIELD.METADATA:
      fields.metadata = mergeEntries(fields.metadata, readEntries(values));
      break;
    case FIELD.STATUS_MESSAGE:
      fields.statusMessage = readText(values);
      break;
    case FIELD.VERSION:
      fields.version = readText(values);
      break;
    case FIELD.TRACE_STATE:
      fields.traceState = readText(values);
      break;
    case FIELD.FOREIGN:
      fields.foreign = readForeign(values);
      break;
    default:
      readGenerationField(values, field, fields);
  }
}

function readGenerationField(values: ValueReader, field: number, fields: SpanFields): void {
  switch (field) {
    case FIELD.MODEL:
      fields.model = readText(values);
      break;
    case FIELD.MODEL_PARAMETERS:
      fields.modelParameters = readText(values);
      break;
    case FIELD.USAGE_DETAILS:
      fields.usageDetails = readText(values);
      break;
    case FIELD.COST_DETAILS:
      fields.costDetails = readText(values);
      break;
    case FIELD.COMPLETION_START:
      fields.completionStartMs = Number(readText(values));
      break;
    case FIELD.PROMPT_NAME:
      fields.promptName = readText(values);
      break;
    case FIELD.PROMPT_VERSION:
      fields.promptVersion = readText(values);
      break;
    default:
      throw new CorruptRecordError(`unknown field ${field}`);
  }
}

function readTraceFields(values: ValueReader): TraceFields {
  const fields = new TraceFields();
  while (!values.isAtEnd) readTraceField(values, values.byte(), fields);
  return fields;
}

function readTraceField(values: ValueReader, field: number, fields: TraceFields): void {
  switch (field) {
    case FIELD.TRACE_NAME:
      fields.name = readText(values);
      break;
    case FIELD.USER_ID:
      fields.userId = readText(values);
      break;
    case FIELD.SESSION_ID:
      fields.sessionId = readText(values);
      break;
    case FIELD.TAGS:
      fields.tags = readTextList(values);
      break;
    case FIELD.TRACE_METADATA:
      fields.metadata = mergeEntries(fields.metadata, readEntries(values));
      break;
    case FIELD.ENVIRONMENT:
      fields.environment = readText(values);
      break;
    case FIELD.TRACE_VERSION:
      fields.version = readText(values);
      break;
    case FIELD.TRACE_INPUT:
      fields.input = readText(values);
      break;
    case FIELD.TRACE_OUTPUT:
      fields.output = readText(values);
      break;
    case FIELD.PUBLIC:
      fields.isPublic = readText(values) === 'true';
      break;
    default:
      throw new CorruptRecordError(`unknown field ${field}`);
  }
}

function readName(values: ValueReader): string {
  if (values.byte() !== FIELD.NAME) throw new CorruptRecordError('a NAME record without its name');
  return readText(values) ?? '';
}
