import { WireError } from '../errors.js';
import type { ProtobufReader } from '../protobuf/reader.js';
import type { KeyValue, Span, SpanEvent, SpanLink, Status } from './messages.js';
import { readAttributeInto } from './read-attributes.js';
import type { ReadBudget } from './read-budget.js';
import {
  EVENT_ATTRIBUTES,
  EVENT_DROPPED_ATTRIBUTES_COUNT,
  EVENT_NAME,
  EVENT_TIME,
  LINK_ATTRIBUTES,
  LINK_DROPPED_ATTRIBUTES_COUNT,
  LINK_FLAGS,
  LINK_SPAN_ID,
  LINK_TRACE_ID,
  LINK_TRACE_STATE,
  SPAN_ATTRIBUTES,
  SPAN_DROPPED_ATTRIBUTES_COUNT,
  SPAN_DROPPED_EVENTS_COUNT,
  SPAN_DROPPED_LINKS_COUNT,
  SPAN_END_TIME,
  SPAN_EVENTS,
  SPAN_FLAGS,
  SPAN_KIND,
  SPAN_LINKS,
  SPAN_NAME,
  SPAN_PARENT_SPAN_ID,
  SPAN_SPAN_ID,
  SPAN_START_TIME,
  SPAN_STATUS,
  SPAN_TRACE_ID,
  SPAN_TRACE_STATE,
  STATUS_CODE,
  STATUS_MESSAGE,
} from './tags.js';

export const TRACE_ID_BYTES = 16;
export const SPAN_ID_BYTES = 8;

const UNSET_STATUS: Status = { message: '', code: 0 };

/** A span as its fields come in. */
interface SpanDraft {
  traceId: string;
  spanId: string;
  traceState: string;
  parentSpanId: string;
  flags: number;
  name: string;
  kind: number;
  startTimeUnixNano: bigint;
  endTimeUnixNano: bigint;
  attributes: KeyValue[];
  droppedAttributesCount: number;
  events: SpanEvent[];
  droppedEventsCount: number;
  links: SpanLink[];
  droppedLinksCount: number;
  status: Status;
}

/** An empty span, to be filled by {@link readSpanFields}; whoever holds it sees how far a failed reading came. */
export function createSpanDraft(): SpanDraft {
  return {
    traceId: '',
    spanId: '',
    traceState: '',
    parentSpanId: '',
    flags: 0,
    name: '',
    kind: 0,
    startTimeUnixNano: 0n,
    endTimeUnixNano: 0n,
    attributes: [],
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: UNSET_STATUS,
  };
}

/**
 * Reads the fields of a `Span` (field table: `writeSpan`) into a draft.
 * @throws WireError for whatever makes this span, and it alone, unusable; and `too_many_nodes`.
 */
export function readSpanFields(reader: ProtobufReader, budget: ReadBudget, draft: SpanDraft): Span {
  while (reader.hasMore()) readSpanField(reader, budget, draft);
  checkSpanIds(draft);
  return draft;
}

function readSpanField(reader: ProtobufReader, budget: ReadBudget, draft: SpanDraft): void {
  const tag = reader.readTag();
  switch (tag) {
    case SPAN_TRACE_ID:
      draft.traceId = readId(reader, TRACE_ID_BYTES, 'trace id');
      break;
    case SPAN_SPAN_ID:
      draft.spanId = readId(reader, SPAN_ID_BYTES, 'span id');
      break;
    case SPAN_TRACE_STATE:
      draft.traceState = reader.readString();
      break;
    case SPAN_PARENT_SPAN_ID:
      draft.parentSpanId = normalizeParentId(readId(reader, SPAN_ID_BYTES, 'parent span id'));
      break;
    case SPAN_NAME:
      draft.name = reader.readInternedString();
      break;
    case SPAN_KIND:
      draft.kind = reader.readInt32();
      break;
    case SPAN_START_TIME:
      draft.startTimeUnixNano = reader.readFixed64();
      break;
    case SPAN_END_TIME:
      draft.endTimeUnixNano = reader.readFixed64();
      break;
    case SPAN_ATTRIBUTES:
      readAttributeInto(draft.attributes, reader, budget);
      break;
    default:
      readRareSpanField(tag, reader, budget, draft);
  }
}

