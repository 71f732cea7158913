import { ATTRIBUTE } from '../attributes/keys.js';
import type { AnyValue, Resource } from '../otlp/messages.js';
import { anyValueToText } from './any-value-text.js';
import { type AttributeMap, findText } from './attribute-map.js';
import { parseJson } from './json-text.js';
import type { Observation } from './observation.js';

/** Keys that carry a value of the whole trace, in order of precedence. */
const USER_KEYS = ['langfuse.user.id', ATTRIBUTE.userId];
const SESSION_KEYS = ['langfuse.session.id', ATTRIBUTE.sessionId, 'gen_ai.conversation.id'];
const TAG_KEYS = [ATTRIBUTE.traceTags, 'langfuse.tags'];
const ENVIRONMENT_KEYS = [ATTRIBUTE.environment, 'deployment.environment.name', 'deployment.environment'];

/** The same values under metadata; there they are read, and stay metadata. */
const USER_METADATA_KEYS = [
  `${ATTRIBUTE.observationMetadata}langfuse_user_id`,
  `${ATTRIBUTE.traceMetadata}langfuse_user_id`,
];
const SESSION_METADATA_KEYS = [
  `${ATTRIBUTE.observationMetadata}langfuse_session_id`,
  `${ATTRIBUTE.traceMetadata}langfuse_session_id`,
];
const TAG_METADATA_KEYS = [`${ATTRIBUTE.observationMetadata}langfuse_tags`, `${ATTRIBUTE.traceMetadata}langfuse_tags`];

/** Other dialects' keys, after metadata. */
const FOREIGN_USER_KEYS = [
  'ai.telemetry.metadata.userId',
  'traceloop.association.properties.user_id',
  'gen_ai.user.id',
];
const FOREIGN_SESSION_KEYS = ['ai.telemetry.metadata.sessionId', 'traceloop.association.properties.session_id'];
const FOREIGN_TAG_KEYS = ['ai.telemetry.metadata.tags', 'tag.tags'];

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
export function traceValues(attributes: AttributeMap, resource: Resource): TraceValues {
  return {
    traceName: attributes.takeText(ATTRIBUTE.traceName),
    userId:
      attributes.takeFirstText(USER_KEYS) ??
      attributes.peekFirstText(USER_METADATA_KEYS) ??
      attributes.takeFirstText(FOREIGN_USER_KEYS),
    sessionId:
      attributes.takeFirstText(SESSION_KEYS) ??
      attributes.peekFirstText(SESSION_METADATA_KEYS) ??
      attributes.takeFirstText(FOREIGN_SESSION_KEYS),
    tags: traceTags(attributes),
    traceInput: attributes.takeText(ATTRIBUTE.traceInput),
    traceOutput: attributes.takeText(ATTRIBUTE.traceOutput),
    environment: takeWithResource(attributes, resource, ENVIRONMENT_KEYS),
    release: takeWithResource(attributes, resource, [ATTRIBUTE.release]),
    version:
      takeWithResource(attributes, resource, [ATTRIBUTE.version]) ?? findText(resource.attributes, 'service.version'),
    service: findText(resource.attributes, ATTRIBUTE.serviceName),
    serviceInstanceId: findText(resource.attributes, ATTRIBUTE.serviceInstanceId),
  };
}

/** Key by key: on the span, then on the resource. */
function takeWithResource(attributes: AttributeMap, resource: Resource, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const text = attributes.takeText(key) ?? findText(resource.attributes, key);
    if (text !== undefined) return text;
  }
  return undefined;
}

function traceTags(attributes: AttributeMap): readonly string[] {
  for (const key of TAG_KEYS) {
    if (attributes.has(key)) return parseTags(attributes.take(key));
  }
  for (const key of TAG_METADATA_KEYS) {
    if (attributes.has(key)) return parseTags(attributes.peek(key));
  }
  for (const key of FOREIGN_TAG_KEYS) {
    if (attributes.has(key)) return parseTags(attributes.take(key));
  }
  return [];
}

/** Tags out of an array, the JSON text of one, a list with commas, or a single word; each once, in their order. */
export function parseTags(value: AnyValue | undefined): readonly string[] {
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
