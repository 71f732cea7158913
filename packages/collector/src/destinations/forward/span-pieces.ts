import { ATTRIBUTE, LENGTH_DELIMITED, ProtobufReader, VARINT } from '@slipstream/wire';

/**
 * One span of a queue entry, as the bytes that it came in, so that it can be put into another request without being
 * read and written again: whatever a newer OTLP has in it goes along.
 */
export interface SpanPiece {
  readonly traceId: string;
  readonly spanId: string;
  /** The fields of its `ResourceSpans` but the scopes: resource and schema address. */
  readonly resourceFields: Uint8Array;
  /** The fields of its `ScopeSpans` but the spans. */
  readonly scopeFields: Uint8Array;
  /** The fields of the `Span`, without what only Slipstream's collectors want. */
  readonly spanFields: Uint8Array;
  /** When it was first known to wait, by `performance.now()`. */
  readonly bornAtMs: number;
}

/** A span that has begun; only Slipstream's collectors are sent such. */
export interface RunningSpan {
  readonly traceId: string;
  readonly spanId: string;
}

export interface EntrySpans {
  readonly pieces: readonly SpanPiece[];
  readonly running: readonly RunningSpan[];
  /** Spans without proper ids: one would have the backend refuse its whole request. */
  readonly invalid: readonly SpanPiece[];
}

/** `opentelemetry/proto/trace/v1/trace.proto`: field number and wire type. */
export const TAG = {
  requestResourceSpans: (1 << 3) | LENGTH_DELIMITED,
  resourceSpansScopeSpans: (2 << 3) | LENGTH_DELIMITED,
  scopeSpansSpans: (2 << 3) | LENGTH_DELIMITED,
  spanTraceId: (1 << 3) | LENGTH_DELIMITED,
  spanSpanId: (2 << 3) | LENGTH_DELIMITED,
  spanAttributes: (9 << 3) | LENGTH_DELIMITED,
  keyValueKey: (1 << 3) | LENGTH_DELIMITED,
  keyValueValue: (2 << 3) | LENGTH_DELIMITED,
  anyValueBool: (2 << 3) | VARINT,
} as const;

const OWN_PREFIX = Buffer.from('slipstream.');
const RUNNING_KEY = ATTRIBUTE.spanRunning;

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;
const ZEROS = /^0*$/;

/**
 * Takes an `ExportTraceServiceRequest` apart.
 * @throws WireError where the bytes are none.
 */
export function takeApart(payload: Uint8Array, bornAtMs: number): EntrySpans {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  return new EntryReading(bytes, bornAtMs).read();
}

/** Where a message's fields are, without those of one tag. */
interface FieldRanges {
  readonly ranges: (readonly [number, number])[];
}

class EntryReading {
  readonly #bytes: Buffer;
  readonly #reader: ProtobufReader;
  readonly #bornAtMs: number;
  readonly #pieces: SpanPiece[] = [];
  readonly #running: RunningSpan[] = [];
  readonly #invalid: SpanPiece[] = [];

  constructor(bytes: Buffer, bornAtMs: number) {
    this.#bytes = bytes;
    this.#reader = new ProtobufReader(bytes);
    this.#bornAtMs = bornAtMs;
  }

  read(): EntrySpans {
    const reader = this.#reader;
    while (reader.hasMore()) {
      const tag = reader.readTag();
      if (tag === TAG.requestResourceSpans) this.#readResourceSpans();
      else reader.skip(tag);
    }
    return { pieces: this.#pieces, running: this.#running, invalid: this.#invalid };
  }

  /** In two passes, since the resource may come behind its spans. */
  #readResourceSpans(): void {
    const reader = this.#reader;
    const outerLimit = reader.enterMessage();
    const scopes: number[] = [];
    const resourceFields = this.#otherFields(TAG.resourceSpansScopeSpans, scopes);
    for (const offset of scopes) {
      reader.offset = offset;
      this.#readScopeSpans(resourceFields);
    }
    reader.leaveMessage(outerLimit);
  }