function readRareSpanField(tag: number, reader: ProtobufReader, budget: ReadBudget, draft: SpanDraft): void {
  switch (tag) {
    case SPAN_DROPPED_ATTRIBUTES_COUNT:
      draft.droppedAttributesCount = reader.readUint32();
      break;
    case SPAN_EVENTS:
      budget.checkListCount(draft.events.length, 'events');
      draft.events.push(readSpanEvent(reader, budget));
      break;
    case SPAN_DROPPED_EVENTS_COUNT:
      draft.droppedEventsCount = reader.readUint32();
      break;
    case SPAN_LINKS:
      budget.checkListCount(draft.links.length, 'links');
      draft.links.push(readSpanLink(reader, budget));
      break;
    case SPAN_DROPPED_LINKS_COUNT:
      draft.droppedLinksCount = reader.readUint32();
      break;
    case SPAN_STATUS:
      draft.status = readStatus(reader, draft.status);
      break;
    case SPAN_FLAGS:
      draft.flags = reader.readFixed32();
      break;
    default:
      reader.skip(tag);
  }
}

/** Enters and reads a `Span.Event` (field table: `writeSpanEvent`). */
function readSpanEvent(reader: ProtobufReader, budget: ReadBudget): SpanEvent {
  budget.countContainer();
  const outerLimit = reader.enterMessage();
  const attributes: KeyValue[] = [];
  let timeUnixNano = 0n;
  let name = '';
  let droppedAttributesCount = 0;
  while (reader.hasMore()) {
    const tag = reader.readTag();
    if (tag === EVENT_TIME) timeUnixNano = reader.readFixed64();
    else if (tag === EVENT_NAME) name = reader.readInternedString();
    else if (tag === EVENT_ATTRIBUTES) readAttributeInto(attributes, reader, budget);
    else if (tag === EVENT_DROPPED_ATTRIBUTES_COUNT) droppedAttributesCount = reader.readUint32();
    else reader.skip(tag);
  }
  reader.leaveMessage(outerLimit);
  return { timeUnixNano, name, attributes, droppedAttributesCount };
}

/** Enters and reads a `Span.Link` (field table: `writeSpanLink`). */
function readSpanLink(reader: ProtobufReader, budget: ReadBudget): SpanLink {
  budget.countContainer();
  const outerLimit = reader.enterMessage();
  const attributes: KeyValue[] = [];
  let traceId = '';
  let spanId = '';
  let traceState = '';
  let droppedAttributesCount = 0;
  let flags = 0;
  while (reader.hasMore()) {
    const tag = reader.readTag();
    if (tag === LINK_TRACE_ID) traceId = readId(reader, TRACE_ID_BYTES, 'trace id of a link');
    else if (tag === LINK_SPAN_ID) spanId = readId(reader, SPAN_ID_BYTES, 'span id of a link');
    else if (tag === LINK_TRACE_STATE) traceState = reader.readString();
    else if (tag === LINK_ATTRIBUTES) readAttributeInto(attributes, reader, budget);
    else if (tag === LINK_DROPPED_ATTRIBUTES_COUNT) droppedAttributesCount = reader.readUint32();
    else if (tag === LINK_FLAGS) flags = reader.readFixed32();
    else reader.skip(tag);
  }
  reader.leaveMessage(outerLimit);
  return { traceId, spanId, traceState, attributes, droppedAttributesCount, flags };
}

/** Enters and reads a `Status` (field table: `writeStatus`); one that comes twice is merged, as protobuf says. */
function readStatus(reader: ProtobufReader, before: Status): Status {
  const outerLimit = reader.enterMessage();
  let { message, code } = before;
  while (reader.hasMore()) {
    const tag = reader.readTag();
    if (tag === STATUS_MESSAGE) message = reader.readString();
    else if (tag === STATUS_CODE) code = reader.readInt32();
    else reader.skip(tag);
  }
  reader.leaveMessage(outerLimit);
  return { message, code };
}

/** An id; `''` where it is empty, which is protobuf's form of "no value". */
function readId(reader: ProtobufReader, sizeBytes: number, what: string): string {
  const hex = reader.readHex(sizeBytes);
  if (hex === undefined) throw new WireError('invalid_id', `the ${what} is not ${sizeBytes} bytes long`);
  return hex;
}

const ZERO_TRACE_ID = '0'.repeat(TRACE_ID_BYTES * 2);
const ZERO_SPAN_ID = '0'.repeat(SPAN_ID_BYTES * 2);

/** A root has no parent id, or (from some senders) one of zeros. */
export function normalizeParentId(parentSpanId: string): string {
  return parentSpanId === ZERO_SPAN_ID ? '' : parentSpanId;
}

/** @throws WireError `invalid_id` where the span's own ids are missing or all zero. */
export function checkSpanIds(span: { readonly traceId: string; readonly spanId: string }): void {
  if (span.traceId === '') throw new WireError('invalid_id', 'the trace id is missing');
  if (span.traceId === ZERO_TRACE_ID) throw new WireError('invalid_id', 'the trace id is all zero');
  if (span.spanId === '') throw new WireError('invalid_id', 'the span id is missing');
  if (span.spanId === ZERO_SPAN_ID) throw new WireError('invalid_id', 'the span id is all zero');
}
