/**
 * `propagateAttributes()` of Langfuse's tracing package leaves user, session, tags and the like in OpenTelemetry's
 * context, and in its baggage for other services. Langfuse's span processor copies them onto each span that begins
 * there; so do we, from the same keys and in the same order: baggage first, then the context's own values.
 */
import { ATTRIBUTE } from '@slipstream/wire';
import type { OtelContext } from './api-types.js';
import { type ContextValues, lookUp, readValue } from './context-values.js';
import { BAGGAGE_KEY } from './keys.js';

export type PropagatedAttributes = Readonly<Record<string, unknown>>;

const CONTEXT_PREFIX = 'langfuse_';
const METADATA = 'metadata';
const METADATA_BAGGAGE_PREFIX = 'metadata_';
const TAGS = 'tags';
const PROMPT_VERSION = 'prompt_version';
const ENVIRONMENT = 'environment';
const EXPERIMENT_ROOT = 'experiment_item_root_observation_id';
/** What Langfuse files the spans of its experiments under. */
const EXPERIMENT_ENVIRONMENT = 'sdk-experiment';
const VALID_ENVIRONMENT = /^(?!langfuse)[a-z0-9_-]{1,40}$/;

/** Attribute by the name that follows `langfuse_`, both in the context's keys and in baggage. */
const ATTRIBUTE_BY_NAME: ReadonlyMap<string, string> = new Map([
  ['user_id', ATTRIBUTE.userId],
  ['session_id', ATTRIBUTE.sessionId],
  ['version', ATTRIBUTE.version],
  ['trace_name', ATTRIBUTE.traceName],
  [ENVIRONMENT, ATTRIBUTE.environment],
  [TAGS, ATTRIBUTE.traceTags],
  ['prompt_name', ATTRIBUTE.observationPromptName],
  [PROMPT_VERSION, ATTRIBUTE.observationPromptVersion],
  ['experiment_id', 'langfuse.experiment.id'],
  ['experiment_name', 'langfuse.experiment.name'],
  ['experiment_metadata', 'langfuse.experiment.metadata'],
  ['experiment_dataset_id', 'langfuse.experiment.dataset.id'],
  ['experiment_item_id', 'langfuse.experiment.item.id'],
  ['experiment_item_metadata', 'langfuse.experiment.item.metadata'],
  [EXPERIMENT_ROOT, 'langfuse.experiment.item.root_observation_id'],
]);

const CONTEXT_KEYS = [...ATTRIBUTE_BY_NAME].map(([name, attribute]) => ({
  name,
  attribute,
  key: Symbol.for(CONTEXT_PREFIX + name),
}));
const METADATA_KEY = Symbol.for(CONTEXT_PREFIX + METADATA);

const NONE: PropagatedAttributes = {};

/** What each span that begins among these values is to carry. Looked up once for each list of values. */
export function propagatedAttributes(values: ContextValues | undefined): PropagatedAttributes | undefined {
  if (values === undefined) return undefined;
  values.propagated ??= collect((key) => lookUp(values, key));
  return values.propagated === NONE ? undefined : (values.propagated as PropagatedAttributes);
}

/** The same of a context of another kind. */
export function propagatedAttributesOf(context: OtelContext): PropagatedAttributes | undefined {
  const found = collect((key) => readValue(context, key));
  return found === NONE ? undefined : found;
}

/** For a span that links a prompt itself. */
export function withoutPrompt(propagated: PropagatedAttributes): PropagatedAttributes {
  const {
    [ATTRIBUTE.observationPromptName]: _name,
    [ATTRIBUTE.observationPromptVersion]: _version,
    ...rest
  } = propagated;
  return rest;
}

function collect(read: (key: symbol) => unknown): PropagatedAttributes {
  const found: Record<string, unknown> = {};
  try {
    collectBaggage(found, read(BAGGAGE_KEY));
    for (const { name, attribute, key } of CONTEXT_KEYS) put(found, name, attribute, read(key));
    collectMetadata(found, read(METADATA_KEY));
  } catch {
    // Somebody else's baggage or metadata.
  }
  if (found['langfuse.experiment.item.root_observation_id'] !== undefined) {
    found[ATTRIBUTE.environment] = EXPERIMENT_ENVIRONMENT;
  }
  return Object.keys(found).length === 0 ? NONE : found;
}

interface Baggage {
  getAllEntries(): [string, { readonly value: string }][];
}

function collectBaggage(found: Record<string, unknown>, baggage: unknown): void {
  if (typeof (baggage as Baggage | undefined)?.getAllEntries !== 'function') return;
  for (const [key, { value }] of (baggage as Baggage).getAllEntries()) {
    if (!key.startsWith(CONTEXT_PREFIX)) continue;
    const name = key.slice(CONTEXT_PREFIX.length);
    const attribute = ATTRIBUTE_BY_NAME.get(name);
    if (attribute !== undefined) put(found, name, attribute, fromText(name, value));
    else if (name.startsWith(METADATA_BAGGAGE_PREFIX)) {
      found[ATTRIBUTE.traceMetadata + name.slice(METADATA_BAGGAGE_PREFIX.length)] = value;
    }
  }
}

/** Baggage holds nothing but texts. */
function fromText(name: string, value: string): unknown {
  if (name === TAGS) return value.split(',');
  return name === PROMPT_VERSION && /^\d+$/.test(value) ? Number(value) : value;
}

function put(found: Record<string, unknown>, name: string, attribute: string, value: unknown): void {
  if (isExpected(name, value)) found[attribute] = value;
}

function isExpected(name: string, value: unknown): boolean {
  if (name === TAGS) return Array.isArray(value);
  if (name === PROMPT_VERSION) return typeof value === 'number' || (typeof value === 'string' && value !== '');
  if (typeof value !== 'string' || value === '') return false;
  return name !== ENVIRONMENT || VALID_ENVIRONMENT.test(value);
}

function collectMetadata(found: Record<string, unknown>, metadata: unknown): void {
  if (typeof metadata !== 'object' || metadata === null) return;
  for (const [key, value] of Object.entries(metadata)) found[ATTRIBUTE.traceMetadata + key] = String(value);
}
