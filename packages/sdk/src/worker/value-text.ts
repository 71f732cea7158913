import { TAG } from '../record/format.js';
import { CorruptRecordError } from './errors.js';
import { isStringTag, type ValueReader } from './value-reader.js';

/** Deeper than the copier ever goes; a record that claims more is corrupt, and must not exhaust the stack. */
const MAX_NESTING = 64;

/** The largest time that `Date` can show, in milliseconds from the epoch on either side. */
const MAX_DATE_MS = 8.64e15;

/** An attribute's value as OTLP has it: text, an int64, or a double. */
export type AttributeValue = string | bigint | number;

/** The next value as text: a string as it is, a structure as JSON, `undefined` for an undefined value. */
export function readText(reader: ValueReader): string | undefined {
  const tag = reader.byte();
  if (tag === TAG.UNDEFINED) return undefined;
  if (tag === TAG.DOUBLE) return String(reader.double());
  return readStringLike(reader, tag) ?? readJson(reader, tag, 0);
}

/** The next value as an attribute: numbers stay numbers, everything else is text. */
export function readAttribute(reader: ValueReader): AttributeValue | undefined {
  const tag = reader.peek();
  if (tag !== TAG.INT32 && tag !== TAG.DOUBLE) return readText(reader);
  reader.at++;
  const value = tag === TAG.INT32 ? reader.int32() : reader.double();
  if (Number.isSafeInteger(value)) return BigInt(value);
  return Number.isFinite(value) ? value : String(value);
}

/**
 * The next value by its top-level keys. What has none (a text, a number, an array) stands under the key `value`;
 * an undefined value has no entries.
 */
export function readEntries(reader: ValueReader): Map<string, AttributeValue> {
  const entries = new Map<string, AttributeValue>();
  if (reader.peek() === TAG.OBJECT) {
    reader.at++;
    readObjectEntries(reader, entries);
    return entries;
  }
  if (reader.peek() === TAG.MAP) {
    reader.at++;
    const map = readMap(reader, 0);
    if (map.hasTextKeys) for (const pair of map.pairs) entries.set(pair.key, plainText(pair.value ?? 'null'));
    else entries.set('value', mapJson(map));
    return entries;
  }
  const value = readAttribute(reader);
  if (value !== undefined) entries.set('value', value);
  return entries;
}

/** The next value as a list of texts: tags. A value that is no array is a list of one. */
export function readTextList(reader: ValueReader): string[] {
  if (reader.peek() !== TAG.ARRAY) {
    const text = readText(reader);
    return text === undefined ? [] : [text];
  }
  reader.at++;
  const texts: string[] = [];
  while (reader.peek() !== TAG.END) {
    if (reader.peek() === TAG.CUT) {
      reader.at++;
      texts.push(cutItems(reader));
      continue;
    }
    const text = readText(reader);
    if (text !== undefined) texts.push(text);
  }
  reader.at++;
  return texts;
}

function readObjectEntries(reader: ValueReader, entries: Map<string, AttributeValue>): void {
  for (;;) {
    const tag = reader.peek();
    if (tag === TAG.END) break;
    if (tag === TAG.CUT) {
      reader.at++;
      entries.set('…', cutKeys(reader));
      continue;
    }
    const key = reader.bareString();
    const value = readAttribute(reader);
    if (value !== undefined) entries.set(key, value);
  }
  reader.at++;
}

/** Text of the tags that JSON shows as a string; `undefined` for any other tag, with nothing read. */
function readStringLike(reader: ValueReader, tag: number): string | undefined {
  if (isStringTag(tag)) return reader.string(tag);
  switch (tag) {
    case TAG.BIGINT:
    case TAG.MARKER:
      return reader.bareString();
    case TAG.DATE:
      return dateText(reader.double());
    case TAG.BYTES:
      return `[${reader.bareString()} ${reader.double()} bytes]`;
    default:
      return undefined;
  }
}