  #readScopeSpans(resourceFields: Uint8Array): void {
    const reader = this.#reader;
    const outerLimit = reader.enterMessage();
    const spans: number[] = [];
    const scopeFields = this.#otherFields(TAG.scopeSpansSpans, spans);
    for (const offset of spans) {
      reader.offset = offset;
      this.#readSpan(resourceFields, scopeFields);
    }
    reader.leaveMessage(outerLimit);
  }

  /** The fields of the message that are not of a tag; where those of the tag begin goes into `offsets`. */
  #otherFields(wanted: number, offsets: number[]): Uint8Array {
    const reader = this.#reader;
    const others: FieldRanges = { ranges: [] };
    while (reader.hasMore()) {
      const start = reader.offset;
      const tag = reader.readTag();
      if (tag === wanted) {
        offsets.push(reader.offset);
        reader.skip(tag);
      } else {
        reader.skip(tag);
        addRange(others, start, reader.offset);
      }
    }
    return this.#join(others);
  }

  #readSpan(resourceFields: Uint8Array, scopeFields: Uint8Array): void {
    const reader = this.#reader;
    const outerLimit = reader.enterMessage();
    const kept: FieldRanges = { ranges: [] };
    let traceId: string | undefined;
    let spanId: string | undefined;
    let isRunning = false;
    while (reader.hasMore()) {
      const start = reader.offset;
      const tag = reader.readTag();
      let isOwn = false;
      if (tag === TAG.spanTraceId) traceId = reader.readHex(TRACE_ID_BYTES);
      else if (tag === TAG.spanSpanId) spanId = reader.readHex(SPAN_ID_BYTES);
      else if (tag === TAG.spanAttributes) {
        const own = this.#readOwnAttribute();
        isOwn = own !== undefined;
        isRunning ||= own === 'running';
      } else reader.skip(tag);
      if (!isOwn) addRange(kept, start, reader.offset);
    }
    reader.leaveMessage(outerLimit);
    this.#add({ traceId: traceId ?? '', spanId: spanId ?? '', isRunning }, resourceFields, scopeFields, kept);
  }

  #add(
    { traceId, spanId, isRunning }: { traceId: string; spanId: string; isRunning: boolean },
    resourceFields: Uint8Array,
    scopeFields: Uint8Array,
    kept: FieldRanges,
  ): void {
    if (isRunning) {
      this.#running.push({ traceId, spanId });
      return;
    }
    const spanFields = this.#join(kept);
    const piece = { traceId, spanId, resourceFields, scopeFields, spanFields, bornAtMs: this.#bornAtMs };
    const isValid = !ZEROS.test(traceId) && !ZEROS.test(spanId);
    (isValid ? this.#pieces : this.#invalid).push(piece);
  }

  /** Whether an attribute is one of ours, and says that the span runs. */
  #readOwnAttribute(): 'running' | 'other' | undefined {
    const reader = this.#reader;
    const outerLimit = reader.enterMessage();
    let key = '';
    let isTrue = false;
    while (reader.hasMore()) {
      const tag = reader.readTag();
      if (tag === TAG.keyValueKey) key = this.#readOwnKey();
      else if (tag === TAG.keyValueValue && key !== '') isTrue = this.#readTrue();
      else reader.skip(tag);
    }
    reader.leaveMessage(outerLimit);
    if (key === '') return undefined;
    return key === RUNNING_KEY && isTrue ? 'running' : 'other';
  }

  /** The key where it is one of ours, else `''`: nearly all are others', and need not become text. */
  #readOwnKey(): string {
    const reader = this.#reader;
    const outerLimit = reader.enterMessage();
    const { offset, limit } = reader;
    reader.leaveMessage(outerLimit);
    if (this.#bytes[offset] !== OWN_PREFIX[0] || limit - offset < OWN_PREFIX.length) return '';
    const isOwn = this.#bytes.subarray(offset, offset + OWN_PREFIX.length).equals(OWN_PREFIX);
    return isOwn ? this.#bytes.toString('utf8', offset, limit) : '';
  }

  #readTrue(): boolean {
    const reader = this.#reader;
    const outerLimit = reader.enterMessage();
    let isTrue = false;
    while (reader.hasMore()) {
      const tag = reader.readTag();
      if (tag === TAG.anyValueBool) isTrue = reader.readBool();
      else reader.skip(tag);
    }
    reader.leaveMessage(outerLimit);
    return isTrue;
  }

  #join({ ranges }: FieldRanges): Uint8Array {
    const [first] = ranges;
    if (first === undefined) return Buffer.alloc(0);
    if (ranges.length === 1) return this.#bytes.subarray(first[0], first[1]);
    return Buffer.concat(ranges.map(([start, end]) => this.#bytes.subarray(start, end)));
  }
}

function addRange({ ranges }: FieldRanges, start: number, end: number): void {
  const last = ranges.at(-1);
  if (last !== undefined && last[1] === start) ranges[ranges.length - 1] = [last[0], end];
  else ranges.push([start, end]);
}
