// Hot path: 4 KB in 8 messages <= 2 µs, one 100 KB string <= 8 µs. No JSON, no allocation that outlives the call.
import { builtin } from '../runtime.js';
import { MAX_DEPTH, TAG } from './format.js';

/** Shorter strings are copied by a loop here: a native call costs 50-95 ns on Node 20 whatever the length. */
const SHORT_LENGTH = 16;

/** Room kept below a record's end for the marks that close what a budget cut off: END and CUT at each depth. */
export const CLOSING_RESERVE_BYTES = MAX_DEPTH * 16 + 4096;

/** Keys and markers are kept whole up to this length, whatever is left of the budget. */
const MAX_KEY_LENGTH = 1024;

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

const BEYOND_LATIN1 = /[\u0100-\uffff]/;

/** Constant time where V8 tells (Node 22.15); otherwise a scan that stops at the first wider character. */
const isOneByte: (text: string) => boolean =
  (builtin('node:v8') as { isStringOneByteRepresentation?: (text: string) => boolean } | undefined)
    ?.isStringOneByteRepresentation ?? ((text) => !BEYOND_LATIN1.test(text));

const HIGH_SURROGATE_MASK = 0xfc00;
const HIGH_SURROGATE = 0xd800;

/** Methods of every Node Buffer that its types leave out: they write without the checks of `write()`. */
interface FastBuffer extends Buffer {
  latin1Write(text: string, offset: number, lengthBytes: number): number;
  ucs2Write(text: string, offset: number, lengthBytes: number): number;
}

/**
 * Copies JavaScript values as tagged binary (`record/format.ts`) into memory, within a budget of bytes.
 * Nothing that a value does can make it throw: getters, proxies and `toJSON` are guarded one by one.
 */
export class ValueCopier {
  /** Where the next byte goes. */
  at = 0;
  /** First offset that must not be written. Crossing it sets {@link overflowed} and stops the copy. */
  hardEnd = 0;
  overflowed = false;

  private readonly bytes: FastBuffer;
  private readonly view: DataView;
  /** What the walk is inside of, by depth: a fixed array, because growing and cutting one costs 50 ns a value. */
  private readonly ancestors: (object | undefined)[] = new Array(MAX_DEPTH).fill(undefined);
  private budgetEnd = 0;

  constructor(bytes: Buffer, view: DataView) {
    this.bytes = bytes as FastBuffer;
    this.view = view;
  }

  /** Begins a record's fields at `at`. */
  begin(at: number, hardEnd: number): void {
    this.at = at;
    this.hardEnd = hardEnd;
    this.overflowed = false;
  }

  byte(value: number): void {
    if (this.at >= this.hardEnd) this.overflowed = true;
    else this.bytes[this.at++] = value;
  }

  double(value: number): void {
    if (this.at + 9 > this.hardEnd) {
      this.overflowed = true;
      return;
    }
    this.bytes[this.at] = TAG.DOUBLE;
    this.view.setFloat64(this.at + 1, value, LITTLE_ENDIAN);
    this.at += 9;
  }

  /** One value of at most `budgetBytes`; what goes beyond is cut and marked. */
  value(value: unknown, budgetBytes: number): void {
    this.budgetEnd = this.at + budgetBytes;
    this.copyAny(value, 0);
    // Nothing of the application's may stay alive through us.
    this.ancestors.fill(undefined);
  }

  /** A string value, at most `budgetBytes`. */
  text(text: string, budgetBytes: number): void {
    this.budgetEnd = this.at + budgetBytes;
    this.copyString(text);
  }

  private copyAny(value: unknown, depth: number): void {
    switch (typeof value) {
      case 'string':
        this.copyString(value);
        return;
      case 'number':
        this.number(value);
        return;
      case 'boolean':
        this.byte(value ? TAG.TRUE : TAG.FALSE);
        return;
      case 'undefined':
        this.byte(TAG.UNDEFINED);
        return;
      case 'object':
        if (value === null) this.byte(TAG.NULL);
        else this.object(value, depth);
        return;
      case 'bigint':
        this.byte(TAG.BIGINT);
        this.key(value.toString());
        return;
      case 'function':
        this.marker('[Function]');
        return;
      default:
        this.marker('[Symbol]');
    }
  }