function readJson(reader: ValueReader, tag: number, depth: number): string {
  switch (tag) {
    case TAG.INT32:
      return String(reader.int32());
    case TAG.DOUBLE:
      return numberJson(reader.double());
    case TAG.TRUE:
      return 'true';
    case TAG.FALSE:
      return 'false';
    case TAG.NULL:
    case TAG.UNDEFINED:
      return 'null';
    case TAG.OBJECT:
      return readObjectJson(reader, depth);
    case TAG.ARRAY:
      return readArrayJson(reader, depth);
    case TAG.MAP:
      return mapJson(readMap(reader, depth));
    default: {
      const text = readStringLike(reader, tag);
      if (text === undefined) throw new CorruptRecordError(`unknown tag ${tag}`);
      return JSON.stringify(text);
    }
  }
}

/** JSON of the next value, inside a structure at `depth`. */
function readNested(reader: ValueReader, depth: number): string {
  if (depth >= MAX_NESTING) throw new CorruptRecordError('values nest too deeply');
  return readJson(reader, reader.byte(), depth + 1);
}

// Pieces are joined with `+=`: V8 keeps a rope and flattens it once, when the text is encoded.
function readObjectJson(reader: ValueReader, depth: number): string {
  let json = '{';
  let separator = '';
  for (;;) {
    const tag = reader.peek();
    if (tag === TAG.END) break;
    if (tag === TAG.CUT) {
      reader.at++;
      json += `${separator}"…":"${cutKeys(reader)}"`;
      separator = ',';
      continue;
    }
    const key = reader.bareString();
    if (reader.peek() === TAG.UNDEFINED) {
      reader.at++;
      continue;
    }
    json += `${separator}${JSON.stringify(key)}:`;
    json += readNested(reader, depth);
    separator = ',';
  }
  reader.at++;
  return `${json}}`;
}

function readArrayJson(reader: ValueReader, depth: number): string {
  let json = '[';
  let separator = '';
  for (;;) {
    const tag = reader.peek();
    if (tag === TAG.END) break;
    json += separator;
    separator = ',';
    if (tag === TAG.CUT) {
      reader.at++;
      json += `"${cutItems(reader)}"`;
    } else {
      json += readNested(reader, depth);
    }
  }
  reader.at++;
  return `${json}]`;
}

interface MapPair {
  /** The key itself where it is a string, else its JSON. */
  readonly key: string;
  readonly isTextKey: boolean;
  /** JSON; `undefined` for an undefined value. */
  readonly value: string | undefined;
}

interface MapPairs {
  readonly pairs: readonly MapPair[];
  readonly hasTextKeys: boolean;
}

function readMap(reader: ValueReader, depth: number): MapPairs {
  // The count of entries: nothing is allocated by it, so that a wrong one does no harm.
  reader.double();
  const pairs: MapPair[] = [];
  let hasTextKeys = true;
  while (reader.peek() !== TAG.END) {
    if (reader.peek() === TAG.CUT) {
      reader.at++;
      pairs.push({ key: '…', isTextKey: true, value: JSON.stringify(cutKeys(reader)) });
      continue;
    }
    const isTextKey = isStringTag(reader.peek());
    const key = isTextKey ? reader.string(reader.byte()) : readNested(reader, depth);
    hasTextKeys &&= isTextKey;
    const isUndefined = reader.peek() === TAG.UNDEFINED;
    const value = readNested(reader, depth);
    pairs.push({ key, isTextKey, value: isUndefined ? undefined : value });
  }
  reader.at++;
  return { pairs, hasTextKeys };
}

function mapJson({ pairs, hasTextKeys }: MapPairs): string {
  const parts: string[] = [];
  for (const { key, isTextKey, value } of pairs) {
    const keyJson = isTextKey ? JSON.stringify(key) : key;
    if (!hasTextKeys) parts.push(`[${keyJson},${value ?? 'null'}]`);
    else if (value !== undefined) parts.push(`${keyJson}:${value}`);
  }
  return hasTextKeys ? `{${parts.join(',')}}` : `[${parts.join(',')}]`;
}

/** A JSON string's own text; any other JSON as it is. */
function plainText(json: string): string {
  return json.startsWith('"') ? String(JSON.parse(json)) : json;
}

function cutKeys(reader: ValueReader): string {
  return `[+${reader.double()} keys]`;
}

function cutItems(reader: ValueReader): string {
  return `…[+${reader.double()} items]`;
}

function numberJson(value: number): string {
  return Number.isFinite(value) ? String(value) : `"${value}"`;
}

function dateText(ms: number): string {
  return Math.abs(ms) <= MAX_DATE_MS ? new Date(ms).toISOString() : 'Invalid Date';
}
