import { ATTRIBUTE } from '../attributes/keys.js';
import type { AnyValue, Span, SpanEvent } from '../otlp/messages.js';
import { anyValueToText, jsonObject, keyValuesToJson } from './any-value-text.js';
import { type AttributeMap, meaningfulText } from './attribute-map.js';
import { jsonMembers } from './json-members.js';

/** Where one level's metadata comes from. */
interface MetadataSource {
  /** Keys whose value is the whole metadata object. */
  readonly wholeKeys: readonly string[];
  /** A top-level key of the metadata follows each of these. */
  readonly prefixes: readonly string[];
}

const OBSERVATION_METADATA: MetadataSource = {
  wholeKeys: ['langfuse.observation.metadata', 'langfuse.metadata'],
  prefixes: [
    ATTRIBUTE.observationMetadata,
    'langfuse.metadata.',
    'ai.telemetry.metadata.',
    'traceloop.association.properties.',
  ],
};

const TRACE_METADATA: MetadataSource = {
  wholeKeys: ['langfuse.trace.metadata'],
  prefixes: [ATTRIBUTE.traceMetadata],
};

/** OpenInference's whole object; other senders give this name to other things, so it counts only as an object. */
const OPENINFERENCE_METADATA_KEY = 'metadata';

/** Metadata that was no object at all. */
const BARE_VALUE_KEY = 'value';

/** Prefix of what has no place in the model. */
const REMAINING_PREFIX = 'attributes.';

/** A sender's book-keeping, of no use to a reader. */
const IGNORED_PREFIX = 'langfuse.internal.';

/**
 * Whether a metadata key would become the prototype of the plain object that someone builds later.
 * `constructor` and `prototype` are ordinary words there, and harmless as own properties.
 */
function isPrototypeKey(key: string): boolean {
  return key === '__proto__';
}

/** The trace's metadata, taken out of the attributes. */
export function traceMetadata(attributes: AttributeMap): Map<string, string> {
  const metadata = new Map<string, string>();
  takeMetadata(metadata, attributes, TRACE_METADATA);
  return metadata;
}

/**
 * The observation's metadata, taken out of the attributes. A prefixed key wins over the same key of a whole object.
 * A whole that is no object is kept under `value`.
 */
export function observationMetadata(attributes: AttributeMap): Map<string, string> {
  const metadata = new Map<string, string>();
  takeMetadata(metadata, attributes, OBSERVATION_METADATA);
  takeOpenInferenceMetadata(metadata, attributes);
  return metadata;
}

function takeMetadata(metadata: Map<string, string>, attributes: AttributeMap, source: MetadataSource): void {
  for (const key of source.wholeKeys) {
    const whole = attributes.take(key);
    if (whole !== undefined && whole !== '') addWhole(metadata, whole);
  }
  for (const [key, value] of attributes.entries()) {
    const prefix = source.prefixes.find((candidate) => key.startsWith(candidate));
    if (prefix === undefined || key.length === prefix.length) continue;
    const name = key.slice(prefix.length);
    if (!isPrototypeKey(name)) metadata.set(name, anyValueToText(value));
    attributes.remove(key);
  }
}

function addWhole(metadata: Map<string, string>, whole: AnyValue): void {
  if (typeof whole === 'string') {
    if (!addJsonText(metadata, whole)) metadata.set(BARE_VALUE_KEY, whole);
  } else if (Array.isArray(whole)) {
    for (const [index, value] of whole.entries()) metadata.set(String(index), anyValueToText(value));
  } else if (typeof whole === 'object' && whole !== null && 'entries' in whole && !(whole instanceof Uint8Array)) {
    for (const { key, value } of whole.entries) if (!isPrototypeKey(key)) metadata.set(key, anyValueToText(value));
  } else {
    metadata.set(BARE_VALUE_KEY, anyValueToText(whole));
  }
}

/** Adds a JSON object's members or an array's elements; `false` where the text is neither. */
function addJsonText(metadata: Map<string, string>, text: string): boolean {
  const members = jsonMembers(text);
  if (members === undefined) return false;
  for (const [key, value] of members) if (!isPrototypeKey(key)) metadata.set(key, value);
  return true;
}

function takeOpenInferenceMetadata(metadata: Map<string, string>, attributes: AttributeMap): void {
  const text = attributes.peekText(OPENINFERENCE_METADATA_KEY);
  const members = text?.trimStart().startsWith('{') ? jsonMembers(text) : undefined;
  if (members === undefined) return;
  attributes.remove(OPENINFERENCE_METADATA_KEY);
  for (const [key, value] of members) {
    if (!isPrototypeKey(key) && !metadata.has(key)) metadata.set(key, value);
  }
}

/** Adds every attribute that no rule has taken, under `attributes.<key>`. */
export function addRemainingAttributes(metadata: Map<string, string>, attributes: AttributeMap): void {
  for (const [key, value] of attributes.entries()) {
    if (!key.startsWith(IGNORED_PREFIX)) metadata.set(REMAINING_PREFIX + key, anyValueToText(value));
  }
}

/** Adds the span's events that became nothing else, and its links, each as one JSON array. */
export function addEventsAndLinks(metadata: Map<string, string>, span: Span, usedEvents: ReadonlySet<SpanEvent>): void {
  const events = span.events.filter((event) => !usedEvents.has(event));
  if (events.length > 0 && !metadata.has('events')) metadata.set('events', `[${events.map(eventToJson).join(',')}]`);
  if (span.links.length > 0 && !metadata.has('links')) {
    metadata.set(
      'links',
      `[${span.links
        .map(({ traceId, spanId, attributes }) =>
          jsonObject([
            ['traceId', JSON.stringify(traceId)],
            ['spanId', JSON.stringify(spanId)],
            ['attributes', keyValuesToJson(attributes)],
          ]),
        )
        .join(',')}]`,
    );
  }
}

function eventToJson({ name, timeUnixNano, attributes }: SpanEvent): string {
  return jsonObject([
    ['name', JSON.stringify(name)],
    ['timeUnixNano', `"${timeUnixNano}"`],
    ['attributes', keyValuesToJson(attributes)],
  ]);
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
