import type { ObservationRow } from '@slipstream/query-api';
import {
  type AnyValue,
  ATTRIBUTE,
  encodeExportRequest,
  type KeyValue,
  type ResourceSpans,
  type ScopeSpans,
  type Span,
} from '@slipstream/wire';

const STATUS_ERROR = 2;
const STATUS_UNSET = 0;
/** OTLP's internal kind: the row does not say which it was. */
const SPAN_KIND_INTERNAL = 1;

/** A span with more attributes than readers take would be refused. */
const MAX_METADATA_ATTRIBUTES = 1_000;

const NS_PER_MS = 1_000_000n;
const NS_DIGITS_OF_MS = 6;

/** Rows as one request, which a store maps back to the very same rows. */
export function encodeObservations(rows: readonly ObservationRow[]): Uint8Array {
  const resources = new Map<string, { resourceSpans: ResourceSpans; scopes: Map<string, ScopeSpans> }>();
  for (const row of rows) {
    const resourceKey = JSON.stringify([row.service, row.service_instance_id]);
    let resource = resources.get(resourceKey);
    if (!resource) {
      resource = { resourceSpans: toResourceSpans(row), scopes: new Map() };
      resources.set(resourceKey, resource);
    }
    const scopeKey = JSON.stringify([row.scope_name, row.scope_version]);
    let scope = resource.scopes.get(scopeKey);
    if (!scope) {
      scope = toScopeSpans(row);
      resource.scopes.set(scopeKey, scope);
    }
    scope.spans.push(toSpan(row));
  }
  return encodeExportRequest({
    resourceSpans: [...resources.values()].map(({ resourceSpans, scopes }) => ({
      ...resourceSpans,
      scopeSpans: [...scopes.values()],
    })),
  });
}

function toResourceSpans({ service, service_instance_id: instance }: ObservationRow): ResourceSpans {
  const attributes: KeyValue[] = [];
  if (service !== null) attributes.push({ key: ATTRIBUTE.serviceName, value: service });
  if (instance !== null) attributes.push({ key: ATTRIBUTE.serviceInstanceId, value: instance });
  return { resource: { attributes, droppedAttributesCount: 0 }, scopeSpans: [], schemaUrl: '' };
}

function toScopeSpans({ scope_name: name, scope_version: version }: ObservationRow): ScopeSpans {
  return { scope: { name, version, attributes: [], droppedAttributesCount: 0 }, spans: [], schemaUrl: '' };
}

function toSpan(row: ObservationRow): Span {
  return {
    traceId: row.trace_id,
    spanId: row.span_id,
    traceState: '',
    parentSpanId: row.parent_span_id,
    flags: 0,
    name: row.name,
    kind: SPAN_KIND_INTERNAL,
    startTimeUnixNano: BigInt(row.start_ns),
    endTimeUnixNano: row.end_ns === null ? 0n : BigInt(row.end_ns),
    attributes: toAttributes(row),
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { message: row.status_message ?? '', code: row.level === 'ERROR' ? STATUS_ERROR : STATUS_UNSET },
  };
}

/** Everything under the keys that come first in each rule of the mapping, so that no other rule is asked. */
function toAttributes(row: ObservationRow): KeyValue[] {
  const attributes: KeyValue[] = [];
  const add = (key: string, value: AnyValue): void => {
    if (value !== null) attributes.push({ key, value });
  };
  add(ATTRIBUTE.observationType, row.type);
  add(ATTRIBUTE.observationLevel, row.level);
  add(ATTRIBUTE.observationStatusMessage, row.status_message);
  add(ATTRIBUTE.observationInput, row.input);
  add(ATTRIBUTE.observationOutput, row.output);
  addMetadata(attributes, ATTRIBUTE.observationMetadata, row.metadata);
  add(ATTRIBUTE.observationModel, row.model);
  add(ATTRIBUTE.observationModelParameters, row.model_parameters);
  add(ATTRIBUTE.observationPromptName, row.prompt_name);
  add(ATTRIBUTE.observationPromptVersion, row.prompt_version);
  add(ATTRIBUTE.observationCompletionStartTime, isoTime(row.completion_start_ns));
  add(ATTRIBUTE.observationUsageDetails, amounts(row.usage_details));
  add(ATTRIBUTE.observationCostDetails, amounts(row.cost_details));
  add(ATTRIBUTE.costSource, row.cost_source);
  if (row.end_ns === null) add(ATTRIBUTE.spanRunning, true);
  if (row.revision > 0) add(ATTRIBUTE.spanRevision, row.revision);
  addTraceValues(attributes, row);
  return attributes;
}

function addTraceValues(attributes: KeyValue[], row: ObservationRow): void {
  const values: readonly (readonly [string, string | null])[] = [
    [ATTRIBUTE.traceName, row.trace_name],
    [ATTRIBUTE.userId, row.user_id],
    [ATTRIBUTE.sessionId, row.session_id],
    [ATTRIBUTE.traceInput, row.trace_input],
    [ATTRIBUTE.traceOutput, row.trace_output],
    [ATTRIBUTE.environment, row.environment],
    [ATTRIBUTE.release, row.release],
    [ATTRIBUTE.version, row.version],
  ];
  for (const [key, value] of values) if (value !== null) attributes.push({ key, value });
  if (row.tags.length > 0) attributes.push({ key: ATTRIBUTE.traceTags, value: row.tags });
  addMetadata(attributes, ATTRIBUTE.traceMetadata, row.trace_metadata);
}

/** An attribute for each key, as backends like it; a great many keys, or one that is empty, go as a whole. */
function addMetadata(attributes: KeyValue[], prefix: string, metadata: Readonly<Record<string, string>>): void {
  const entries = Object.entries(metadata).map(([key, value]) => ({ key, value }));
  if (entries.length > MAX_METADATA_ATTRIBUTES || entries.some(({ key }) => key === '')) {
    attributes.push({ key: prefix.slice(0, -1), value: { entries } });
  } else for (const { key, value } of entries) attributes.push({ key: prefix + key, value });
}

function amounts(details: Readonly<Record<string, number>>): string | null {
  return Object.keys(details).length === 0 ? null : JSON.stringify(details);
}

/** ISO 8601 with nine digits after the point. */
function isoTime(timeNs: string | null): string | null {
  if (timeNs === null) return null;
  const ns = BigInt(timeNs);
  const ms = new Date(Number(ns / NS_PER_MS)).toISOString().slice(0, -1);
  return `${ms}${String(ns % NS_PER_MS).padStart(NS_DIGITS_OF_MS, '0')}Z`;
}
