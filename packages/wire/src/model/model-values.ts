import { ATTRIBUTE } from '../attributes/keys.js';
import { anyValueToJson, jsonObject } from './any-value-text.js';
import type { AttributeMap } from './attribute-map.js';
import { isJsonObject, parseJson, parseJsonObject } from './json-text.js';

/** Names of the model in order of precedence: what answered comes before what was asked for. */
const MODEL_KEYS = [
  ATTRIBUTE.observationModel,
  'gen_ai.response.model',
  'ai.response.model',
  'ai.model.id',
  'gen_ai.request.model',
  'llm.response.model',
  'llm.response.model_name',
  'llm.model_name',
  'llm.request.model_name',
  'llm.request.model',
  'embedding.model_name',
  'model',
];

/** Whole sets of parameters, as JSON. */
const PARAMETER_KEYS = [ATTRIBUTE.observationModelParameters, 'llm.invocation_parameters', 'model_config'];

/** Single parameters. */
const PARAMETER_PREFIXES = ['gen_ai.request.', 'llm.invocation_parameters.', 'ai.settings.'];

/** What stands among the parameters and is none. */
const NOT_PARAMETERS: ReadonlySet<string> = new Set(['model', 'previous_response.id']);

const PROMPT_NAME_KEYS = [ATTRIBUTE.observationPromptName, 'langfuse.prompt.name', 'gen_ai.prompt.name'];
const PROMPT_VERSION_KEYS = [ATTRIBUTE.observationPromptVersion, 'langfuse.prompt.version', 'gen_ai.prompt.version'];
const AI_SDK_PROMPT_KEY = 'ai.telemetry.metadata.langfusePrompt';

/** The model that did the work; the names that lose stay attributes, since they can differ. */
export function modelName(attributes: AttributeMap, isSummary: boolean): string | undefined {
  if (isSummary) return attributes.takeText(ATTRIBUTE.observationModel);
  const key = MODEL_KEYS.find((candidate) => attributes.has(candidate));
  const model = key === undefined ? undefined : attributes.takeText(key);
  for (const other of MODEL_KEYS) {
    if (model !== undefined && attributes.peekText(other) === model) attributes.remove(other);
  }
  return model;
}

/** The parameters of a model call as the text of a JSON object. */
export function modelParameters(attributes: AttributeMap): string | undefined {
  for (const key of PARAMETER_KEYS) {
    const text = attributes.takeText(key);
    if (text === undefined) continue;
    return parseJsonObject(text) === undefined ? jsonObject([['value', JSON.stringify(text)]]) : text;
  }
  const members = new Map<string, string>();
  for (const [key, value] of attributes.entries()) {
    const prefix = PARAMETER_PREFIXES.find((candidate) => key.startsWith(candidate));
    if (prefix === undefined || value === null) continue;
    const name = key.slice(prefix.length);
    if (name === '' || NOT_PARAMETERS.has(name)) continue;
    if (!members.has(name)) members.set(name, anyValueToJson(value));
    attributes.remove(key);
  }
  return members.size === 0 ? undefined : jsonObject(members);
}

export interface PromptLink {
  readonly promptName: string | undefined;
  readonly promptVersion: string | undefined;
}

/** The managed prompt that a generation used. */
export function promptLink(attributes: AttributeMap): PromptLink {
  const promptName = attributes.takeFirstText(PROMPT_NAME_KEYS);
  const promptVersion = attributes.takeFirstText(PROMPT_VERSION_KEYS);
  if (promptName !== undefined || promptVersion !== undefined) return { promptName, promptVersion };
  const text = attributes.takeText(AI_SDK_PROMPT_KEY);
  const prompt = text === undefined ? undefined : parseJson(text);
  if (!isJsonObject(prompt)) return { promptName: undefined, promptVersion: undefined };
  return { promptName: scalarText(prompt, 'name'), promptVersion: scalarText(prompt, 'version') };
}

function scalarText(object: { readonly [key: string]: unknown }, key: string): string | undefined {
  const value = object[key];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
