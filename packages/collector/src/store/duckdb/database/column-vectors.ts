// Hot path: at most 0.2 µs of the store's thread for a cell, whatever its text.
import type { DataChunk } from '@duckdb/node-bindings';
import duckdb from '@duckdb/node-bindings';
import type { SqlType, SqlValue } from '../schema/columns.js';

/** Gathers the values of one column for a data chunk, and moves them into its vector in one step. */
export interface ColumnVector {
  /** `row` MUST rise by one from call to call, from 0 after each {@link moveInto}. */
  set(row: number, value: SqlValue): void;
  /** Leaves this empty. */
  moveInto(chunk: DataChunk, columnIndex: number, rowCount: number): void;
  /** Forgets what was gathered. */
  clear(): void;
}

const BITS_A_BYTE = 8;
/** The engine reads validity in words of 64 rows. */
const ROWS_A_WORD = 64;

export function createColumnVector(sqlType: SqlType, maxRows: number): ColumnVector {
  if (sqlType === 'VARCHAR') return new TextVector(maxRows);
  if (sqlType === 'BIGINT') return new NumberVector(new BigInt64Array(maxRows));
  if (sqlType === 'DOUBLE') return new NumberVector(new Float64Array(maxRows));
  return new NumberVector(new Int32Array(maxRows));
}

/** Which rows hold a value: one bit each, set where there is one. */
class Validity {
  readonly #bits: Uint8Array<ArrayBuffer>;
  #hasNulls = false;

  constructor(maxRows: number) {
    this.#bits = new Uint8Array((Math.ceil(maxRows / ROWS_A_WORD) * ROWS_A_WORD) / BITS_A_BYTE).fill(0xff);
  }

  setNull(row: number): void {
    const at = row >>> 3;
    this.#bits[at] = (this.#bits[at] as number) & ~(1 << (row & 7));
    this.#hasNulls = true;
  }

