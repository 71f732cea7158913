import { ATTRIBUTE } from '../../attributes/keys.js';
import type { AnyValue } from '../../otlp/messages.js';
import { anyValueToText } from '../any-value-text.js';
import { findText } from '../attribute-map.js';
import type { Dialect, Reader } from '../dialect.js';
import { flattenNumbers } from '../numbers.js';
import { OBSERVATION_TYPES, type ObservationLevel, type ObservationType } from '../observation.js';
import { jsonAmounts, kept, keptValue, promptKeys } from '../readers.js';
import type { SpanSource } from '../source.js';
import { parseIsoTime } from '../timing.js';
import { usageOfReport } from '../usage-report.js';

/** What a generation of the Python SDK up to 3.3 carries although it calls itself a span. */
const GENERATION_KEYS = [
  ATTRIBUTE.observationModel,
  ATTRIBUTE.observationModelParameters,
  ATTRIBUTE.observationUsageDetails,
  ATTRIBUTE.observationCostDetails,
  ATTRIBUTE.observationCompletionStartTime,
  ATTRIBUTE.observationPromptName,
  ATTRIBUTE.observationPromptVersion,
];

/** Names of levels, in capitals, as loggers and tracing libraries use them. */
const LEVELS: ReadonlyMap<string, ObservationLevel> = new Map<string, ObservationLevel>([
  ['DEBUG', 'DEBUG'],
  ['TRACE', 'DEBUG'],
  ['VERBOSE', 'DEBUG'],
  ['DEFAULT', 'DEFAULT'],
  ['INFO', 'DEFAULT'],
  ['LOG', 'DEFAULT'],
  ['NOTICE', 'DEFAULT'],
  ['OK', 'DEFAULT'],
  ['SUCCESS', 'DEFAULT'],
  ['WARNING', 'WARNING'],
  ['WARN', 'WARNING'],
  ['ERROR', 'ERROR'],
  ['FATAL', 'ERROR'],
  ['CRITICAL', 'ERROR'],
]);

const ownType: Reader<ObservationType> = {
  keys: [ATTRIBUTE.observationType],
  note: 'one of our types, in any case; a span of the Python SDK up to 3.3 that has a model or usage is a generation',
  read: (source) => {
    const text = source.attributes.peekText(ATTRIBUTE.observationType)?.toLowerCase();
    const type = OBSERVATION_TYPES.find((known) => known === text);
    if (type === undefined) return undefined;
    source.attributes.remove(ATTRIBUTE.observationType);
    return type === 'span' && isMislabelledGeneration(source) ? 'generation' : type;
  },
};

function isMislabelledGeneration(source: SpanSource): boolean {
  const [major, minor] = pythonVersion(source) ?? [4, 0];
  if (major > 3 || (major === 3 && minor > 3)) return false;
  return GENERATION_KEYS.some((key) => source.attributes.has(key));
}

/** The version of Langfuse's Python SDK, where it made the span. */
function pythonVersion({ scope, resource }: SpanSource): readonly [major: number, minor: number] | undefined {
  if (scope.name !== 'langfuse-sdk') return undefined;
  if (findText(resource.attributes, 'telemetry.sdk.language') !== 'python') return undefined;
  const [major = 0, minor = 0] = scope.version.split('.').map(Number);
  return [major, minor];
}

/** From version 5 on the Python SDK writes each value of metadata as JSON, texts in quotes. */
const holdsJson = (source: SpanSource): boolean => (pythonVersion(source)?.[0] ?? 0) >= 5;

const level: Reader<ObservationLevel> = {
  keys: [ATTRIBUTE.observationLevel],
  note: 'also TRACE, VERBOSE → DEBUG; INFO, LOG, NOTICE, OK, SUCCESS → DEFAULT; WARN → WARNING; FATAL, CRITICAL → ERROR',
  read: ({ attributes }) => {
    const named = LEVELS.get(attributes.peekText(ATTRIBUTE.observationLevel)?.toUpperCase() ?? '');
    if (named !== undefined) attributes.remove(ATTRIBUTE.observationLevel);
    return named;
  },
};

