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

/** The next value as text: a string as it is, a structure as JSON, `undefined` for an undefined value. */
export function readText(reader: ValueReader): string | undefined {
  const tag = reader.byte();
  return isStringTag(tag) ? reader.string(tag) : textOf(reader, tag);
}

/** The next value as an attribute: numbers stay numbers, everything else is text. */
export function readAttribute(reader: ValueReader): AttributeValue | undefined {
  const tag = reader.byte();
  if (isStringTag(tag)) return reader.string(tag);
  if (tag === TAG.INT32) return BigInt(reader.int32());
  if (tag !== TAG.DOUBLE) return textOf(reader, tag);
  const value = reader.double();
  if (!Number.isFinite(value)) return String(value);
  return Number.isSafeInteger(value) ? BigInt(value) : value;
}

/**
 * The next value by its top-level keys. What has none (a text, a number, an array) stands under the key `value`;
 * an undefined value has no entries.
 */
export function readEntries(reader: ValueReader): Map<string, AttributeValue> {
  const tag = reader.peek();
  const entries = new Map<string, AttributeValue>();
  if (tag === TAG.OBJECT) {
    reader.at++;
    while (!takeEnd(reader)) {
      if (takeCut(reader)) entries.set(ELLIPSIS, cutKeys(reader));
      else put(entries, reader.bareString(), readAttribute(reader));
    }
  } else if (tag === TAG.MAP) {
    reader.at++;
    const pairs = readPairs(reader, 1);
    if (!pairs.hasTextKeys) return entries.set('value', pairsJson(pairs));
    pairs.values.forEach((value, index) => {
      put(entries, pairs.keys[index] as string, value === undefined ? undefined : asAttribute(value));
    });
  } else {
    put(entries, 'value', readAttribute(reader));
  }
  return entries;
}

/** The next value as a list of texts: tags. A value that is no array is a list of one. */
export function readTextList(reader: ValueReader): string[] {
  const texts: string[] = [];
  const add = (text: string | undefined): void => {
    if (text !== undefined) texts.push(text);
  };
  if (reader.peek() !== TAG.ARRAY) {
    add(readText(reader));
    return texts;
  }
  reader.at++;
  while (!takeEnd(reader)) add(takeCut(reader) ? cutItems(reader) : readText(reader));
  return texts;
}

/** A value that is no string, as text. */
function textOf(reader: ValueReader, tag: number): string | undefined {
  switch (tag) {
    case TAG.BIGINT:
    case TAG.MARKER:
      return reader.bareString();
    case TAG.DATE:
      return dateText(reader.double());
    case TAG.BYTES:
      return bytesText(reader);
    case TAG.DOUBLE:
      return String(positiveZero(reader.double()));
    default:
      return jsonOf(reader, tag, 0);
  }
}

/** The JSON of a value, put together as it is read; `undefined` for an undefined value. */
function jsonOf(reader: ValueReader, tag: number, depth: number): string | undefined {
  if (isStringTag(tag)) return reader.quotedString(tag);
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
      return 'null';
    case TAG.UNDEFINED:
      return undefined;
    case TAG.BIGINT:
    case TAG.MARKER:
      return JSON.stringify(reader.bareString());
    case TAG.DATE:
      return `"${dateText(reader.double())}"`;
    case TAG.BYTES:
      return JSON.stringify(bytesText(reader));
    default:
      return structureJson(reader, tag, depth + 1);
  }
}

function structureJson(reader: ValueReader, tag: number, depth: number): string {
  if (depth > MAX_NESTING) throw new CorruptRecordError('values nest too deeply');
  switch (tag) {
    case TAG.OBJECT:
      return objectJson(reader, depth);
    case TAG.ARRAY:
      return arrayJson(reader, depth);
    case TAG.MAP:
      return pairsJson(readPairs(reader, depth));
    default:
      throw new CorruptRecordError(`unknown tag ${tag}`);
  }
}

function objectJson(reader: ValueReader, depth: number): string {
  let json = '{';
  while (!takeEnd(reader)) {
    const isCut = takeCut(reader);
    const key = isCut ? `"${ELLIPSIS}"` : reader.quotedString(reader.byte());
    const value = isCut ? `"${cutKeys(reader)}"` : jsonOf(reader, reader.byte(), depth);
    if (value !== undefined) json += `${json.length === 1 ? '' : ','}${key}:${value}`;
  }
  return `${json}}`;
}

function arrayJson(reader: ValueReader, depth: number): string {
  let json = '[';
  while (!takeEnd(reader)) {
    const item = takeCut(reader) ? `"${cutItems(reader)}"` : (jsonOf(reader, reader.byte(), depth) ?? 'null');
    json += json.length === 1 ? item : `,${item}`;
  }
  return `${json}]`;
}

/** The entries of a Map: its values as JSON, its keys as texts, or as JSON where one of them is no text. */
interface Pairs {
  readonly hasTextKeys: boolean;
  readonly keys: readonly (string | undefined)[];
  readonly values: readonly (string | undefined)[];
}

function readPairs(reader: ValueReader, depth: number): Pairs {
  // The count of entries: nothing is allocated by it, so that a wrong one does no harm.
  reader.double();
  const texts: (string | undefined)[] = [];
  const values: (string | undefined)[] = [];
  let hasTextKeys = true;
  while (!takeEnd(reader)) {
    if (takeCut(reader)) {
      texts.push(`"${ELLIPSIS}"`);
      values.push(`"${cutKeys(reader)}"`);
      continue;
    }
    hasTextKeys &&= isStringTag(reader.peek());
    texts.push(jsonOf(reader, reader.byte(), depth));
    values.push(jsonOf(reader, reader.byte(), depth));
  }
  return { hasTextKeys, keys: hasTextKeys ? texts.map((text) => JSON.parse(text as string) as string) : texts, values };
}

/** A map whose keys are all texts is shown as an object, any other as pairs. */
function pairsJson({ hasTextKeys, keys, values }: Pairs): string {
  if (!hasTextKeys) return `[${keys.map((key, index) => `[${key ?? 'null'},${values[index] ?? 'null'}]`).join(',')}]`;
  const entries = keys.map((key, index) => [JSON.stringify(key), values[index]] as const);
  return `{${entries
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}:${value}`)
    .join(',')}}`;
}

/** The attribute that a value's JSON stands for. */
function asAttribute(json: string): AttributeValue {
  const value: unknown = /^["\d-]/.test(json) ? JSON.parse(json) : json;
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : (value as string | number);
}

/** What is undefined has no entry. */
function put(entries: Map<string, AttributeValue>, key: string, value: AttributeValue | undefined): void {
  if (value !== undefined) entries.set(key, value);
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

function cutItems(reader: ValueReader): string {
  return `${ELLIPSIS}[+${reader.double()} items]`;
}

function numberJson(value: number): string {
  return Number.isFinite(value) ? String(positiveZero(value)) : `"${value}"`;
}

/** JSON has no negative zero. */
function positiveZero(value: number): number {
  return value === 0 ? 0 : value;
}

function bytesText(reader: ValueReader): string {
  return `[${reader.bareString()} ${reader.double()} bytes]`;
}

function dateText(ms: number): string {
  return Math.abs(ms) <= MAX_DATE_MS ? new Date(ms).toISOString() : 'Invalid Date';
}
