import { TAG } from '../record/format.js';
import { CorruptRecordError } from './errors.js';
import { isStringTag, type ValueReader } from './value-reader.js';

/** Deeper than the copier ever goes; a record that claims more is corrupt, and must not exhaust the stack. */
const MAX_NESTING = 64;

/** The largest time that `Date` can show, in milliseconds from the epoch on either side. */
const MAX_DATE_MS = 8.64e15;

/** Shown as the key, or before the count, of what was cut from a structure. */
const ELLIPSIS = '…';

/** An attribute's value as OTLP has it: text, an int64, or a double. */
export type AttributeValue = string | bigint | number;

/** What `JSON.stringify` takes; numbers are finite. */
type JsonValue = string | number | boolean | null | undefined | JsonValue[] | JsonObject;
interface JsonObject {
  [key: string]: JsonValue;
}

/** The next value as text: a string as it is, a structure as JSON, `undefined` for an undefined value. */
export function readText(reader: ValueReader): string | undefined {
  return toText(readValue(reader, 0));
}

/** The next value as an attribute: numbers stay numbers, everything else is text. */
export function readAttribute(reader: ValueReader): AttributeValue | undefined {
  return toAttribute(readValue(reader, 0));
}

/**
 * The next value by its top-level keys. What has none (a text, a number, an array) stands under the key `value`;
 * an undefined value has no entries.
 */
export function readEntries(reader: ValueReader): Map<string, AttributeValue> {
  const value = readValue(reader, 0);
  const hasKeys = typeof value === 'object' && value !== null && !Array.isArray(value);
  const entries = new Map<string, AttributeValue>();
  for (const [key, item] of Object.entries(hasKeys ? value : { value })) {
    const attribute = toAttribute(item);
    if (attribute !== undefined) entries.set(key, attribute);
  }
  return entries;
}

/** The next value as a list of texts: tags. A value that is no array is a list of one. */
export function readTextList(reader: ValueReader): string[] {
  const value = readValue(reader, 0);
  const items = Array.isArray(value) ? value : [value];
  return items.map(toText).filter((text) => text !== undefined);
}

function toText(value: JsonValue): string | undefined {
  // As a whole and not leaf by leaf: a call of JSON.stringify for each text costs twice as much.
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function toAttribute(value: JsonValue): AttributeValue | undefined {
  if (typeof value !== 'number') return toText(value);
  return Number.isSafeInteger(value) ? BigInt(value) : value;
}

function readValue(reader: ValueReader, depth: number): JsonValue {
  const tag = reader.byte();
  if (isStringTag(tag)) return reader.string(tag);
  switch (tag) {
    case TAG.INT32:
      return reader.int32();
    case TAG.DOUBLE:
      return jsonNumber(reader.double());
    case TAG.TRUE:
      return true;
    case TAG.FALSE:
      return false;
    case TAG.NULL:
      return null;
    case TAG.UNDEFINED:
      return undefined;
    case TAG.BIGINT:
    case TAG.MARKER:
      return reader.bareString();
    case TAG.DATE:
      return dateText(reader.double());
    case TAG.BYTES:
      return `[${reader.bareString()} ${reader.double()} bytes]`;
    default:
      return readStructure(reader, tag, depth);
  }
}

function readStructure(reader: ValueReader, tag: number, depth: number): JsonValue {
  if (depth >= MAX_NESTING) throw new CorruptRecordError('values nest too deeply');
  switch (tag) {
    case TAG.OBJECT:
      return readObject(reader, depth + 1);
    case TAG.ARRAY:
      return readArray(reader, depth + 1);
    case TAG.MAP:
      return readMap(reader, depth + 1);
    default:
      throw new CorruptRecordError(`unknown tag ${tag}`);
  }
}

function readObject(reader: ValueReader, depth: number): JsonObject {
  const object: JsonObject = {};
  while (!takeEnd(reader)) {
    if (takeCut(reader)) put(object, ELLIPSIS, cutKeys(reader));
    else put(object, reader.bareString(), readValue(reader, depth));
  }
  return object;
}

function readArray(reader: ValueReader, depth: number): JsonValue[] {
  const items: JsonValue[] = [];
  while (!takeEnd(reader)) {
    items.push(takeCut(reader) ? `${ELLIPSIS}[+${reader.double()} items]` : readValue(reader, depth));
  }
  return items;
}

/** A map whose keys are all texts is shown as an object, any other as pairs. */
function readMap(reader: ValueReader, depth: number): JsonValue {
  // The count of entries: nothing is allocated by it, so that a wrong one does no harm.
  reader.double();
  const pairs: [JsonValue, JsonValue][] = [];
  let hasTextKeys = true;
  while (!takeEnd(reader)) {
    if (takeCut(reader)) {
      pairs.push([ELLIPSIS, cutKeys(reader)]);
      continue;
    }
    hasTextKeys &&= isStringTag(reader.peek());
    const key = readValue(reader, depth);
    pairs.push([key, readValue(reader, depth)]);
  }
  if (!hasTextKeys) return pairs;
  const object: JsonObject = {};
  for (const [key, value] of pairs) put(object, String(key), value);
  return object;
}

function put(object: JsonObject, key: string, value: JsonValue): void {
  if (key !== '__proto__') object[key] = value;
  // An assignment would change the object's prototype instead.
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

function takeEnd(reader: ValueReader): boolean {
  const isEnd = reader.peek() === TAG.END;
  if (isEnd) reader.at++;
  return isEnd;
}

function takeCut(reader: ValueReader): boolean {
  const isCut = reader.peek() === TAG.CUT;
  if (isCut) reader.at++;
  return isCut;
}

function cutKeys(reader: ValueReader): string {
  return `[+${reader.double()} keys]`;
}

function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

function dateText(ms: number): string {
  return Math.abs(ms) <= MAX_DATE_MS ? new Date(ms).toISOString() : 'Invalid Date';
}
