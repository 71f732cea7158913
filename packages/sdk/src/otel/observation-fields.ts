import { ATTRIBUTE } from '@slipstream/wire';
import type { GenerationFields, TraceFields } from '../core.js';

/** What attributes of a span mean for an observation and its trace. */
export interface ObservationUpdate {
  readonly fields: Record<string, unknown>;
  readonly trace: Record<string, unknown>;
}

/** Attributes that are one field. Texts that Langfuse's tracing package made of structures stay texts on the way. */
const FIELDS: Readonly<Record<string, keyof GenerationFields>> = {
  [ATTRIBUTE.observationInput]: 'input',
  [ATTRIBUTE.observationOutput]: 'output',
  [ATTRIBUTE.observationLevel]: 'level',
  [ATTRIBUTE.observationStatusMessage]: 'statusMessage',
  [ATTRIBUTE.observationModel]: 'model',
  [ATTRIBUTE.observationModelParameters]: 'modelParameters',
  [ATTRIBUTE.observationUsageDetails]: 'usageDetails',
  [ATTRIBUTE.observationCostDetails]: 'costDetails',
  [ATTRIBUTE.version]: 'version',
};

const TRACE_FIELDS: Readonly<Record<string, keyof TraceFields>> = {
  [ATTRIBUTE.userId]: 'userId',
  [ATTRIBUTE.sessionId]: 'sessionId',
  [ATTRIBUTE.traceName]: 'name',
  [ATTRIBUTE.traceTags]: 'tags',
  [ATTRIBUTE.traceInput]: 'input',
  [ATTRIBUTE.traceOutput]: 'output',
  [ATTRIBUTE.tracePublic]: 'public',
  [ATTRIBUTE.environment]: 'environment',
};

/** The observation's own type was decided where it began. */
const IGNORED: ReadonlySet<string> = new Set([ATTRIBUTE.observationType]);

/** Sorts attributes of a span into fields of an observation; what has no field of its own becomes metadata. */
export function observationUpdate(attributes: Readonly<Record<string, unknown>>): ObservationUpdate {
  const update: ObservationUpdate = { fields: {}, trace: {} };
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || IGNORED.has(key)) continue;
    sortIn(update, key, value);
  }
  joinPrompt(update.fields);
  return update;
}

function sortIn({ fields, trace }: ObservationUpdate, key: string, value: unknown): void {
  if (Object.hasOwn(FIELDS, key)) fields[FIELDS[key] as string] = value;
  else if (Object.hasOwn(TRACE_FIELDS, key)) trace[TRACE_FIELDS[key] as string] = value;
  else if (key === ATTRIBUTE.observationCompletionStartTime) fields.completionStartTime = dateOf(value);
  else if (key === ATTRIBUTE.observationPromptName) fields.promptName = value;
  else if (key === ATTRIBUTE.observationPromptVersion) fields.promptVersion = value;
  else if (!putPrefixed(trace, ATTRIBUTE.traceMetadata, key, value)) putMetadata(fields, key, value);
}

function putMetadata(fields: Record<string, unknown>, key: string, value: unknown): void {
  if (!putPrefixed(fields, ATTRIBUTE.observationMetadata, key, value)) put(fields, key, value);
}

function putPrefixed(target: Record<string, unknown>, prefix: string, key: string, value: unknown): boolean {
  if (!key.startsWith(prefix)) return false;
  put(target, key.slice(prefix.length), value);
  return true;
}

function put(target: Record<string, unknown>, key: string, value: unknown): void {
  target.metadata = { ...(target.metadata as object | undefined), [key]: value };
}

/** A prompt is linked by name and version together. */
function joinPrompt(fields: Record<string, unknown>): void {
  const { promptName, promptVersion } = fields;
  delete fields.promptName;
  delete fields.promptVersion;
  if (promptName !== undefined && promptVersion !== undefined) {
    fields.prompt = { name: promptName, version: promptVersion };
  }
}

/** Langfuse's tracing package gives the JSON of a date: its text in quotation marks. */
function dateOf(value: unknown): Date | undefined {
  const date = new Date(String(value).replace(/^"|"$/g, ''));
  return Number.isNaN(date.getTime()) ? undefined : date;
}
