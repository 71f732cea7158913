import { ATTRIBUTE } from '../attributes/keys.js';
import type { AnyValue } from '../otlp/messages.js';
import { anyValueToText } from './any-value-text.js';
import { findText } from './attribute-map.js';
import type { Dialect } from './dialect.js';
import { bindRules, firstText, isPresent } from './engine.js';
import { parseJson } from './json-text.js';
import type { Observation } from './observation.js';
import { ORDER } from './order.js';
import type { SpanSource } from './source.js';

const TRACE_NAME = bindRules(ORDER.traceName, (dialect) => dialect.traceName);
const USER_ID = bindRules(ORDER.userId, (dialect) => dialect.userId);
const SESSION_ID = bindRules(ORDER.sessionId, (dialect) => dialect.sessionId);
const TAGS = bindRules(ORDER.tags, (dialect) => dialect.tags);
const TRACE_INPUT = bindRules(ORDER.traceInput, (dialect) => dialect.traceInput);
const TRACE_OUTPUT = bindRules(ORDER.traceOutput, (dialect) => dialect.traceOutput);
const ENVIRONMENT = keysOf(ORDER.environment, (dialect) => dialect.environment);
const RELEASE = keysOf(ORDER.release, (dialect) => dialect.release);
const VERSION = keysOf(ORDER.version, (dialect) => dialect.version);

/** Attributes of a resource that have a field of their own. */
export const RESOURCE_FIELD_KEYS: ReadonlySet<string> = new Set([
  ATTRIBUTE.serviceName,
  ATTRIBUTE.serviceInstanceId,
  ...ENVIRONMENT,
  ...RELEASE,
  ...VERSION,
]);

function keysOf(
  dialects: readonly Dialect[],
  keys: (dialect: Dialect) => readonly string[] | undefined,
): readonly string[] {
  return dialects.flatMap((dialect) => keys(dialect) ?? []);
}

export type TraceValues = Pick<
  Observation,
  | 'traceName'
  | 'userId'
  | 'sessionId'
  | 'tags'
  | 'traceInput'
  | 'traceOutput'
  | 'environment'
  | 'release'
  | 'version'
  | 'service'
  | 'serviceInstanceId'
>;

/** What a span says about its trace, and its resource about the sending process. */
export function traceValues(source: SpanSource): TraceValues {
  const { attributes } = source.resource;
  return {
    traceName: firstText(TRACE_NAME, source),
    userId: firstText(USER_ID, source),
    sessionId: firstText(SESSION_ID, source),
    tags: traceTags(source),
    traceInput: firstText(TRACE_INPUT, source),
    traceOutput: firstText(TRACE_OUTPUT, source),
    environment: takeWithResource(source, ENVIRONMENT),
    release: takeWithResource(source, RELEASE),
    version: takeWithResource(source, VERSION),
    service: findText(attributes, ATTRIBUTE.serviceName),
    serviceInstanceId: findText(attributes, ATTRIBUTE.serviceInstanceId),
  };
}

/** Key by key: on the span, then on the resource. */
function takeWithResource({ attributes, resource }: SpanSource, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const text = attributes.takeText(key) ?? findText(resource.attributes, key);
    if (text !== undefined) return text;
  }
  return undefined;
}

function traceTags(source: SpanSource): readonly string[] {
  for (const { dialectBit, key, reader } of TAGS) {
    if (!isPresent(dialectBit, source)) continue;
    if (key === undefined) {
      const value = reader?.read(source);
      if (value !== undefined) return parseTags(value);
    } else if (source.attributes.has(key)) return parseTags(source.attributes.take(key));
  }
  return [];
}

/** Tags out of an array, the JSON text of one, a list with commas, or a single word; each once, in their order. */
function parseTags(value: AnyValue | undefined): readonly string[] {
  if (value === undefined || value === null) return [];
  const texts = Array.isArray(value) ? value.map(anyValueToText) : splitTags(anyValueToText(value));
  return [...new Set(texts.map((text) => text.trim()).filter((text) => text !== ''))];
}

function splitTags(text: string): readonly string[] {
  if (text.trimStart().startsWith('[')) {
    const parsed = parseJson(text);
    if (Array.isArray(parsed)) return parsed.map((tag) => (typeof tag === 'string' ? tag : JSON.stringify(tag)));
  }
  return text.split(',');
}
