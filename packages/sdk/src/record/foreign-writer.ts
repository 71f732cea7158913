// Hot path: a span without attributes <= 0.1 µs, one more attribute <= 50 ns.
/**
 * Writes the value of FIELD.FOREIGN (`record/format.ts`), which `worker/foreign-reader.ts` reads. What does not fit is
 * left out and counted with what the span's own limits had dropped.
 */
import type { ForeignAttributes, ForeignAttributeValue, ForeignEvent, ForeignLink, ForeignSpan } from './foreign.js';
import { TAG } from './format.js';
import type { ValueCopier } from './value-copier.js';

/** Longer keys are cut, without a mark, which would stand where the value belongs. */
const MAX_KEY_LENGTH = 1024;
const LOOP_LENGTH = 48;
const MAX_LABEL_BYTES = 2048;
const MAX_STATUS_BYTES = 8192;

/** Room that one value may take, and where the record has to stop taking more. */
export interface ForeignRoom {
  /** The ring. */
  readonly bytes: Uint8Array;
  readonly maxValueBytes: number;
  endAt: number;
}

/** @param scopeId number of the scope's label among the names, or 0 where it has to be written out */
export function writeForeign(copier: ValueCopier, span: ForeignSpan, scopeId: number, room: ForeignRoom): void {
  copier.byte(TAG.ARRAY);
  copier.double((span.kind + 1) | (span.statusCode << 3) | (span.otlpFlags << 5));
  if (scopeId === 0) copier.text(span.scope.label, MAX_LABEL_BYTES);
  else copier.double(scopeId);
  writeAttributes(copier, span.attributeList, room);
  if (span.statusMessage === '') copier.byte(TAG.NULL);
  else copier.text(span.statusMessage, Math.min(MAX_STATUS_BYTES, roomLeft(copier, room)));
  writeEvents(copier, span, room);
  writeLinks(copier, span, room);
  copier.byte(TAG.END);
}

/** NULL, or an OBJECT and how many are missing from it. */
function writeAttributes(copier: ValueCopier, attributes: ForeignAttributes | undefined, room: ForeignRoom): void {
  if (attributes === undefined) {
    copier.byte(TAG.NULL);
    return;
  }
  const { keys, values } = attributes;
  let index = 0;
  copier.byte(TAG.OBJECT);
  for (; index < keys.length && copier.at < room.endAt; index++) {
    writeKey(copier, keys[index] as string, room.bytes);
    writeValue(copier, values[index] as ForeignAttributeValue, room);
  }
  copier.byte(TAG.END);
  writeCount(copier, attributes.droppedCount + keys.length - index);
}

/** By a loop, because most keys have 10 to 30 characters, which a native call would cost more than that. */
function writeKey(copier: ValueCopier, key: string, bytes: Uint8Array): void {
  const length = key.length;
  const at = copier.at;
  if (length <= LOOP_LENGTH && at + 2 + length <= copier.hardEnd) {
    let index = 0;
    for (; index < length; index++) {
      const unit = key.charCodeAt(index);
      if (unit > 255) break;
      bytes[at + 2 + index] = unit;
    }
    if (index === length) {
      bytes[at] = TAG.SHORT_LATIN1;
      bytes[at + 1] = length;
      copier.at = at + 2 + length;
      return;
    }
  }
  copier.text(length > MAX_KEY_LENGTH ? key.slice(0, MAX_KEY_LENGTH) : key, MAX_KEY_LENGTH * 2 + 5);
}

function writeValue(copier: ValueCopier, value: ForeignAttributeValue, room: ForeignRoom): void {
  if (typeof value === 'string') copier.text(value, roomLeft(copier, room));
  else if (typeof value === 'number') copier.double(value);
  else if (typeof value === 'boolean') copier.byte(value ? TAG.TRUE : TAG.FALSE);
  else writeList(copier, value, room);
}

function writeList(
  copier: ValueCopier,
  items: Exclude<ForeignAttributeValue, string | number | boolean>,
  room: ForeignRoom,
) {
  const endAt = copier.at + roomLeft(copier, room);
  let index = 0;
  copier.byte(TAG.ARRAY);
  for (; index < items.length && copier.at < endAt; index++) {
    const item = items[index];
    if (item === null || item === undefined) copier.byte(TAG.NULL);
    else writeValue(copier, item, room);
  }
  if (index < items.length) copier.text(`…[+${items.length - index} items]`, MAX_LABEL_BYTES);
  copier.byte(TAG.END);
}

/** NULL, or an ARRAY of `name, time, attributes`; then how many are missing from it. */
function writeEvents(copier: ValueCopier, span: ForeignSpan, room: ForeignRoom): void {
  const events = span.eventList;
  if (events === undefined) {
    copier.byte(TAG.NULL);
    return;
  }
  let index = 0;
  copier.byte(TAG.ARRAY);
  for (; index < events.length && copier.at < room.endAt; index++) {
    const event = events[index] as ForeignEvent;
    copier.text(event.name, Math.min(MAX_LABEL_BYTES, roomLeft(copier, room)));
    copier.double(event.timeMs);
    writeAttributes(copier, event.attributeList, room);
  }
  copier.byte(TAG.END);
  writeCount(copier, span.droppedEventsCount + events.length - index);
}

/** NULL, or an ARRAY of `trace id, span id, trace state, flags, attributes`; then how many are missing from it. */
function writeLinks(copier: ValueCopier, span: ForeignSpan, room: ForeignRoom): void {
  const links = span.linkList;
  if (links === undefined) {
    copier.byte(TAG.NULL);
    return;
  }
  let index = 0;
  copier.byte(TAG.ARRAY);
  for (; index < links.length && copier.at < room.endAt; index++) {
    const link = links[index] as ForeignLink;
    copier.text(link.traceId, MAX_LABEL_BYTES);
    copier.text(link.spanId, MAX_LABEL_BYTES);
    copier.text(link.traceState, MAX_LABEL_BYTES);
    copier.double(link.flags);
    writeAttributes(copier, link.attributeList, room);
  }
  copier.byte(TAG.END);
  writeCount(copier, span.droppedLinksCount + links.length - index);
}

/** Nearly always none. */
function writeCount(copier: ValueCopier, count: number): void {
  if (count === 0) copier.byte(TAG.NULL);
  else copier.double(count);
}

function roomLeft(copier: ValueCopier, room: ForeignRoom): number {
  return Math.max(0, Math.min(room.maxValueBytes, room.endAt - copier.at));
}
