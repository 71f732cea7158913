import { WireError } from '../errors.js';
import { type TextWriter, webTextWriter } from './text-writer.js';
import { varintSizeBytes } from './wire-type.js';

const DEFAULT_CAPACITY_BYTES = 1024;

/** A writer that is reset gives a buffer above this back, so that one huge value does not stay for good. */
const RETAINED_CAPACITY_BYTES = 4 * 1024 * 1024;

/** The largest message protobuf allows. */
const MAX_MESSAGE_BYTES = 0x7fffffff;

/**
 * Writes protobuf fields into a buffer that grows. Methods take whole tags (`field number << 3 | wire type`).
 * Nested messages are written in place between {@link beginMessage} and {@link endMessage}.
 */
export class ProtobufWriter {
  private buffer: Uint8Array;
  private view: DataView;
  private offset = 0;
  private readonly text: TextWriter;
  /** Where each open message's content starts, and how many bytes were reserved for its length. */
  private readonly open: number[] = [];

  constructor(textWriter: TextWriter = webTextWriter, capacityBytes: number = DEFAULT_CAPACITY_BYTES) {
    this.buffer = new Uint8Array(Math.max(capacityBytes, 16));
    this.view = new DataView(this.buffer.buffer);
    this.text = textWriter;
  }

  /** Bytes written so far. */
  get sizeBytes(): number {
    return this.offset;
  }

  /** A copy of what was written. */
  toBytes(): Uint8Array {
    return this.buffer.slice(0, this.offset);
  }

  /** What was written, without a copy: valid until the next write or {@link reset}. */
  asView(): Uint8Array {
    return this.buffer.subarray(0, this.offset);
  }

  /** Forgets what was written and keeps the buffer. */
  reset(): void {
    this.offset = 0;
    this.open.length = 0;
    if (this.buffer.length > RETAINED_CAPACITY_BYTES) this.replaceBuffer(new Uint8Array(DEFAULT_CAPACITY_BYTES));
  }

  /** A varint field of a non-negative integer below 2^32 (uint32, enum, bool). */
  varintField(tag: number, value: number): void {
    this.reserve(10);
    this.putVarint(tag);
    this.putVarint(value >>> 0);
  }

  /** An int64 field; a negative value takes 10 bytes. `value` MUST be in the range of int64. */
  int64Field(tag: number, value: bigint): void {
    this.reserve(15);
    this.putVarint(tag);
    this.putVarint64(value);
  }

  /** An int32 field: a negative value is sign-extended to 64 bits, as protobuf wants it. */
  int32Field(tag: number, value: number): void {
    if (value < 0) this.int64Field(tag, BigInt(value | 0));
    else this.varintField(tag, value);
  }

  fixed32Field(tag: number, value: number): void {
    this.reserve(9);
    this.putVarint(tag);
    this.view.setUint32(this.offset, value, true);
    this.offset += 4;
  }

  /** A fixed64 field; bits above 64 are cut. */
  fixed64Field(tag: number, value: bigint): void {
    this.reserve(13);
    this.putVarint(tag);
    this.view.setBigUint64(this.offset, value, true);
    this.offset += 8;
  }

  doubleField(tag: number, value: number): void {
    this.reserve(13);
    this.putVarint(tag);
    this.view.setFloat64(this.offset, value, true);
    this.offset += 8;
  }

  stringField(tag: number, value: string): void {
    this.reserve(10 + value.length * 3);
    this.putVarint(tag);
    // Exact for ASCII; other text may need one length byte more, and is then moved.
    const reserved = varintSizeBytes(value.length);
    const start = this.offset + reserved;
    const sizeBytes = this.text.write(this.buffer, value, start);
    this.patchLength(start, reserved, sizeBytes);
  }

  bytesField(tag: number, value: Uint8Array): void {
    this.reserve(10 + value.length);
    this.putVarint(tag);
    this.putVarint(value.length);
    this.buffer.set(value, this.offset);
    this.offset += value.length;
  }

  /** A bytes field given as hexadecimal digits, of either case. */
  hexField(tag: number, hex: string): void {
    const sizeBytes = hex.length >>> 1;
    this.reserve(10 + sizeBytes);
    this.putVarint(tag);
    this.putVarint(sizeBytes);
    for (let index = 0; index < hex.length; index += 2) {
      const high = hexDigitValue(hex.charCodeAt(index));
      const low = hexDigitValue(hex.charCodeAt(index + 1));
      // -1 in either makes the whole negative; past the end of an odd length `charCodeAt` gives NaN, which is -1 too.
      const byte = (high << 4) | low;
      if (byte < 0) throw new WireError('invalid_id', 'an id to write must be an even number of hexadecimal digits');
      this.buffer[this.offset] = byte;
      this.offset += 1;
    }
  }

  /** Bytes that are fields already, copied as they are. */
  rawFields(fields: Uint8Array): void {
    this.reserve(fields.length);
    this.buffer.set(fields, this.offset);
    this.offset += fields.length;
  }

  /**
   * Opens a nested message. `expectedBytes` is a guess of its size: a right order of magnitude spares moving the
   * content when the message is closed, a wrong one costs just that.
   */
  beginMessage(tag: number, expectedBytes = 0): void {
    this.reserve(10);
    this.putVarint(tag);
    const reserved = varintSizeBytes(expectedBytes);
    this.offset += reserved;
    this.open.push(this.offset, reserved);
  }

  /** Closes the message that was opened last, and writes its length. */
  endMessage(): void {
    const reserved = this.open.pop() ?? 1;
    const start = this.open.pop() ?? 0;
    const sizeBytes = this.offset - start;
    // Moving the content may need up to four bytes more than are there.
    this.reserve(4);
    this.patchLength(start, reserved, sizeBytes);
  }

  private patchLength(start: number, reserved: number, sizeBytes: number): void {
    const needed = varintSizeBytes(sizeBytes);
    const lengthOffset = start - reserved;
    if (needed !== reserved) this.buffer.copyWithin(lengthOffset + needed, start, start + sizeBytes);
    this.offset = lengthOffset;
    this.putVarint(sizeBytes);
    this.offset = lengthOffset + needed + sizeBytes;
  }

  private putVarint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.buffer[this.offset] = (rest & 0x7f) | 0x80;
      this.offset += 1;
      rest >>>= 7;
    }
    this.buffer[this.offset] = rest;
    this.offset += 1;
  }

  /** Two's complement in 64 bits, as two halves so that the loop needs no bigint. */
  private putVarint64(value: bigint): void {
    const bits = BigInt.asUintN(64, value);
    let low = Number(bits & 0xffffffffn);
    let high = Number(bits >> 32n);
    while (high > 0 || low > 0x7f) {
      this.buffer[this.offset] = (low & 0x7f) | 0x80;
      this.offset += 1;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    this.buffer[this.offset] = low;
    this.offset += 1;
  }

  private reserve(sizeBytes: number): void {
    const needed = this.offset + sizeBytes;
    if (needed <= this.buffer.length) return;
    if (needed > MAX_MESSAGE_BYTES) throw new WireError('length_out_of_range', 'a message must be below 2 GiB');
    const grown = new Uint8Array(Math.max(needed, this.buffer.length * 2));
    grown.set(this.buffer.subarray(0, this.offset));
    this.replaceBuffer(grown);
  }

  private replaceBuffer(buffer: Uint8Array): void {
    this.buffer = buffer;
    this.view = new DataView(buffer.buffer);
  }
}

/** 0 to 15, or -1 for a character that is no hexadecimal digit. */
export function hexDigitValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
