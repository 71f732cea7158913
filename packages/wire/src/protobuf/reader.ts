import { WireError } from '../errors.js';
import { decodeUtf8, LOOP_LENGTH, TextInterner } from './text-reader.js';
import { FIXED32, FIXED64, LENGTH_DELIMITED, VARINT } from './wire-type.js';

/** Tells whether bytes are well-formed UTF-8, as `isUtf8` of Node's `buffer` does. */
export type Utf8Check = (bytes: Uint8Array) => boolean;

const TWO_TO_32 = 0x100000000;

/** Two hexadecimal digits of each byte. */
const HEX_OF_BYTE: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * Reads protobuf fields out of bytes that nobody vouches for. Every read is checked against the end of the innermost
 * open message before anything is made of it; every fault is a {@link WireError}. Nothing read refers to the bytes
 * afterwards.
 */
export class ProtobufReader {
  /** Where the next byte is. */
  offset = 0;
  /** Where the message being read ends. */
  limit: number;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly interner = new TextInterner();
  /** Upper half of the varint that {@link readVarintHalves} read last. */
  private highBits = 0;

  constructor(bytes: Uint8Array) {
    // Never a subclass: `slice` of Node's `Buffer` is a view, and what is read must not refer to the bytes.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.limit = bytes.length;
  }

  hasMore(): boolean {
    return this.offset < this.limit;
  }

  /**
   * A field's number and wire type, as one number (`field number << 3 | wire type`).
   * @throws WireError for field 0, numbers above 2^29 - 1, and wire types 3, 4, 6 and 7.
   */
  readTag(): number {
    const tag = this.readVarintHalves();
    if (this.highBits !== 0) throw new WireError('field_number_out_of_range', 'a field number exceeds 2^29 - 1');
    const wireType = tag & 7;
    if (wireType === 3 || wireType === 4) throw new WireError('group_wire_type', 'a group, which proto3 does not use');
    if (wireType > FIXED32) throw new WireError('unknown_wire_type', `wire type ${wireType} does not exist`);
    if (tag < 8) throw new WireError('field_number_zero', 'field number 0');
    return tag;
  }

  /** A uint32 or enum: the low 32 bits, as protobuf has it. */
  readUint32(): number {
    return this.readVarintHalves();
  }

  readInt32(): number {
    return this.readVarintHalves() | 0;
  }

  readBool(): boolean {
    return this.readVarintHalves() !== 0 || this.highBits !== 0;
  }

