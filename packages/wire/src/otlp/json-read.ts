import { WireError } from '../errors.js';
import {
  arrayField,
  asObject,
  enumField,
  fixed64Field,
  type JsonMembers,
  member,
  objectField,
  parentSpanIdField,
  parseInt64,
  spanIdField,
  stringField,
  traceIdField,
  uint32Field,
} from './json-fields.js';
import { readAttributes } from './json-read-attributes.js';
import type {
  ExportTraceServiceResponse,
  InstrumentationScope,
  ReadExportResult,
  ReadLimits,
  Resource,
  ResourceSpans,
  RpcStatus,
  ScopeSpans,
  Span,
  SpanEvent,
  SpanLink,
  Status,
} from './messages.js';
import { ReadBudget } from './read-budget.js';
import { checkSpanIds } from './read-span.js';
import { RejectionList } from './rejection-list.js';

interface JsonReading {
  readonly budget: ReadBudget;
  readonly outcome: RejectionList;
}

/**
 * Reads an OTLP/JSON `ExportTraceServiceRequest`: ids are hexadecimal of either case, enums are numbers, 64-bit
 * integers numbers or strings, bytes base64; unknown members are ignored, and only lowerCamelCase names are known.
 * A fault inside one span refuses that span; its neighbours are kept.
 *
 * @param body JSON text, or what `JSON.parse` made of it.
 * @throws WireError for a fault above the spans, for which the whole body is to be refused (HTTP 400).
 */
export function readExportRequestJson(body: unknown, limits?: Partial<ReadLimits>): ReadExportResult {
  const root = parseBody(body, 'the request');
  const reading: JsonReading = { budget: new ReadBudget(limits), outcome: new RejectionList() };
  const resourceSpans = arrayField(root, 'resourceSpans').map((element) => readResourceSpans(element, reading));
  return {
    request: { resourceSpans },
    rejections: reading.outcome.rejections,
    spanCount: reading.outcome.acceptedCount,
  };
}

function parseBody(body: unknown, what: string): JsonMembers {
  if (typeof body !== 'string') return asObject(body, what);
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    // The parser's message quotes the body, which is not ours to repeat.
    throw new WireError('invalid_json', `${what} is not JSON`);
  }
  return asObject(parsed, what);
}

function readResourceSpans(value: unknown, reading: JsonReading): ResourceSpans {
  reading.budget.countContainer();
  const object = asObject(value, 'resourceSpans[]');
  return {
    resource: readResource(objectField(object, 'resource'), reading.budget),
    scopeSpans: arrayField(object, 'scopeSpans').map((element) => readScopeSpans(element, reading)),
    schemaUrl: stringField(object, 'schemaUrl'),
  };
}

function readResource(object: JsonMembers, budget: ReadBudget): Resource {
  return {
    attributes: readAttributes(object, budget),
    droppedAttributesCount: uint32Field(object, 'droppedAttributesCount'),
  };
}

function readScopeSpans(value: unknown, reading: JsonReading): ScopeSpans {
  reading.budget.countContainer();
  const object = asObject(value, 'scopeSpans[]');
  const scope = readScope(objectField(object, 'scope'), reading.budget);
  const spans: Span[] = [];
  for (const element of arrayField(object, 'spans')) readSpanInto(spans, element, reading);
  return { scope, spans, schemaUrl: stringField(object, 'schemaUrl') };
}

function readScope(object: JsonMembers, budget: ReadBudget): InstrumentationScope {
  return {
    name: stringField(object, 'name'),
    version: stringField(object, 'version'),
    attributes: readAttributes(object, budget),
    droppedAttributesCount: uint32Field(object, 'droppedAttributesCount'),
  };
}

function readSpanInto(spans: Span[], value: unknown, { budget, outcome }: JsonReading): void {
  budget.countSpan();
  try {
    spans.push(readSpan(asObject(value, 'a span'), budget));
    outcome.accept();
  } catch (error) {
    outcome.reject(readableSpanId(value), error);
  }
}

/** The id of a span that was refused, where it is one. */
function readableSpanId(value: unknown): string {
  try {
    return spanIdField(asObject(value, 'a span'));
  } catch {
    // It was refused for this, or for worse.
    return '';
  }
}

function readSpan(object: JsonMembers, budget: ReadBudget): Span {
  const span: Span = {
    traceId: traceIdField(object),
    spanId: spanIdField(object),
    traceState: stringField(object, 'traceState'),
    parentSpanId: parentSpanIdField(object),
    flags: uint32Field(object, 'flags'),
    name: stringField(object, 'name'),
    kind: enumField(object, 'kind'),
    startTimeUnixNano: fixed64Field(object, 'startTimeUnixNano'),
    endTimeUnixNano: fixed64Field(object, 'endTimeUnixNano'),
    attributes: readAttributes(object, budget),
    droppedAttributesCount: uint32Field(object, 'droppedAttributesCount'),
    events: readList(object, 'events', budget, readEvent),
    droppedEventsCount: uint32Field(object, 'droppedEventsCount'),
    links: readList(object, 'links', budget, readLink),
    droppedLinksCount: uint32Field(object, 'droppedLinksCount'),
    status: readStatus(objectField(object, 'status')),
  };
  checkSpanIds(span);
  return span;
}

function readList<T>(
  object: JsonMembers,
  key: string,
  budget: ReadBudget,
  read: (object: JsonMembers, budget: ReadBudget) => T,
): T[] {
  const elements: T[] = [];
  for (const element of arrayField(object, key)) {
    budget.checkListCount(elements.length, key);
    budget.countContainer();
    elements.push(read(asObject(element, `${key}[]`), budget));
  }
  return elements;
}

function readEvent(object: JsonMembers, budget: ReadBudget): SpanEvent {
  return {
    timeUnixNano: fixed64Field(object, 'timeUnixNano'),
    name: stringField(object, 'name'),
    attributes: readAttributes(object, budget),
    droppedAttributesCount: uint32Field(object, 'droppedAttributesCount'),
  };
}

function readLink(object: JsonMembers, budget: ReadBudget): SpanLink {
  return {
    traceId: traceIdField(object),
    spanId: spanIdField(object),
    traceState: stringField(object, 'traceState'),
    attributes: readAttributes(object, budget),
    droppedAttributesCount: uint32Field(object, 'droppedAttributesCount'),
    flags: uint32Field(object, 'flags'),
  };
}

function readStatus(object: JsonMembers): Status {
  return { message: stringField(object, 'message'), code: enumField(object, 'code') };
}

/**
 * Reads an OTLP/JSON `ExportTraceServiceResponse`.
 * @throws WireError where it is none.
 */
export function readExportResponseJson(body: unknown): ExportTraceServiceResponse {
  const root = parseBody(body, 'the response');
  if (member(root, 'partialSuccess') === undefined) return { partialSuccess: undefined };
  const partialSuccess = objectField(root, 'partialSuccess');
  const rejectedSpans = member(partialSuccess, 'rejectedSpans');
  return {
    partialSuccess: {
      rejectedSpans: rejectedSpans === undefined ? 0n : parseInt64(rejectedSpans, 'rejectedSpans'),
      errorMessage: stringField(partialSuccess, 'errorMessage'),
    },
  };
}

/**
 * Reads a `google.rpc.Status` in JSON.
 * @throws WireError where it is none.
 */
export function readRpcStatusJson(body: unknown): RpcStatus {
  const root = parseBody(body, 'the status');
  return { code: enumField(root, 'code'), message: stringField(root, 'message') };
}