  private number(value: number): void {
    if ((value | 0) !== value || Object.is(value, -0)) {
      this.double(value);
      return;
    }
    if (this.at + 5 > this.hardEnd) {
      this.overflowed = true;
      return;
    }
    this.bytes[this.at] = TAG.INT32;
    this.view.setInt32(this.at + 1, value, LITTLE_ENDIAN);
    this.at += 5;
  }

  private copyString(text: string): void {
    const length = text.length;
    if (length <= SHORT_LENGTH && this.shortString(text, length)) return;
    this.longString(text, Math.max(0, this.budgetEnd - this.at - 5));
  }

  private longString(text: string, room: number): void {
    const length = text.length;
    // Only the part that can be kept is looked at: a text of many megabytes costs no more than the budget.
    const head = length > room ? text.slice(0, room) : text;
    const oneByte = isOneByte(head);
    const kept = oneByte ? head.length : this.wholeUnits(head, room >> 1);
    const byteLength = oneByte ? kept : kept * 2;
    if (this.at + byteLength + 14 > this.hardEnd) {
      this.overflowed = true;
      return;
    }
    const at = this.at;
    this.bytes[at] = oneByte ? TAG.LATIN1 : TAG.UTF16;
    this.view.setUint32(at + 1, byteLength, LITTLE_ENDIAN);
    if (oneByte) this.bytes.latin1Write(head, at + 5, byteLength);
    else this.bytes.ucs2Write(head, at + 5, byteLength);
    this.at = at + 5 + byteLength;
    if (kept < length) this.tagged(TAG.CUT_TEXT, length - kept);
  }

  /** How many UTF-16 units fit, without parting a surrogate pair. */
  private wholeUnits(text: string, room: number): number {
    if (text.length <= room) return text.length;
    const splitsPair = room > 0 && (text.charCodeAt(room - 1) & HIGH_SURROGATE_MASK) === HIGH_SURROGATE;
    return splitsPair ? room - 1 : room;
  }

  private shortString(text: string, length: number): boolean {
    const bytes = this.bytes;
    const at = this.at;
    if (at + 2 + length > this.hardEnd) {
      this.overflowed = true;
      return true;
    }
    for (let index = 0; index < length; index++) {
      const unit = text.charCodeAt(index);
      if (unit > 255) return false;
      bytes[at + 2 + index] = unit;
    }
    bytes[at] = TAG.SHORT_LATIN1;
    bytes[at + 1] = length;
    this.at = at + 2 + length;
    return true;
  }

  private object(value: object, depth: number): void {
    if (depth >= MAX_DEPTH) {
      this.marker('[Depth limit]');
      return;
    }
    if (this.isAncestor(value, depth)) {
      this.marker('[Circular]');
      return;
    }
    const start = this.at;
    this.ancestors[depth] = value;
    try {
      if (Array.isArray(value)) this.array(value, depth);
      else this.nonArray(value, depth);
    } catch {
      // The value's own code threw (a proxy, a class's toJSON): nothing of it is kept but that.
      this.at = start;
      this.marker('[Threw while read]');
    }
  }

  private isAncestor(value: object, depth: number): boolean {
    for (let index = 0; index < depth; index++) if (this.ancestors[index] === value) return true;
    return false;
  }

  private array(items: readonly unknown[], depth: number): void {
    this.byte(TAG.ARRAY);
    const length = items.length;
    for (let index = 0; index < length; index++) {
      if (this.at >= this.budgetEnd || this.overflowed) {
        this.cut(length - index);
        break;
      }
      this.item(items, index, depth);
    }
    this.byte(TAG.END);
  }

  private item(items: readonly unknown[], index: number, depth: number): void {
    let item: unknown;
    try {
      item = items[index];
    } catch {
      // An accessor on an array: rare enough to say so and go on.
      this.marker('[Getter threw]');
      return;
    }
    this.copyAny(item, depth + 1);
  }

