import type { TextWriter } from '../protobuf/text-writer.js';
import { varintSizeBytes } from '../protobuf/wire-type.js';
import { ProtobufWriter } from '../protobuf/writer.js';
import type {
  ExportTraceServiceRequest,
  InstrumentationScope,
  Resource,
  ResourceSpans,
  ScopeSpans,
} from './messages.js';
import {
  REQUEST_RESOURCE_SPANS,
  RESOURCE_ATTRIBUTES,
  RESOURCE_DROPPED_ATTRIBUTES_COUNT,
  RESOURCE_SPANS_RESOURCE,
  RESOURCE_SPANS_SCHEMA_URL,
  RESOURCE_SPANS_SCOPE_SPANS,
  SCOPE_ATTRIBUTES,
  SCOPE_DROPPED_ATTRIBUTES_COUNT,
  SCOPE_NAME,
  SCOPE_SPANS_SCHEMA_URL,
  SCOPE_SPANS_SCOPE,
  SCOPE_SPANS_SPANS,
  SCOPE_VERSION,
} from './tags.js';
import { writeAttributes } from './write-attributes.js';
import { writeSpan } from './write-span.js';

/**
 * Writes the fields of an `ExportTraceServiceRequest`.
 *
 * | no. | field          | wire type        | omitted     |
 * |-----|----------------|------------------|-------------|
 * | 1   | resource_spans | length-delimited | –, repeated |
 */
export function writeExportRequest(writer: ProtobufWriter, request: ExportTraceServiceRequest): void {
  for (const resourceSpans of request.resourceSpans) {
    writer.beginMessage(REQUEST_RESOURCE_SPANS);
    writeResourceSpans(writer, resourceSpans);
    writer.endMessage();
  }
}

/**
 * Writes the fields of a `ResourceSpans`.
 *
 * | no. | field       | wire type        | omitted     |
 * |-----|-------------|------------------|-------------|
 * | 1   | resource    | length-delimited | never       |
 * | 2   | scope_spans | length-delimited | –, repeated |
 * | 3   | schema_url  | length-delimited | when empty  |
 */
export function writeResourceSpans(writer: ProtobufWriter, resourceSpans: ResourceSpans): void {
  writer.beginMessage(RESOURCE_SPANS_RESOURCE);
  writeResource(writer, resourceSpans.resource);
  writer.endMessage();
  for (const scopeSpans of resourceSpans.scopeSpans) {
    writer.beginMessage(RESOURCE_SPANS_SCOPE_SPANS);
    writeScopeSpans(writer, scopeSpans);
    writer.endMessage();
  }
  if (resourceSpans.schemaUrl !== '') writer.stringField(RESOURCE_SPANS_SCHEMA_URL, resourceSpans.schemaUrl);
}

/**
 * Writes the fields of a `ScopeSpans`.
 *
 * | no. | field      | wire type        | omitted     |
 * |-----|------------|------------------|-------------|
 * | 1   | scope      | length-delimited | never       |
 * | 2   | spans      | length-delimited | –, repeated |
 * | 3   | schema_url | length-delimited | when empty  |
 */
export function writeScopeSpans(writer: ProtobufWriter, scopeSpans: ScopeSpans): void {
  writer.beginMessage(SCOPE_SPANS_SCOPE);
  writeInstrumentationScope(writer, scopeSpans.scope);
  writer.endMessage();
  for (const span of scopeSpans.spans) {
    writer.beginMessage(SCOPE_SPANS_SPANS);
    writeSpan(writer, span);
    writer.endMessage();
  }
  if (scopeSpans.schemaUrl !== '') writer.stringField(SCOPE_SPANS_SCHEMA_URL, scopeSpans.schemaUrl);
}

/**
 * Writes the fields of a `Resource`.
 *
 * | no. | field                    | wire type        | omitted     |
 * |-----|--------------------------|------------------|-------------|
 * | 1   | attributes               | length-delimited | –, repeated |
 * | 2   | dropped_attributes_count | varint           | when 0      |
 */
export function writeResource(writer: ProtobufWriter, resource: Resource): void {
  writeAttributes(writer, RESOURCE_ATTRIBUTES, resource.attributes);
  if (resource.droppedAttributesCount !== 0) {
    writer.varintField(RESOURCE_DROPPED_ATTRIBUTES_COUNT, resource.droppedAttributesCount);
  }
}

