import { TAG } from '../record/format.js';
import { CorruptRecordError } from './errors.js';

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Primitive reads from the ring's bytes, none of which goes beyond the record that was opened. */
export class ValueReader {
  /** Offset of the next byte. */
  at = 0;

  readonly #bytes: Buffer;
  readonly #view: DataView;
  #end = 0;

  /** @param bytes the ring with its overhang; offsets are relative to it. */
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Reads from `at` and never beyond `end`. */
  open(at: number, end: number): void {
    this.at = at;
    this.#end = Math.min(end, this.#bytes.length);
  }

  get isAtEnd(): boolean {
    return this.at >= this.#end;
  }

  /** The next byte without taking it; 0, which is no tag, at the end. */
  peek(): number {
    return this.at < this.#end ? (this.#bytes[this.at] ?? 0) : 0;
  }

  byte(): number {
    return this.#bytes[this.#take(1)] ?? 0;
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), LITTLE_ENDIAN);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), LITTLE_ENDIAN);
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8), LITTLE_ENDIAN);
  }

  /**
   * The string whose tag was read, with the mark of what was cut from it.
   * @throws CorruptRecordError where the tag is not a string's.
   */
  string(tag: number): string {
    const text = this.#characters(tag);
    if (this.peek() !== TAG.CUT_TEXT) return text;
    this.at++;
    return `${text}…[+${this.double()} characters]`;
  }

  /** A string with its tag, never marked as cut: keys, and the texts inside other tags. */
  bareString(): string {
    return this.#characters(this.byte());
  }

  #characters(tag: number): string {
    if (tag === TAG.SHORT_LATIN1) return this.#latin1(this.byte());
    if (tag === TAG.LATIN1) return this.#latin1(this.uint32());
    if (tag !== TAG.UTF16) throw new CorruptRecordError(`tag ${tag} where a string belongs`);
    const lengthBytes = this.uint32();
    const start = this.#take(lengthBytes);
    return this.#bytes.toString('utf16le', start, start + lengthBytes);
  }

  #latin1(lengthBytes: number): string {
    const start = this.#take(lengthBytes);
    return this.#bytes.toString('latin1', start, start + lengthBytes);
  }

  /** Offset of the next `count` bytes, which are taken. */
  #take(count: number): number {
    const start = this.at;
    if (start + count > this.#end) throw new CorruptRecordError('a value runs past its record');
    this.at = start + count;
    return start;
  }
}

/** Whether a tag begins a string value. */
export function isStringTag(tag: number): boolean {
  return tag === TAG.SHORT_LATIN1 || tag === TAG.LATIN1 || tag === TAG.UTF16;
}
