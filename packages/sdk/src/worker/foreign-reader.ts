import { TAG } from '../record/format.js';
import { CorruptRecordError } from './errors.js';
import type {
  ForeignAttributeMap,
  ForeignEventFields,
  ForeignFields,
  ForeignLinkFields,
  ForeignValue,
} from './foreign-fields.js';
import { isStringTag, type ValueReader } from './value-reader.js';

interface Attributes {
  readonly attributes: ForeignAttributeMap;
  readonly droppedAttributesCount: number;
}

/** The value of FIELD.FOREIGN; its order stands there, in `record/format.ts`. */
export function readForeign(reader: ValueReader): ForeignFields {
  expectTag(reader, TAG.ARRAY);
  const head = readNumber(reader);
  const scopeId = reader.peek() === TAG.DOUBLE ? readNumber(reader) : 0;
  const scopeLabel = scopeId === 0 ? readString(reader) : '';
  const own = readAttributes(reader);
  const statusMessage = takeNull(reader) ? '' : readString(reader);
  const events = readListUnlessNull(reader, readEvent);
  const links = readListUnlessNull(reader, readLink);
  expectTag(reader, TAG.END);
  return {
    kind: head & 7,
    statusCode: (head >> 3) & 3,
    flags: head >>> 5,
    statusMessage,
    scopeId,
    scopeLabel,
    ...own,
    events: events.items,
    droppedEventsCount: events.droppedCount,
    links: links.items,
    droppedLinksCount: links.droppedCount,
  };
}

function readEvent(reader: ValueReader): ForeignEventFields {
  const name = readString(reader);
  const timeMs = readNumber(reader);
  return { name, timeMs, ...readAttributes(reader) };
}

function readLink(reader: ValueReader): ForeignLinkFields {
  const traceId = readString(reader);
  const spanId = readString(reader);
  const traceState = readString(reader);
  const flags = readNumber(reader);
  return { traceId, spanId, traceState, flags, ...readAttributes(reader) };
}

function readAttributes(reader: ValueReader): Attributes {
  const attributes: ForeignAttributeMap = {};
  if (takeNull(reader)) return { attributes, droppedAttributesCount: 0 };
  expectTag(reader, TAG.OBJECT);
  while (!takeTag(reader, TAG.END)) put(attributes, reader.bareString(), readAttribute(reader));
  return { attributes, droppedAttributesCount: readCount(reader) };
}

function readAttribute(reader: ValueReader): ForeignValue {
  if (takeTag(reader, TAG.ARRAY)) return readList(reader, readScalar);
  return readScalar(reader);
}

function readScalar(reader: ValueReader): ForeignValue {
  const tag = reader.byte();
  if (isStringTag(tag)) return reader.string(tag);
  switch (tag) {
    case TAG.DOUBLE:
      return reader.double();
    case TAG.TRUE:
      return true;
    case TAG.FALSE:
      return false;
    case TAG.NULL:
      return null;
    default:
      throw new CorruptRecordError(`tag ${tag} in an attribute`);
  }
}

function readListUnlessNull<T>(reader: ValueReader, readItem: (reader: ValueReader) => T) {
  if (takeNull(reader)) return { items: [] as T[], droppedCount: 0 };
  expectTag(reader, TAG.ARRAY);
  const items = readList(reader, readItem);
  return { items, droppedCount: readCount(reader) };
}

/** Up to the END, which is taken. */
function readList<T>(reader: ValueReader, readItem: (reader: ValueReader) => T): T[] {
  const items: T[] = [];
  while (!takeTag(reader, TAG.END)) items.push(readItem(reader));
  return items;
}

function readCount(reader: ValueReader): number {
  return takeNull(reader) ? 0 : readNumber(reader);
}

function readString(reader: ValueReader): string {
  return reader.string(reader.byte());
}

function readNumber(reader: ValueReader): number {
  expectTag(reader, TAG.DOUBLE);
  return reader.double();
}

function expectTag(reader: ValueReader, tag: number): void {
  if (!takeTag(reader, tag)) throw new CorruptRecordError(`tag ${reader.peek()} where ${tag} belongs`);
}

function takeNull(reader: ValueReader): boolean {
  return takeTag(reader, TAG.NULL);
}

function takeTag(reader: ValueReader, tag: number): boolean {
  const isThere = reader.peek() === tag;
  if (isThere) reader.at++;
  return isThere;
}

function put(attributes: ForeignAttributeMap, key: string, value: ForeignValue): void {
  if (key !== '__proto__') attributes[key] = value;
  // An assignment would change the object's prototype instead.
  else Object.defineProperty(attributes, key, { value, enumerable: true, configurable: true, writable: true });
}
