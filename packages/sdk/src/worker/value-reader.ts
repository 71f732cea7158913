import { TAG } from '../record/format.js';
import { CorruptRecordError } from './errors.js';
import { needsEscape, needsEscapeWide } from './escapes.js';
import { ShortStrings } from './short-strings.js';

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Methods of every Node Buffer that its types leave out: they read without the checks of `toString()`. */
export interface SliceBuffer extends Buffer {
  latin1Slice(start: number, end: number): string;
  ucs2Slice(start: number, end: number): string;
}

/** Primitive reads from the ring's bytes, none of which goes beyond the record that was opened. */
export class ValueReader {
  /** Offset of the next byte. */
  at = 0;

  private readonly bytes: SliceBuffer;
  private readonly view: DataView;
  private readonly shortStrings: ShortStrings;
  private end = 0;

  /** @param bytes the ring with its overhang; offsets are relative to it. */
  constructor(bytes: Buffer) {
    this.bytes = bytes as SliceBuffer;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.shortStrings = new ShortStrings(this.bytes);
  }

  /** Reads from `at` and never beyond `end`. */
  open(at: number, end: number): void {
    this.at = at;
    this.end = Math.min(end, this.bytes.length);
  }

  get isAtEnd(): boolean {
    return this.at >= this.end;
  }

  /** The next byte without taking it; 0, which is no tag, at the end. */
  peek(): number {
    return this.at < this.end ? (this.bytes[this.at] ?? 0) : 0;
  }

  byte(): number {
    return this.bytes[this.take(1)] ?? 0;
  }

  int32(): number {
    return this.view.getInt32(this.take(4), LITTLE_ENDIAN);
  }

  uint32(): number {
    return this.view.getUint32(this.take(4), LITTLE_ENDIAN);
  }

  double(): number {
    return this.view.getFloat64(this.take(8), LITTLE_ENDIAN);
  }

  /**
   * The string whose tag was read, with the mark of what was cut from it.
   * @throws CorruptRecordError where the tag is not a string's.
   */
  string(tag: number): string {
    return this.withCutMark(this.characters(tag));
  }

  /** The same in JSON's quotes. Most text needs no escape, and to see that costs a tenth of `JSON.stringify`. */
  quotedString(tag: number): string {
    const start = this.at;
    const text = this.characters(tag);
    const isPlain =
      tag === TAG.UTF16
        ? !needsEscapeWide(this.view, start + 4, this.at)
        : !needsEscape(this.view, start + (tag === TAG.SHORT_LATIN1 ? 1 : 4), this.at);
    const marked = this.withCutMark(text);
    return isPlain ? `"${marked}"` : JSON.stringify(marked);
  }

  /** A string with its tag, never marked as cut: keys, and the texts inside other tags. */
  bareString(): string {
    return this.characters(this.byte());
  }

  private withCutMark(text: string): string {
    if (this.peek() !== TAG.CUT_TEXT) return text;
    this.at++;
    return `${text}…[+${this.double()} characters]`;
  }

  private characters(tag: number): string {
    if (tag === TAG.SHORT_LATIN1) {
      const lengthBytes = this.byte();
      return this.shortStrings.at(this.take(lengthBytes), lengthBytes);
    }
    if (tag !== TAG.LATIN1 && tag !== TAG.UTF16) throw new CorruptRecordError(`tag ${tag} where a string belongs`);
    const lengthBytes = this.uint32();
    const start = this.take(lengthBytes);
    const end = start + lengthBytes;
    return tag === TAG.LATIN1 ? this.bytes.latin1Slice(start, end) : this.bytes.ucs2Slice(start, end);
  }

  /** Offset of the next `count` bytes, which are taken. */
  private take(count: number): number {
    const start = this.at;
    if (start + count > this.end) throw new CorruptRecordError('a value runs past its record');
    this.at = start + count;
    return start;
  }
}

/** Whether a tag begins a string value. */
export function isStringTag(tag: number): boolean {
  return tag === TAG.SHORT_LATIN1 || tag === TAG.LATIN1 || tag === TAG.UTF16;
}
