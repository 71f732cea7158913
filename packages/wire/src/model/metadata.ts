import type { AnyValue, Span, SpanEvent, SpanLink } from '../otlp/messages.js';
import { anyValueToText, jsonObject, keyValuesToJson } from './any-value-text.js';
import { meaningfulText } from './attribute-map.js';
import type { MetadataTable } from './dialect.js';
import { bindTables, isPresent } from './engine.js';
import { jsonMembers } from './json-members.js';
import { parseJson } from './json-text.js';
import type { Observation } from './observation.js';
import { addOtelMetadata } from './otel-metadata.js';
import { readableJson } from './readable-json.js';
import type { SpanSource } from './source.js';

const OBSERVATION_METADATA = bindTables('metadata');
const TRACE_METADATA = bindTables('traceMetadata');

/** Metadata that was no object at all. */
const BARE_VALUE_KEY = 'value';

/** Prefix of what has no place in the model. */
const REMAINING_PREFIX = 'attributes.';

/** A sender's book-keeping, of no use to a reader. */
const IGNORED_PREFIX = 'langfuse.internal.';

/** Adds what is not there yet. */
function add(metadata: Map<string, string>, key: string, text: string): void {
  if (!metadata.has(key)) metadata.set(key, readableJson(text));
}

/** The trace's metadata, taken out of the attributes. */
export function traceMetadata(source: SpanSource): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  takeMetadata(metadata, TRACE_METADATA, source);
  return metadata;
}

/** Adds the observation's metadata, and all that has no place elsewhere: to be called last. */
export function addObservationMetadata(
  metadata: Map<string, string>,
  source: SpanSource,
  observation: Observation,
): void {
  takeMetadata(metadata, OBSERVATION_METADATA, source);
  for (const [key, value] of source.attributes.entries()) {
    if (!key.startsWith(IGNORED_PREFIX)) metadata.set(REMAINING_PREFIX + key, readableJson(anyValueToText(value)));
  }
  if (source.span.events.length > 0) addList(metadata, 'events', remainingEvents(source).map(eventToJson));
  if (source.span.links.length > 0) addList(metadata, 'links', source.span.links.map(linkToJson));
  addOtelMetadata(metadata, source, observation);
}

function takeMetadata(metadata: Map<string, string>, tables: typeof OBSERVATION_METADATA, source: SpanSource): void {
  for (const { dialectBit, table } of tables) {
    if (isPresent(dialectBit, source)) takeTable(metadata, table, source);
  }
}

function takeTable(metadata: Map<string, string>, table: MetadataTable, source: SpanSource): void {
  const { attributes } = source;
  const textOf = table.holdsJson?.(source) === true ? textInJson : anyValueToText;
  for (const prefix of table.prefixes ?? []) {
    for (const key of attributes.keysUnder(prefix)) {
      const value = attributes.get(key);
      if (value === undefined) continue;
      add(metadata, key.slice(prefix.length), textOf(value));
      attributes.remove(key);
    }
  }
  for (const key of table.wholes ?? []) {
    const whole = attributes.take(key);
    if (whole !== undefined && whole !== '') addWhole(metadata, whole, textOf);
  }
  for (const key of table.objects ?? []) {
    const text = attributes.peekText(key);
    if (text?.trimStart().startsWith('{') === true && addJsonText(metadata, text)) attributes.remove(key);
  }
}

/** The text that a JSON text is, where it is one; else the value as it is. */
function textInJson(value: AnyValue): string {
  const text = anyValueToText(value);
  const parsed = text.startsWith('"') ? parseJson(text) : undefined;
  return typeof parsed === 'string' ? parsed : text;
}

function addWhole(metadata: Map<string, string>, whole: AnyValue, textOf: (value: AnyValue) => string): void {
  if (typeof whole === 'string') {
    if (!addJsonText(metadata, whole)) add(metadata, BARE_VALUE_KEY, textOf(whole));
  } else if (Array.isArray(whole)) {
    for (const [index, value] of whole.entries()) add(metadata, String(index), anyValueToText(value));
  } else if (typeof whole === 'object' && whole !== null && 'entries' in whole && !(whole instanceof Uint8Array)) {
    for (const { key, value } of whole.entries) add(metadata, key, anyValueToText(value));
  } else {
    add(metadata, BARE_VALUE_KEY, anyValueToText(whole));
  }
}

/** Adds a JSON object's members or an array's elements; `false` where the text is neither. */
function addJsonText(metadata: Map<string, string>, text: string): boolean {
  const members = jsonMembers(text);
  if (members === undefined) return false;
  for (const [key, value] of members) add(metadata, key, value);
  return true;
}

function remainingEvents(source: SpanSource): readonly SpanEvent[] {
  return source.span.events.flatMap((event) => source.restOfEvent(event) ?? []);
}

/** One JSON array, under a longer name where a sender's own metadata has this one. */
function addList(metadata: Map<string, string>, name: string, items: readonly string[]): void {
  if (items.length > 0) metadata.set(metadata.has(name) ? `span.${name}` : name, `[${items.join(',')}]`);
}

function linkToJson({ traceId, spanId, traceState, attributes, droppedAttributesCount }: SpanLink): string {
  const members: [string, string][] = [
    ['traceId', JSON.stringify(traceId)],
    ['spanId', JSON.stringify(spanId)],
    ['attributes', keyValuesToJson(attributes)],
  ];
  if (traceState !== '') members.push(['traceState', JSON.stringify(traceState)]);
  return jsonObject(withDropped(members, droppedAttributesCount));
}

function eventToJson({ name, timeUnixNano, attributes, droppedAttributesCount }: SpanEvent): string {
  const members: [string, string][] = [
    ['name', JSON.stringify(name)],
    ['timeUnixNano', `"${timeUnixNano}"`],
    ['attributes', keyValuesToJson(attributes)],
  ];
  return jsonObject(withDropped(members, droppedAttributesCount));
}

function withDropped(members: [string, string][], droppedAttributesCount: number): [string, string][] {
  if (droppedAttributesCount > 0) members.push(['droppedAttributesCount', String(droppedAttributesCount)]);
  return members;
}

/** The message of the exception that a span recorded, where its status has none. */
export function exceptionMessage(span: Span): string | undefined {
  const exception = span.events.findLast((event) => event.name === 'exception');
  if (exception === undefined) return undefined;
  const { attributes } = exception;
  const message = attributes.find(({ key }) => key === 'exception.message');
  const type = attributes.find(({ key }) => key === 'exception.type');
  return meaningfulText(message?.value) ?? meaningfulText(type?.value);
}
