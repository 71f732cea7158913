import { FIELD, HEADER_BYTES, KIND, TAG } from '../../src/record/format.js';
import { align, CONTROL_BYTES, COUNT, distance, nextPosition, type RingMemory, SLOT } from '../../src/ring/layout.js';

/** Written from `record/format.ts` alone, without the product's writer, so that each tests the other. */
export class ByteWriter {
  readonly #parts: Buffer[] = [];

  byte(value: number): this {
    this.#parts.push(Buffer.from([value]));
    return this;
  }

  uint32(value: number): this {
    this.#parts.push(Buffer.from(new Uint32Array([value]).buffer));
    return this;
  }

  double(value: number): this {
    this.#parts.push(Buffer.from(new Float64Array([value]).buffer));
    return this;
  }

  raw(bytes: Uint8Array): this {
    this.#parts.push(Buffer.from(bytes));
    return this;
  }

  toBuffer(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

export type StringForm = 'short' | 'latin1' | 'utf16';

export function encodeString(text: string, form: StringForm = formOf(text)): Buffer {
  if (form === 'short') {
    return new ByteWriter().byte(TAG.SHORT_LATIN1).byte(text.length).raw(Buffer.from(text, 'latin1')).toBuffer();
  }
  const bytes = Buffer.from(text, form === 'utf16' ? 'utf16le' : 'latin1');
  return new ByteWriter()
    .byte(form === 'utf16' ? TAG.UTF16 : TAG.LATIN1)
    .uint32(bytes.length)
    .raw(bytes)
    .toBuffer();
}

function formOf(text: string): StringForm {
  if (Buffer.from(text, 'latin1').toString('latin1') !== text) return 'utf16';
  return text.length <= 16 ? 'short' : 'latin1';
}

/** A JSON-like value (undefined, bigint, Date and Map included) as tagged bytes. */
export function encodeValue(value: unknown): Buffer {
  const out = new ByteWriter();
  if (value === null) return out.byte(TAG.NULL).toBuffer();
  if (value === undefined) return out.byte(TAG.UNDEFINED).toBuffer();
  if (typeof value === 'boolean') return out.byte(value ? TAG.TRUE : TAG.FALSE).toBuffer();
  if (typeof value === 'number') return encodeNumber(value);
  if (typeof value === 'string') return encodeString(value);
  if (typeof value === 'bigint')
    return out
      .byte(TAG.BIGINT)
      .raw(encodeString(String(value)))
      .toBuffer();
  if (value instanceof Date) return out.byte(TAG.DATE).double(value.getTime()).toBuffer();
  if (value instanceof Map) {
    out.byte(TAG.MAP).double(value.size);
    for (const [key, item] of value) out.raw(encodeValue(key)).raw(encodeValue(item));
    return out.byte(TAG.END).toBuffer();
  }
  if (Array.isArray(value)) {
    out.byte(TAG.ARRAY);
    for (const item of value) out.raw(encodeValue(item));
    return out.byte(TAG.END).toBuffer();
  }
  out.byte(TAG.OBJECT);
  for (const [key, item] of Object.entries(value)) out.raw(encodeString(key)).raw(encodeValue(item));
  return out.byte(TAG.END).toBuffer();
}

function encodeNumber(value: number): Buffer {
  if ((value | 0) === value && !Object.is(value, -0)) {
    return new ByteWriter()
      .byte(TAG.INT32)
      .uint32(value >>> 0)
      .toBuffer();
  }
  return new ByteWriter().byte(TAG.DOUBLE).double(value).toBuffer();
}

/** A field whose value is encoded as above, or given as bytes. */
export type Field = readonly [field: (typeof FIELD)[keyof typeof FIELD], value: unknown];

export interface TestRecord {
  readonly kind: (typeof KIND)[keyof typeof KIND];
  readonly type?: number;
  readonly level?: number;
  readonly flags?: number;
  /** 16 and 32 hexadecimal digits. */
  readonly spanId?: string;
  readonly traceId?: string;
  readonly parentSpanId?: string;
  readonly startMs?: number;
  readonly endMs?: number;
  readonly nameId?: number;
  readonly fields?: readonly Field[];
}

export const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
export const SPAN_ID = 'b7ad6b7169203331';

export function encodeRecord(record: TestRecord): Buffer {
  const fields = (record.fields ?? []).map(([field, value]) => {
    const bytes = Buffer.isBuffer(value) ? value : encodeValue(value);
    return Buffer.concat([Buffer.from([field]), bytes]);
  });
  const bytes = Buffer.concat([Buffer.alloc(HEADER_BYTES), ...fields]);
  const words = new Uint32Array(HEADER_BYTES / 4);
  const doubles = new Float64Array(words.buffer);
  const header = new Uint8Array(words.buffer);
  words[0] = bytes.length;
  header[4] = record.kind;
  header[5] = record.type ?? 0;
  header[6] = record.level ?? 1;
  header[7] = record.flags ?? 0;
  putHex(words, 2, record.spanId ?? SPAN_ID);
  putHex(words, 4, record.traceId ?? TRACE_ID);
  putHex(words, 8, record.parentSpanId ?? '0'.repeat(16));
  doubles[5] = record.startMs ?? 1;
  doubles[6] = record.endMs ?? (record.kind === KIND.END ? 2 : Number.NaN);
  words[14] = record.nameId ?? 0;
  bytes.set(header);
  return bytes;
}

function putHex(words: Uint32Array, at: number, hex: string): void {
  for (let index = 0; index < hex.length / 8; index++) {
    words[at + index] = Number.parseInt(hex.slice(index * 8, index * 8 + 8), 16);
  }
}

/** The producer's side of a ring, as the layout's contract has it, in plain steps. */
export class TestProducer {
  readonly memory: RingMemory;
  readonly #bytes: Buffer;

  constructor(memory: RingMemory) {
    this.memory = memory;
    this.#bytes = Buffer.from(memory.shared, CONTROL_BYTES);
  }

  get writePosition(): number {
    return Atomics.load(this.memory.slots, SLOT.WRITE_POSITION);
  }

  /** Starts the ring at another position, as if that many bytes had gone through it. Before any reader opens it. */
  startAt(position: number): void {
    Atomics.store(this.memory.slots, SLOT.WRITE_POSITION, position | 0);
    Atomics.store(this.memory.slots, SLOT.READ_POSITION, position | 0);
  }

  /** Writes a record, or returns false when there is no room. Counts ENDs as the recorder does. */
  write(record: TestRecord | Buffer): boolean {
    const bytes = Buffer.isBuffer(record) ? record : encodeRecord(record);
    const { capacityBytes, slots } = this.memory;
    const position = this.writePosition;
    const readPosition = Atomics.load(slots, SLOT.READ_POSITION);
    const offset = position & (capacityBytes - 1);
    const readOffset = readPosition & (capacityBytes - 1);
    const used = distance(readPosition, position);
    const room =
      used > 0 && readOffset >= offset ? readOffset - offset : capacityBytes + this.memory.overhangBytes - offset;
    if (align(bytes.length) > Math.min(room, this.memory.overhangBytes)) return false;
    this.#bytes.set(bytes, offset);
    Atomics.store(slots, SLOT.WRITE_POSITION, nextPosition(position, bytes.length, capacityBytes));
    if (bytes[4] === KIND.END) this.count(COUNT.HANDED_OVER);
    return true;
  }

  /** A whole span: counted as begun, and handed over by its END record. */
  span(record: Partial<TestRecord> & { readonly name?: string } = {}): boolean {
    this.count(COUNT.STARTED);
    const { name = 'test span', fields = [], ...rest } = record;
    return this.write({ ...rest, kind: KIND.END, fields: [[FIELD.NAME, name], ...fields] });
  }

  /** Overwrites bytes of the ring, relative to its start. */
  corrupt(offset: number, bytes: Uint8Array): void {
    this.#bytes.set(bytes, offset);
  }

  count(slot: (typeof COUNT)[keyof typeof COUNT]): void {
    this.memory.counts[slot] = (this.memory.counts[slot] ?? 0) + 1;
  }
}

/** A span id for a number. */
export function spanId(number: number): string {
  return (number + 1).toString(16).padStart(16, '0');
}
