import type { AnyValue } from '../otlp/messages.js';
import { anyValueToJson, jsonObject } from './any-value-text.js';
import { bindRules, bindTables, firstText, isPresent } from './engine.js';
import { parseJson, parseJsonObject } from './json-text.js';
import { ORDER } from './order.js';
import type { SpanSource } from './source.js';

const MODEL_RULES = bindRules(ORDER.model, (dialect) => dialect.model);

/** The names that a sender gives by its own hand, which count on every span. */
const OWN_MODEL_RULES = bindRules(
  ORDER.model.filter((dialect) => dialect.ownsBothSides),
  (dialect) => dialect.model,
);

const PARAMETER_SETS = bindRules(ORDER.modelParameters, (dialect) => dialect.modelParameters);
const SINGLE_PARAMETERS = bindTables('singleParameters').map(({ dialectBit, table }) => ({
  dialectBit,
  prefixes: table.prefixes ?? [],
  keys: Object.entries(table.keys ?? {}),
}));

/** What stands among the parameters and is none. */
const NOT_PARAMETERS: ReadonlySet<string> = new Set(['model', 'previous_response.id']);

/** The model that did the work; the names that lose stay attributes, since they can differ. */
export function modelName(source: SpanSource, isSummary: boolean): string | undefined {
  const model = firstText(isSummary ? OWN_MODEL_RULES : MODEL_RULES, source);
  if (model === undefined || isSummary) return model;
  for (const { dialectBit, key } of MODEL_RULES) {
    if (key === undefined || !isPresent(dialectBit, source)) continue;
    if (source.attributes.peek(key) === model) source.attributes.remove(key);
  }
  return model;
}

/** The parameters of a model call as the text of a JSON object. */
export function modelParameters(source: SpanSource): string | undefined {
  const text = firstText(PARAMETER_SETS, source);
  if (text !== undefined)
    return parseJsonObject(text) === undefined ? jsonObject([['value', JSON.stringify(text)]]) : text;
  const members = new Map<string, string>();
  for (const { dialectBit, prefixes, keys } of SINGLE_PARAMETERS) {
    if (!isPresent(dialectBit, source)) continue;
    for (const prefix of prefixes) {
      for (const key of source.attributes.keysUnder(prefix))
        takeParameter(source, key, key.slice(prefix.length), members);
    }
    for (const [key, name] of keys) takeParameter(source, key, name, members);
  }
  return members.size === 0 ? undefined : jsonObject(members);
}

/** Some senders write every structure as text. */
function isStructure(value: AnyValue): value is string {
  return typeof value === 'string' && /^\s*[{[]/.test(value) && parseJson(value) !== undefined;
}

function takeParameter(source: SpanSource, key: string, name: string, members: Map<string, string>): void {
  const value = source.attributes.peek(key);
  if (value === undefined || value === null || name === '' || NOT_PARAMETERS.has(name)) return;
  if (!members.has(name)) members.set(name, isStructure(value) ? value : anyValueToJson(value));
  source.attributes.remove(key);
}