/**
 * Writes the fields of an `InstrumentationScope`.
 *
 * | no. | field                    | wire type        | omitted     |
 * |-----|--------------------------|------------------|-------------|
 * | 1   | name                     | length-delimited | when empty  |
 * | 2   | version                  | length-delimited | when empty  |
 * | 3   | attributes               | length-delimited | –, repeated |
 * | 4   | dropped_attributes_count | varint           | when 0      |
 */
export function writeInstrumentationScope(writer: ProtobufWriter, scope: InstrumentationScope): void {
  if (scope.name !== '') writer.stringField(SCOPE_NAME, scope.name);
  if (scope.version !== '') writer.stringField(SCOPE_VERSION, scope.version);
  writeAttributes(writer, SCOPE_ATTRIBUTES, scope.attributes);
  if (scope.droppedAttributesCount !== 0) {
    writer.varintField(SCOPE_DROPPED_ATTRIBUTES_COUNT, scope.droppedAttributesCount);
  }
}

/** The bytes of a whole request, `application/x-protobuf`. */
export function encodeExportRequest(request: ExportTraceServiceRequest, textWriter?: TextWriter): Uint8Array {
  const writer = new ProtobufWriter(textWriter);
  writeExportRequest(writer, request);
  return writer.toBytes();
}

/** One resource and scope with spans that are encoded already. */
export interface EncodedExport {
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
  /** Bytes of `Span` messages, as `encodeSpan` gives them. */
  readonly encodedSpans: readonly Uint8Array[];
}

/** Every tag used to frame an export is below 128. */
const TAG_BYTES = 1;

function framedSizeBytes(contentBytes: number): number {
  return TAG_BYTES + varintSizeBytes(contentBytes) + contentBytes;
}

/** What one span of this size adds to a request: its bytes and its frame. */
export function framedSpanSizeBytes(spanBytes: number): number {
  return framedSizeBytes(spanBytes);
}

interface ExportLayout {
  readonly resource: Uint8Array;
  readonly scope: Uint8Array;
  readonly scopeSpansBytes: number;
  readonly resourceSpansBytes: number;
}

function layOut({ resource, scope, encodedSpans }: EncodedExport): ExportLayout {
  const writer = new ProtobufWriter();
  writeResource(writer, resource);
  const resourceBytes = writer.toBytes();
  writer.reset();
  writeInstrumentationScope(writer, scope);
  const scopeBytes = writer.toBytes();
  let scopeSpansBytes = framedSizeBytes(scopeBytes.length);
  for (const span of encodedSpans) scopeSpansBytes += framedSpanSizeBytes(span.length);
  return {
    resource: resourceBytes,
    scope: scopeBytes,
    scopeSpansBytes,
    resourceSpansBytes: framedSizeBytes(resourceBytes.length) + framedSizeBytes(scopeSpansBytes),
  };
}

/** The exact size of what {@link assembleExportRequest} would give. */
export function encodedExportSizeBytes(parts: EncodedExport): number {
  return framedSizeBytes(layOut(parts).resourceSpansBytes);
}

/**
 * A whole request around spans that are encoded already: the same bytes as {@link encodeExportRequest} gives for the
 * same spans, with each span's bytes copied once. Requests for several resources or scopes can be concatenated;
 * protobuf reads that as one request.
 */
export function assembleExportRequest(parts: EncodedExport): Uint8Array {
  const layout = layOut(parts);
  const writer = new ProtobufWriter(undefined, framedSizeBytes(layout.resourceSpansBytes) + 16);
  writer.beginMessage(REQUEST_RESOURCE_SPANS, layout.resourceSpansBytes);
  writer.bytesField(RESOURCE_SPANS_RESOURCE, layout.resource);
  writer.beginMessage(RESOURCE_SPANS_SCOPE_SPANS, layout.scopeSpansBytes);
  writer.bytesField(SCOPE_SPANS_SCOPE, layout.scope);
  for (const span of parts.encodedSpans) writer.bytesField(SCOPE_SPANS_SPANS, span);
  writer.endMessage();
  writer.endMessage();
  return writer.asView();
}