  private nonArray(value: object, depth: number): void {
    const prototype: unknown = Object.getPrototypeOf(value);
    const toJson = (value as { toJSON?: unknown }).toJSON;
    if (typeof toJson === 'function' && !(value instanceof Date) && !ArrayBuffer.isView(value)) {
      this.copyAny(toJson.call(value, ''), depth + 1);
    } else if (prototype === Object.prototype || prototype === null) {
      this.properties(value, Object.keys(value), depth);
    } else {
      this.instance(value, depth);
    }
  }

  private properties(value: object, keys: readonly string[], depth: number): void {
    this.byte(TAG.OBJECT);
    for (let index = 0; index < keys.length; index++) {
      if (this.at >= this.budgetEnd || this.overflowed) {
        this.cut(keys.length - index);
        break;
      }
      const key = keys[index] as string;
      this.key(key);
      let item: unknown;
      try {
        item = (value as Record<string, unknown>)[key];
      } catch {
        this.marker('[Getter threw]');
        continue;
      }
      this.copyAny(item, depth + 1);
    }
    this.byte(TAG.END);
  }

  /** A key is cut like a text, but without the mark, which would stand where its value has to. */
  private key(key: string): void {
    const kept = key.length <= MAX_KEY_LENGTH ? key : key.slice(0, MAX_KEY_LENGTH);
    if (kept.length <= SHORT_LENGTH && this.shortString(kept, kept.length)) return;
    this.longString(kept, MAX_KEY_LENGTH * 2);
  }

  /** Anything whose prototype is not Object's; written out of the plain path to keep that short. */
  private instance(value: object, depth: number): void {
    if (value instanceof Date) this.tagged(TAG.DATE, value.getTime());
    else if (value instanceof Error) this.error(value, depth);
    else if (value instanceof Map) this.map(value, depth);
    else if (value instanceof Set) this.array([...value], depth);
    else if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) this.binary(value, depth);
    else if (value instanceof String || value instanceof Number || value instanceof Boolean)
      this.copyAny(value.valueOf(), depth + 1);
    else if (value instanceof RegExp) this.copyString(String(value));
    else if (value instanceof Promise) this.marker('[Promise]');
    else this.classInstance(value, depth);
  }

  private classInstance(value: object, depth: number): void {
    const keys = Object.keys(value);
    const name: unknown = value.constructor?.name;
    // Instances that keep everything private would otherwise show as a bare {}.
    if (keys.length === 0 && typeof name === 'string' && name !== '') this.marker(`[${name.slice(0, 100)}]`);
    else this.properties(value, keys, depth);
  }

  private error(error: Error, depth: number): void {
    const own: Record<string, unknown> = { name: error.name, message: error.message, stack: error.stack };
    if (error.cause !== undefined) own.cause = error.cause;
    for (const key of Object.keys(error)) if (!(key in own)) own[key] = (error as never)[key];
    this.properties(own, Object.keys(own), depth);
  }

  private map(map: ReadonlyMap<unknown, unknown>, depth: number): void {
    this.tagged(TAG.MAP, map.size);
    let left = map.size;
    for (const [key, item] of map) {
      if (this.at >= this.budgetEnd || this.overflowed) {
        this.cut(left);
        break;
      }
      left--;
      this.copyAny(key, depth + 1);
      this.copyAny(item, depth + 1);
    }
    this.byte(TAG.END);
  }

  /** Arrays of numbers (embeddings) are kept as such; bytes only by kind and size. */
  private binary(value: ArrayBufferView | ArrayBuffer, depth: number): void {
    const name = value.constructor.name;
    if (ArrayBuffer.isView(value) && !(value instanceof DataView) && !(value instanceof Uint8Array)) {
      this.array(value as unknown as readonly unknown[], depth);
      return;
    }
    this.byte(TAG.BYTES);
    this.key(name);
    this.raw(value.byteLength);
  }

  private marker(text: string): void {
    this.byte(TAG.MARKER);
    this.key(text);
  }

  private cut(leftOut: number): void {
    this.tagged(TAG.CUT, leftOut);
  }

  private tagged(tag: number, value: number): void {
    this.byte(tag);
    this.raw(value);
  }

  private raw(value: number): void {
    if (this.at + 8 > this.hardEnd) {
      this.overflowed = true;
      return;
    }
    this.view.setFloat64(this.at, value, LITTLE_ENDIAN);
    this.at += 8;
  }
}
