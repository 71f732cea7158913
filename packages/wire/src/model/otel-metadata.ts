import type { InstrumentationScope, Resource, Span } from '../otlp/messages.js';
import { anyValueToJson, jsonObject } from './any-value-text.js';
import { findText, meaningfulText } from './attribute-map.js';
import type { Observation } from './observation.js';
import type { SpanSource } from './source.js';
import { RESOURCE_FIELD_KEYS } from './trace-values.js';

/** Names of `Span.SpanKind` by number. */
const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const SERVER = 2;
const CONSUMER = 5;

/** Of a span's flags: whether it is said at all that the parent is in another process, and that it is. */
const REMOTE_PARENT_FLAGS = 0x300;

const STATUS_ERROR = 2;

/** What our own SDK says of itself in `telemetry.sdk.name`, and its scope's name. */
const OWN_NAME = 'slipstream';
/** Our own process by number; its books have it, and its `service.instance.id` tells it better. */
const OWN_PROCESS_KEY = 'process.pid';
const TELEMETRY_SDK_PREFIX = 'telemetry.sdk.';

/** Its one scope attribute is the public key of the project, the same on every span. */
const LANGFUSE_SCOPE = 'langfuse-sdk';

/** As OpenTelemetry calls it where its spans are written in other formats. */
const DROPPED_ATTRIBUTES_KEY = 'otel.dropped_attributes_count';

/**
 * Adds what OTLP says beside a span's attributes, events and links and the model has no field for, under the names of
 * OpenTelemetry's mapping to other formats. A key that the sender set wins. What holds for a whole process is kept once
 * for each process in a trace, on the span by which the trace entered it.
 */
export function addOtelMetadata(metadata: Map<string, string>, source: SpanSource, observation: Observation): void {
  const { span, resource, scope } = source;
  // Those before say nothing, and the kind of our own spans follows from their type.
  if (span.kind >= SERVER && scope.name !== OWN_NAME) add(metadata, 'span.kind', KINDS[span.kind] ?? String(span.kind));
  if (observation.name !== span.name) addSpanName(metadata, span.name);
  if (span.traceState !== '') add(metadata, 'w3c.tracestate', span.traceState);
  addStatus(metadata, span, observation);
  addDroppedCounts(metadata, span);
  const isEntry = isEntrySpan(span);
  if (isEntry || scope.name !== LANGFUSE_SCOPE) add(metadata, 'scope.attributes', scopeText(scope));
  if (isEntry) add(metadata, 'resourceAttributes', resourceText(resource, observation));
}

function add(metadata: Map<string, string>, key: string, text: string | undefined): void {
  if (text !== undefined && !metadata.has(key)) metadata.set(key, text);
}

/** The span's own name where it is called by its work, unless an attribute says the same. */
function addSpanName(metadata: Map<string, string>, name: string): void {
  if (name === '') return;
  for (const text of metadata.values()) if (text === name) return;
  add(metadata, 'span.name', name);
}

/** What the status says and neither level nor status message do, because the sender named others beside it. */
function addStatus(metadata: Map<string, string>, { status }: Span, { level, statusMessage }: Observation): void {
  if (status.code === STATUS_ERROR && level !== 'ERROR') add(metadata, 'otel.status_code', 'ERROR');
  if (status.message !== '' && status.message !== statusMessage)
    add(metadata, 'otel.status_description', status.message);
}

function addDroppedCounts(metadata: Map<string, string>, span: Span): void {
  if (span.droppedAttributesCount > 0) add(metadata, DROPPED_ATTRIBUTES_KEY, String(span.droppedAttributesCount));
  if (span.droppedEventsCount > 0) add(metadata, 'otel.dropped_events_count', String(span.droppedEventsCount));
  if (span.droppedLinksCount > 0) add(metadata, 'otel.dropped_links_count', String(span.droppedLinksCount));
}

/** Whether a trace enters a process here: its root, or a span whose parent is elsewhere. */
function isEntrySpan({ parentSpanId, kind, flags }: Span): boolean {
  if (parentSpanId === '' || kind === SERVER || kind === CONSUMER) return true;
  return (flags & REMOTE_PARENT_FLAGS) === REMOTE_PARENT_FLAGS;
}

function scopeText(scope: InstrumentationScope): string | undefined {
  if (scope.attributes.length === 0 && scope.droppedAttributesCount === 0) return undefined;
  return jsonObject(membersOf(scope));
}

/** Keys and values of a resource or scope, as JSON; of a repeated key the last one. */
function membersOf({ attributes, droppedAttributesCount }: Resource | InstrumentationScope): Map<string, string> {
  const members = new Map<string, string>();
  for (const { key, value } of attributes) members.set(key, anyValueToJson(value));
  if (droppedAttributesCount > 0) members.set(DROPPED_ATTRIBUTES_KEY, String(droppedAttributesCount));
  return members;
}

/** A resource worked out once for all spans that share it. */
interface ResourceTexts {
  readonly members: ReadonlyMap<string, string>;
  /** Of the keys that have a field, the texts that it would show. */
  readonly fieldTexts: ReadonlyMap<string, string>;
  /** All that has no field, as one JSON object; `undefined` where that says nothing. */
  readonly withoutField: string | undefined;
}

/** Goes with the request that a resource was read from. */
const RESOURCE_TEXTS = new WeakMap<Resource, ResourceTexts>();

/** What has no field, and with it what a field shows otherwise because the span itself gave the value. */
function resourceText(resource: Resource, observation: Observation): string | undefined {
  if (resource.attributes.length === 0 && resource.droppedAttributesCount === 0) return undefined;
  let texts = RESOURCE_TEXTS.get(resource);
  if (texts === undefined) {
    texts = textsOf(resource);
    RESOURCE_TEXTS.set(resource, texts);
  }
  const { members, fieldTexts, withoutField } = texts;
  const hidden: string[] = [];
  for (const [key, text] of fieldTexts) if (!isShown(text, observation)) hidden.push(key);
  if (hidden.length === 0) return withoutField;
  return jsonObject([...members].filter(([key]) => hidden.includes(key) || !RESOURCE_FIELD_KEYS.has(key)));
}

function textsOf(resource: Resource): ResourceTexts {
  const members = membersOf(resource);
  const fieldTexts = new Map<string, string>();
  for (const { key, value } of resource.attributes) {
    const text = RESOURCE_FIELD_KEYS.has(key) ? meaningfulText(value) : undefined;
    if (text !== undefined) fieldTexts.set(key, text);
  }
  const isOwn = findText(resource.attributes, 'telemetry.sdk.name') === OWN_NAME;
  const rest = [...members].filter(([key]) => !RESOURCE_FIELD_KEYS.has(key));
  const hasNews = rest.some(([key]) => !isOwn || !isOfOwnSdk(key));
  return { members, fieldTexts, withoutField: hasNews ? jsonObject(rest) : undefined };
}

/** What our own SDK sends always; that alone would be a row for each trace that tells nobody anything. */
function isOfOwnSdk(key: string): boolean {
  return key.startsWith(TELEMETRY_SDK_PREFIX) || key === OWN_PROCESS_KEY;
}

function isShown(text: string, observation: Observation): boolean {
  const { service, serviceInstanceId, environment, release, version } = observation;
  return [service, serviceInstanceId, environment, release, version].includes(text);
}
