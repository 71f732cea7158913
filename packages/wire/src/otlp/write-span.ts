import type { TextWriter } from '../protobuf/text-writer.js';
import { ProtobufWriter } from '../protobuf/writer.js';
import type { AnyValue, Span, SpanEvent, SpanLink, Status } from './messages.js';
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
import { writeAttribute, writeAttributes } from './write-attributes.js';

/** What {@link writeSpanHead} writes. */
export type SpanHead = Pick<
  Span,
  'traceId' | 'spanId' | 'traceState' | 'parentSpanId' | 'name' | 'kind' | 'startTimeUnixNano' | 'endTimeUnixNano'
>;

/** What {@link writeSpanTail} writes. */
export type SpanTail = Pick<
  Span,
  'droppedAttributesCount' | 'events' | 'droppedEventsCount' | 'links' | 'droppedLinksCount' | 'status' | 'flags'
>;

/**
 * Writes the fields of a `Span`: {@link writeSpanHead}, the attributes, {@link writeSpanTail}. A caller that has no
 * `Span` object calls these three itself, in this order, and gets the same bytes.
 *
 * | no. | field                    | wire type        | omitted        |
 * |-----|--------------------------|------------------|----------------|
 * | 1   | trace_id                 | length-delimited | never          |
 * | 2   | span_id                  | length-delimited | never          |
 * | 3   | trace_state              | length-delimited | when empty     |
 * | 4   | parent_span_id           | length-delimited | when empty     |
 * | 5   | name                     | length-delimited | when empty     |
 * | 6   | kind                     | varint           | when 0         |
 * | 7   | start_time_unix_nano     | fixed64          | when 0         |
 * | 8   | end_time_unix_nano       | fixed64          | when 0         |
 * | 9   | attributes               | length-delimited | –, repeated    |
 * | 10  | dropped_attributes_count | varint           | when 0         |
 * | 11  | events                   | length-delimited | –, repeated    |
 * | 12  | dropped_events_count     | varint           | when 0         |
 * | 13  | links                    | length-delimited | –, repeated    |
 * | 14  | dropped_links_count      | varint           | when 0         |
 * | 15  | status                   | length-delimited | when all unset |
 * | 16  | flags                    | fixed32          | when 0         |
 *
 * @throws WireError `invalid_id` where an id is not hexadecimal; its length is not checked.
 */
export function writeSpan(writer: ProtobufWriter, span: Span): void {
  writeSpanHead(writer, span);
  writeAttributes(writer, SPAN_ATTRIBUTES, span.attributes);
  writeSpanTail(writer, span);
}

/** Fields 1 to 8 of a `Span`. */
export function writeSpanHead(writer: ProtobufWriter, head: SpanHead): void {
  writer.hexField(SPAN_TRACE_ID, head.traceId);
  writer.hexField(SPAN_SPAN_ID, head.spanId);
  if (head.traceState !== '') writer.stringField(SPAN_TRACE_STATE, head.traceState);
  if (head.parentSpanId !== '') writer.hexField(SPAN_PARENT_SPAN_ID, head.parentSpanId);
  if (head.name !== '') writer.stringField(SPAN_NAME, head.name);
  if (head.kind !== 0) writer.int32Field(SPAN_KIND, head.kind);
  if (head.startTimeUnixNano !== 0n) writer.fixed64Field(SPAN_START_TIME, head.startTimeUnixNano);
  if (head.endTimeUnixNano !== 0n) writer.fixed64Field(SPAN_END_TIME, head.endTimeUnixNano);
}

/** One attribute of a `Span` (field 9). */
export function writeSpanAttribute(writer: ProtobufWriter, key: string, value: AnyValue): void {
  writeAttribute(writer, SPAN_ATTRIBUTES, key, value);
}