  moveInto(vector: duckdb.Vector, rowCount: number): void {
    if (!this.#hasNulls) return;
    const bytes = (Math.ceil(rowCount / ROWS_A_WORD) * ROWS_A_WORD) / BITS_A_BYTE;
    duckdb.vector_ensure_validity_writable(vector);
    duckdb.copy_data_to_vector_validity(vector, 0, this.#bits.buffer, 0, bytes);
    this.clear();
  }

  clear(): void {
    if (this.#hasNulls) this.#bits.fill(0xff);
    this.#hasNulls = false;
  }
}

type NumberArray = BigInt64Array<ArrayBuffer> | Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

class NumberVector implements ColumnVector {
  readonly #values: NumberArray;
  readonly #validity: Validity;

  constructor(values: NumberArray) {
    this.#values = values;
    this.#validity = new Validity(values.length);
  }

  set(row: number, value: SqlValue): void {
    if (value === null) this.#validity.setNull(row);
    else this.#values[row] = value as never;
  }

  moveInto(chunk: DataChunk, columnIndex: number, rowCount: number): void {
    const vector = duckdb.data_chunk_get_vector(chunk, columnIndex);
    duckdb.copy_data_to_vector(vector, 0, this.#values.buffer, 0, rowCount * this.#values.BYTES_PER_ELEMENT);
    this.#validity.moveInto(vector, rowCount);
  }

  clear(): void {
    this.#validity.clear();
  }
}

/** `duckdb_string_t` of the engine's C interface: a length, then the text itself or four bytes of it and a pointer. */
const STRING_BYTES = 16;
const WORDS_A_STRING = STRING_BYTES / 4;
const POINTER_OFFSET_BYTES = 8;
const MAX_INLINE_BYTES = 12;
/** Up to here a loop is faster than a call into native code. */
const MAX_LOOP_CHARS = 24;
const MAX_BYTES_A_CHAR = 3;
const FIRST_HEAP_BYTES = 64 * 1024;
/** A heap that once held a huge text is not kept. */
const MAX_KEPT_HEAP_BYTES = 8 * 1024 * 1024;
const TWO_TO_32 = 2 ** 32;

/**
 * The texts of a column, one behind the other. The engine takes them all as the text of the first row, in one call that
 * copies and checks them; the strings of the rows then point into that copy. A text equal to the one before it is not
 * written again, since most columns repeat themselves.
 */
class TextVector implements ColumnVector {
  readonly #words: Uint32Array<ArrayBuffer>;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #validity: Validity;
  #heap = Buffer.allocUnsafeSlow(FIRST_HEAP_BYTES);
  #heapBytes = 0;
  #lastText: string | undefined;
  #lastRow = 0;

  constructor(maxRows: number) {
    this.#words = new Uint32Array(maxRows * WORDS_A_STRING);
    this.#bytes = new Uint8Array(this.#words.buffer);
    this.#validity = new Validity(maxRows);
  }

  set(row: number, value: SqlValue): void {
    const at = row * WORDS_A_STRING;
    const words = this.#words;
    if (value === null) {
      this.#validity.setNull(row);
      // Of length 0, so that nobody takes the rest for a pointer.
      words[at] = 0;
      return;
    }
    const text = value as string;
    if (text === this.#lastText) {
      const last = this.#lastRow * WORDS_A_STRING;
      // One by one: a call to `copyWithin` costs ten times as much.
      words[at] = words[last] as number;
      words[at + 1] = words[last + 1] as number;
      words[at + 2] = words[last + 2] as number;
      words[at + 3] = words[last + 3] as number;
      return;
    }
    this.#write(row, text);
    this.#lastText = text;
    this.#lastRow = row;
  }

  moveInto(chunk: DataChunk, columnIndex: number, rowCount: number): void {
    const vector = duckdb.data_chunk_get_vector(chunk, columnIndex);
    if (this.#heapBytes > 0) this.#pointInto(vector, rowCount);
    duckdb.copy_data_to_vector(vector, 0, this.#words.buffer, 0, rowCount * STRING_BYTES);
    this.#validity.moveInto(vector, rowCount);
    this.clear();
  }

  clear(): void {
    this.#heapBytes = 0;
    this.#lastText = undefined;
    this.#validity.clear();
    if (this.#heap.byteLength > MAX_KEPT_HEAP_BYTES) this.#heap = Buffer.allocUnsafeSlow(FIRST_HEAP_BYTES);
  }

  #write(row: number, text: string): void {
    const start = this.#heapBytes;
    this.#reserve(text.length * MAX_BYTES_A_CHAR);
    const lengthBytes = writeText(this.#heap, start, text);
    const at = row * WORDS_A_STRING;
    const words = this.#words;
    words[at] = lengthBytes;
    words[at + 1] = 0;
    words[at + 2] = 0;
    words[at + 3] = 0;
    const isInline = lengthBytes <= MAX_INLINE_BYTES;
    const target = at * 4 + 4;
    const shownBytes = isInline ? lengthBytes : 4;
    for (let index = 0; index < shownBytes; index++) this.#bytes[target + index] = this.#heap[start + index] as number;
    if (isInline) return;
    words[at + 2] = start;
    this.#heapBytes = start + lengthBytes;
  }

  #reserve(bytes: number): void {
    const needed = this.#heapBytes + bytes;
    if (needed <= this.#heap.byteLength) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#heap.byteLength * 2));
    this.#heap.copy(larger, 0, 0, this.#heapBytes);
    this.#heap = larger;
  }

  /** Gives the engine the texts, and turns places in our heap into addresses in its own. */
  #pointInto(vector: duckdb.Vector, rowCount: number): void {
    duckdb.vector_assign_string_element_len(vector, 0, this.#heap.subarray(0, this.#heapBytes));
    const first = duckdb.vector_get_data(vector, STRING_BYTES);
    const view = new DataView(first.buffer, first.byteOffset, STRING_BYTES);
    const low = view.getUint32(POINTER_OFFSET_BYTES, true);
    const high = view.getUint32(POINTER_OFFSET_BYTES + 4, true);
    const words = this.#words;
    for (let at = 0; at < rowCount * WORDS_A_STRING; at += WORDS_A_STRING) {
      if ((words[at] as number) <= MAX_INLINE_BYTES) continue;
      const sum = low + (words[at + 2] as number);
      words[at + 2] = sum;
      words[at + 3] = sum >= TWO_TO_32 ? high + 1 : high;
    }
  }
}

/** Writes UTF-8 and gives its length; half of a surrogate pair becomes U+FFFD. */
function writeText(heap: Buffer, at: number, text: string): number {
  const { length } = text;
  if (length > MAX_LOOP_CHARS) return heap.write(text, at);
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return heap.write(text, at);
    heap[at + index] = code;
  }
  return length;
}