/** A side, also where it is empty: an empty output was given as such. */
function side(key: string): Reader<string> {
  return {
    keys: [key],
    read: ({ attributes }) => {
      const value = attributes.take(key);
      return value === undefined ? undefined : anyValueToText(value);
    },
  };
}

const usageDetails: Reader<ReadonlyMap<string, number>> = {
  keys: [ATTRIBUTE.observationUsageDetails],
  note: "a JSON object of disjoint counts, or a provider's own usage object, which is made disjoint",
  read: (source) => {
    const reported = source.jsonObject(ATTRIBUTE.observationUsageDetails);
    if (reported === undefined) return undefined;
    source.attributes.remove(ATTRIBUTE.observationUsageDetails);
    return usageOfReport(flattenNumbers(reported), source);
  },
};

const completionStart: Reader<bigint> = {
  keys: [ATTRIBUTE.observationCompletionStartTime],
  note: 'an ISO 8601 time',
  read: ({ attributes }) => {
    const text = attributes.peekText(ATTRIBUTE.observationCompletionStartTime);
    const time = text === undefined ? undefined : parseIsoTime(text);
    if (time !== undefined) attributes.remove(ATTRIBUTE.observationCompletionStartTime);
    return time;
  },
};

/** Langfuse's names, which our SDK writes too. `user.id` and `session.id` are also OpenInference's. */
export const LANGFUSE: Dialect = {
  title: 'Langfuse and Slipstream',
  prefixes: ['langfuse.', 'user.id', 'session.id'],
  ownsBothSides: true,
  type: [ownType],
  level: [level],
  statusMessage: [ATTRIBUTE.observationStatusMessage],
  input: [side(ATTRIBUTE.observationInput)],
  output: [side(ATTRIBUTE.observationOutput)],
  model: [ATTRIBUTE.observationModel],
  modelParameters: [ATTRIBUTE.observationModelParameters],
  usageDetails: [usageDetails],
  cost: [jsonAmounts(ATTRIBUTE.observationCostDetails)],
  completionStart: [completionStart],
  prompt: [
    promptKeys(ATTRIBUTE.observationPromptName, ATTRIBUTE.observationPromptVersion),
    promptKeys('langfuse.prompt.name', 'langfuse.prompt.version'),
  ],
  metadata: {
    holdsJson,
    prefixes: [ATTRIBUTE.observationMetadata, 'langfuse.metadata.'],
    wholes: ['langfuse.observation.metadata', 'langfuse.metadata'],
  },
  traceName: [ATTRIBUTE.traceName],
  userId: ['langfuse.user.id', ATTRIBUTE.userId],
  sessionId: ['langfuse.session.id', ATTRIBUTE.sessionId],
  tags: [ATTRIBUTE.traceTags, 'langfuse.tags'],
  traceInput: [ATTRIBUTE.traceInput],
  traceOutput: [ATTRIBUTE.traceOutput],
  traceMetadata: { holdsJson, prefixes: [ATTRIBUTE.traceMetadata], wholes: ['langfuse.trace.metadata'] },
  environment: [ATTRIBUTE.environment],
  release: [ATTRIBUTE.release],
  version: [ATTRIBUTE.version],
};

const metadataKeys = (name: string): readonly string[] => [
  ATTRIBUTE.observationMetadata + name,
  ATTRIBUTE.traceMetadata + name,
];

/** Values of the trace that Langfuse's framework handlers leave among metadata. There they are read, and stay. */
export const LANGFUSE_METADATA: Dialect = {
  title: "Langfuse's metadata",
  prefixes: ['langfuse.'],
  userId: metadataKeys('langfuse_user_id').map(kept),
  sessionId: metadataKeys('langfuse_session_id').map(kept),
  tags: metadataKeys('langfuse_tags').map((key): Reader<AnyValue> => keptValue(key)),
};