/** Fields 10 to 16 of a `Span`. */
export function writeSpanTail(writer: ProtobufWriter, tail: SpanTail): void {
  if (tail.droppedAttributesCount !== 0) {
    writer.varintField(SPAN_DROPPED_ATTRIBUTES_COUNT, tail.droppedAttributesCount);
  }
  for (const event of tail.events) {
    writer.beginMessage(SPAN_EVENTS);
    writeSpanEvent(writer, event);
    writer.endMessage();
  }
  if (tail.droppedEventsCount !== 0) writer.varintField(SPAN_DROPPED_EVENTS_COUNT, tail.droppedEventsCount);
  for (const link of tail.links) {
    writer.beginMessage(SPAN_LINKS);
    writeSpanLink(writer, link);
    writer.endMessage();
  }
  if (tail.droppedLinksCount !== 0) writer.varintField(SPAN_DROPPED_LINKS_COUNT, tail.droppedLinksCount);
  if (tail.status.code !== 0 || tail.status.message !== '') {
    writer.beginMessage(SPAN_STATUS, tail.status.message.length);
    writeStatus(writer, tail.status);
    writer.endMessage();
  }
  if (tail.flags !== 0) writer.fixed32Field(SPAN_FLAGS, tail.flags);
}

/**
 * Writes the fields of a `Span.Event`.
 *
 * | no. | field                    | wire type        | omitted     |
 * |-----|--------------------------|------------------|-------------|
 * | 1   | time_unix_nano           | fixed64          | when 0      |
 * | 2   | name                     | length-delimited | when empty  |
 * | 3   | attributes               | length-delimited | –, repeated |
 * | 4   | dropped_attributes_count | varint           | when 0      |
 */
export function writeSpanEvent(writer: ProtobufWriter, event: SpanEvent): void {
  if (event.timeUnixNano !== 0n) writer.fixed64Field(EVENT_TIME, event.timeUnixNano);
  if (event.name !== '') writer.stringField(EVENT_NAME, event.name);
  writeAttributes(writer, EVENT_ATTRIBUTES, event.attributes);
  if (event.droppedAttributesCount !== 0) {
    writer.varintField(EVENT_DROPPED_ATTRIBUTES_COUNT, event.droppedAttributesCount);
  }
}

/**
 * Writes the fields of a `Span.Link`.
 *
 * | no. | field                    | wire type        | omitted     |
 * |-----|--------------------------|------------------|-------------|
 * | 1   | trace_id                 | length-delimited | never       |
 * | 2   | span_id                  | length-delimited | never       |
 * | 3   | trace_state              | length-delimited | when empty  |
 * | 4   | attributes               | length-delimited | –, repeated |
 * | 5   | dropped_attributes_count | varint           | when 0      |
 * | 6   | flags                    | fixed32          | when 0      |
 */
export function writeSpanLink(writer: ProtobufWriter, link: SpanLink): void {
  writer.hexField(LINK_TRACE_ID, link.traceId);
  writer.hexField(LINK_SPAN_ID, link.spanId);
  if (link.traceState !== '') writer.stringField(LINK_TRACE_STATE, link.traceState);
  writeAttributes(writer, LINK_ATTRIBUTES, link.attributes);
  if (link.droppedAttributesCount !== 0) writer.varintField(LINK_DROPPED_ATTRIBUTES_COUNT, link.droppedAttributesCount);
  if (link.flags !== 0) writer.fixed32Field(LINK_FLAGS, link.flags);
}

/**
 * Writes the fields of a `Status`.
 *
 * | no. | field   | wire type        | omitted    |
 * |-----|---------|------------------|------------|
 * | 2   | message | length-delimited | when empty |
 * | 3   | code    | varint           | when 0     |
 */
export function writeStatus(writer: ProtobufWriter, status: Status): void {
  if (status.message !== '') writer.stringField(STATUS_MESSAGE, status.message);
  if (status.code !== 0) writer.int32Field(STATUS_CODE, status.code);
}

/**
 * The bytes of one `Span` message, to be put into a request by `assembleExportRequest`.
 * Code that encodes many spans keeps one {@link ProtobufWriter} and calls {@link writeSpan}.
 */
export function encodeSpan(span: Span, textWriter?: TextWriter): Uint8Array {
  const writer = new ProtobufWriter(textWriter);
  writeSpan(writer, span);
  return writer.toBytes();
}
