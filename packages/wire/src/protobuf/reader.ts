// Hot path: a field's tag or length of one or two bytes <= 10 ns; passing over an ASCII string <= 10 ns and 0.2 ns a byte.
import { WireError } from '../errors.js';
import { decodeUtf8, HexReader, TextInterner } from './text-reader.js';
import { FIXED32, FIXED64, LENGTH_DELIMITED, VARINT } from './wire-type.js';

/** Tells whether bytes are well-formed UTF-8, as `isUtf8` of Node's `buffer` does. */
export type Utf8Check = (bytes: Uint8Array) => boolean;

/** What a string turned out to be. */
export type StringCheck = 'known' | 'other' | 'invalid';

const TWO_TO_32 = 0x100000000;

/** A bit for each wire type that proto3 uses. */
const WIRE_TYPES = (1 << VARINT) | (1 << FIXED64) | (1 << LENGTH_DELIMITED) | (1 << FIXED32);

/** The first tag that names a field. */
const FIRST_TAG = 8;

const HIGH_BITS = 0x80808080;

/** Up to this length a loop over words beats the fixed cost of a native check and of the view that it needs. */
const WORD_LOOP_LENGTH = 512;

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
  /** By the size of an id in bytes. */
  private readonly hexReaders: HexReader[] = [];
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
    const start = this.offset;
    if (start < this.limit) {
      const tag = this.bytes[start] ?? 0;
      if (tag < 0x80 && tag >= FIRST_TAG && ((WIRE_TYPES >>> (tag & 7)) & 1) === 1) {
        this.offset = start + 1;
        return tag;
      }
    }
    return this.readRareTag();
  }

  /** A tag of two bytes and more, or one that is wrong. */
  private readRareTag(): number {
    const tag = this.readVarintHalves();
    if (this.highBits !== 0) throw new WireError('field_number_out_of_range', 'a field number exceeds 2^29 - 1');
    const wireType = tag & 7;
    if (wireType === 3 || wireType === 4) throw new WireError('group_wire_type', 'a group, which proto3 does not use');
    if (wireType > FIXED32) throw new WireError('unknown_wire_type', `wire type ${wireType} does not exist`);
    if (tag < FIRST_TAG) throw new WireError('field_number_zero', 'field number 0');
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
   * Passes over a string and tells whether it is one, by the caller's check where it is long or not plain ASCII.
   * @throws WireError where it does not fit.
   */
  checkString(isUtf8: Utf8Check): boolean {
    const length = this.readLength();
    const start = this.offset;
    this.offset = start + length;
    return this.isText(start, length, isUtf8);
  }

  /** As {@link checkString}, and tells more: whether the string is this one, which MUST be valid. */
  checkKnownString(known: Uint8Array, isUtf8: Utf8Check): StringCheck {
    const length = this.readLength();
    const start = this.offset;
    this.offset = start + length;
    if (length === known.length && this.holds(start, known)) return 'known';
    return this.isText(start, length, isUtf8) ? 'other' : 'invalid';
  }

  private isText(start: number, length: number, isUtf8: Utf8Check): boolean {
    if (length <= WORD_LOOP_LENGTH && this.isAscii(start, length)) return true;
    return isUtf8(this.bytes.subarray(start, start + length));
  }

  private isAscii(start: number, length: number): boolean {
    const { bytes, view } = this;
    const end = start + length;
    let seen = 0;
    let at = start;
    for (; at + 16 <= end; at += 16) {
      seen |= view.getInt32(at, true) | view.getInt32(at + 4, true);
      seen |= view.getInt32(at + 8, true) | view.getInt32(at + 12, true);
    }
    for (; at + 4 <= end; at += 4) seen |= view.getInt32(at, true);
    for (; at < end; at += 1) seen |= bytes[at] ?? 0;
    return (seen & HIGH_BITS) === 0;
  }

  private holds(start: number, expected: Uint8Array): boolean {
    const { bytes } = this;
    for (let index = 0; index < expected.length; index += 1) {
      if (bytes[start + index] !== expected[index]) return false;
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
    if (length === 0) return '';
    if (length !== sizeBytes) return undefined;
    return this.hexReader(sizeBytes).read(start);
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
    const start = this.offset;
    const { bytes, limit } = this;
    // Nearly all are below 16 KB, and so one or two bytes.
    if (start + 2 <= limit) {
      const first = bytes[start] ?? 0;
      const second = bytes[start + 1] ?? 0;
      const isShort = first < 0x80;
      const length = isShort ? first : (first & 0x7f) | (second << 7);
      const end = isShort ? start + 1 : start + 2;
      if ((isShort || second < 0x80) && length <= limit - end) {
        this.offset = end;
        return length;
      }
    }
    return this.readRareLength();
  }

  /** A length of three bytes and more, one at the very end, or one that is wrong. */
  private readRareLength(): number {
    const length = this.readVarintHalves();
    if (this.highBits !== 0) throw new WireError('length_out_of_range', 'a length of 2^32 or more');
    if (length > this.limit - this.offset) throw truncated();
    return length;
  }

  private hexReader(sizeBytes: number): HexReader {
    let reader = this.hexReaders[sizeBytes];
    if (reader === undefined) {
      reader = new HexReader(this.bytes, sizeBytes);
      this.hexReaders[sizeBytes] = reader;
    }
    return reader;
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