  readInt64(): bigint {
    const low = this.readVarintHalves();
    const high = this.highBits;
    if (high === 0) return BigInt(low);
    return BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low));
  }

  readFixed32(): number {
    const at = this.advance(4);
    return this.view.getUint32(at, true);
  }

  readFixed64(): bigint {
    const at = this.advance(8);
    return this.view.getBigUint64(at, true);
  }

  readDouble(): number {
    const at = this.advance(8);
    return this.view.getFloat64(at, true);
  }

  readString(): string {
    const length = this.readLength();
    const start = this.offset;
    this.offset = start + length;
    return decodeUtf8(this.bytes, start, start + length);
  }

  /** As {@link readString}, for texts that come often: equal ones are given as one string. */
  readInternedString(): string {
    const length = this.readLength();
    const start = this.offset;
    this.offset = start + length;
    return this.interner.decode(this.bytes, start, start + length);
  }

  /**
   * Passes over a string and tells whether it is one, by the caller's check for long ones.
   * @throws WireError where it does not fit.
   */
  checkString(isUtf8: Utf8Check): boolean {
    const length = this.readLength();
    const start = this.offset;
    this.offset = start + length;
    if (length > LOOP_LENGTH) return isUtf8(this.bytes.subarray(start, this.offset));
    for (let index = start; index < this.offset; index += 1) {
      if ((this.bytes[index] ?? 0) > 0x7f) return isUtf8(this.bytes.subarray(start, this.offset));
    }
    return true;
  }

  /**
   * Passes over a bytes field.
   * @returns its length; negative where all of it is zero
   */
  skipId(): number {
    const length = this.readLength();
    const start = this.offset;
    this.offset = start + length;
    for (let index = start; index < this.offset; index += 1) if (this.bytes[index] !== 0) return length;
    return -length;
  }

  /** Whether the next string field is this one; passes over it in any case. */
  skipAndCompare(expected: Uint8Array): boolean {
    const length = this.readLength();
    const start = this.offset;
    this.offset = start + length;
    if (length !== expected.length) return false;
    for (let index = 0; index < length; index += 1) if (this.bytes[start + index] !== expected[index]) return false;
    return true;
  }

  /** A copy. */
  readBytes(): Uint8Array {
    const length = this.readLength();
    const start = this.offset;
    this.offset = start + length;
    return this.bytes.slice(start, start + length);
  }

  /** A bytes field of `sizeBytes` as lower-case hexadecimal; `''` where it is empty, `undefined` of another length. */
  readHex(sizeBytes: number): string | undefined {
    const length = this.readLength();
    const start = this.offset;
    this.offset = start + length;
    if (length !== sizeBytes && length !== 0) return undefined;
    let hex = '';
    for (let index = start; index < this.offset; index += 1) hex += HEX_OF_BYTE[this.bytes[index] ?? 0];
    return hex;
  }

  /** Narrows the reader to the nested message that comes next, and gives the limit to go back to. */
  enterMessage(): number {
    const length = this.readLength();
    const outerLimit = this.limit;
    this.limit = this.offset + length;
    return outerLimit;
  }

  /** Goes on behind the message that {@link enterMessage} entered, whether or not it was read to its end. */
  leaveMessage(outerLimit: number): void {
    this.offset = this.limit;
    this.limit = outerLimit;
  }

  /** Passes over a field that is not known. */
  skip(tag: number): void {
    const wireType = tag & 7;
    if (wireType === VARINT) this.readVarintHalves();
    else if (wireType === FIXED64) this.advance(8);
    else if (wireType === LENGTH_DELIMITED) this.advance(this.readLength());
    else this.advance(4);
  }

  /** A length that fits into what is left of the message. */
  private readLength(): number {
    const length = this.readVarintHalves();
    if (this.highBits !== 0) throw new WireError('length_out_of_range', 'a length of 2^32 or more');
    if (length > this.limit - this.offset) throw truncated();
    return length;
  }

  private advance(sizeBytes: number): number {
    const start = this.offset;
    if (sizeBytes > this.limit - start) throw truncated();
    this.offset = start + sizeBytes;
    return start;
  }

  /** The low 32 bits; the high ones are left in `highBits`. No bigint, since nearly all varints are small. */
  private readVarintHalves(): number {
    this.highBits = 0;
    const start = this.offset;
    if (start >= this.limit) throw truncated();
    const first = this.bytes[start] ?? 0;
    if (first < 0x80) {
      this.offset = start + 1;
      return first;
    }
    return this.readLongVarint(start, first & 0x7f);
  }

  private readLongVarint(start: number, first: number): number {
    let low = first;
    let high = 0;
    for (let index = 1; index < 10; index += 1) {
      const at = start + index;
      if (at >= this.limit) throw truncated();
      const byte = this.bytes[at] ?? 0;
      const bits = byte & 0x7f;
      const shift = index * 7;
      // Multiplication, since a shift would make the 32nd bit a sign.
      if (shift < 28) low += bits << shift;
      else if (shift === 28) {
        low += (bits & 0x0f) * 0x10000000;
        high = bits >>> 4;
      } else high += bits * 2 ** (shift - 32);
      if (byte < 0x80) {
        if (high >= TWO_TO_32) break;
        this.offset = at + 1;
        this.highBits = high;
        return low;
      }
    }
    throw new WireError('varint_too_long', 'a varint of more than 64 bits');
  }
}

function truncated(): WireError {
  return new WireError('truncated', 'a field ends past the end of its message');
}
