import { ProtobufReader } from '../protobuf/reader.js';
import type {
  InstrumentationScope,
  KeyValue,
  ReadExportResult,
  ReadLimits,
  Resource,
  ResourceSpans,
  ScopeSpans,
  Span,
} from './messages.js';
import { readAttributeInto } from './read-attributes.js';
import { ReadBudget } from './read-budget.js';
import { createSpanDraft, readSpanFields } from './read-span.js';
import { RejectionList } from './rejection-list.js';
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

interface RequestReading {
  readonly reader: ProtobufReader;
  readonly budget: ReadBudget;
  readonly outcome: RejectionList;
}

/**
 * Reads an `ExportTraceServiceRequest` (field table: `writeExportRequest`). A fault inside one span refuses that span;
 * its neighbours are kept. Nothing of the result refers to `bytes`.
 *
 * @throws WireError for a fault above the spans, for which the whole body is to be refused (HTTP 400).
 */
export function readExportRequest(bytes: Uint8Array, limits?: Partial<ReadLimits>): ReadExportResult {
  const reading: RequestReading = {
    reader: new ProtobufReader(bytes),
    budget: new ReadBudget(limits),
    outcome: new RejectionList(),
  };
  const { reader } = reading;
  const resourceSpans: ResourceSpans[] = [];
  while (reader.hasMore()) {
    const tag = reader.readTag();
    if (tag === REQUEST_RESOURCE_SPANS) resourceSpans.push(readResourceSpans(reading));
    else reader.skip(tag);
  }
  return {
    request: { resourceSpans },
    rejections: reading.outcome.rejections,
    spanCount: reading.outcome.acceptedCount,
  };
}

/** Enters and reads a `ResourceSpans` (field table: `writeResourceSpans`). */
function readResourceSpans(reading: RequestReading): ResourceSpans {
  const { reader } = reading;
  reading.budget.countContainer();
  const outerLimit = reader.enterMessage();
  const resourceAttributes: KeyValue[] = [];
  let resource: Resource = { attributes: resourceAttributes, droppedAttributesCount: 0 };
  const scopeSpans: ScopeSpans[] = [];
  let schemaUrl = '';
  while (reader.hasMore()) {
    const tag = reader.readTag();
    if (tag === RESOURCE_SPANS_RESOURCE) resource = readResource(reading, resource);
    else if (tag === RESOURCE_SPANS_SCOPE_SPANS) scopeSpans.push(readScopeSpans(reading));
    else if (tag === RESOURCE_SPANS_SCHEMA_URL) schemaUrl = reader.readString();
    else reader.skip(tag);
  }
  reader.leaveMessage(outerLimit);
  return { resource, scopeSpans, schemaUrl };
}

/** Enters and reads a `Resource` (field table: `writeResource`); one that comes twice is merged. */
function readResource(reading: RequestReading, before: Resource): Resource {
  const { reader } = reading;
  const outerLimit = reader.enterMessage();
  const { attributes } = before;
  let { droppedAttributesCount } = before;
  while (reader.hasMore()) {
    const tag = reader.readTag();
    if (tag === RESOURCE_ATTRIBUTES) readAttributeInto(attributes, reader, reading.budget);
    else if (tag === RESOURCE_DROPPED_ATTRIBUTES_COUNT) droppedAttributesCount = reader.readUint32();
    else reader.skip(tag);
  }
  reader.leaveMessage(outerLimit);
  return { attributes, droppedAttributesCount };
}

/** Enters and reads a `ScopeSpans` (field table: `writeScopeSpans`). */
function readScopeSpans(reading: RequestReading): ScopeSpans {
  const { reader } = reading;
  reading.budget.countContainer();
  const outerLimit = reader.enterMessage();
  let scope: InstrumentationScope = { name: '', version: '', attributes: [], droppedAttributesCount: 0 };
  const spans: Span[] = [];
  let schemaUrl = '';
  while (reader.hasMore()) {
    const tag = reader.readTag();
    if (tag === SCOPE_SPANS_SPANS) readSpanInto(spans, reading);
    else if (tag === SCOPE_SPANS_SCOPE) scope = readInstrumentationScope(reading, scope);
    else if (tag === SCOPE_SPANS_SCHEMA_URL) schemaUrl = reader.readString();
    else reader.skip(tag);
  }
  reader.leaveMessage(outerLimit);
  return { scope, spans, schemaUrl };
}

/** Enters and reads an `InstrumentationScope` (field table: `writeInstrumentationScope`); merged if it comes twice. */
function readInstrumentationScope(reading: RequestReading, before: InstrumentationScope): InstrumentationScope {
  const { reader } = reading;
  const outerLimit = reader.enterMessage();
  const { attributes } = before;
  let { name, version, droppedAttributesCount } = before;
  while (reader.hasMore()) {
    const tag = reader.readTag();
    if (tag === SCOPE_NAME) name = reader.readString();
    else if (tag === SCOPE_VERSION) version = reader.readString();
    else if (tag === SCOPE_ATTRIBUTES) readAttributeInto(attributes, reader, reading.budget);
    else if (tag === SCOPE_DROPPED_ATTRIBUTES_COUNT) droppedAttributesCount = reader.readUint32();
    else reader.skip(tag);
  }
  reader.leaveMessage(outerLimit);
  return { name, version, attributes, droppedAttributesCount };
}

/** Enters and reads a `Span`; a bad one is noted and passed over, since its length says where the next begins. */
function readSpanInto(spans: Span[], { reader, budget, outcome }: RequestReading): void {
  budget.countSpan();
  const outerLimit = reader.enterMessage();
  const spanLimit = reader.limit;
  const draft = createSpanDraft();
  try {
    spans.push(readSpanFields(reader, budget, draft));
    outcome.accept();
  } catch (error) {
    outcome.reject(draft.spanId, error);
    reader.limit = spanLimit;
  }
  reader.leaveMessage(outerLimit);
}
