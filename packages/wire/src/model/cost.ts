import { ATTRIBUTE } from '../attributes/keys.js';
import type { AttributeMap } from './attribute-map.js';
import { parseJsonObject } from './json-text.js';
import { flattenNumbers, parseAmount, takeNumbers } from './numbers.js';

/** Attributes that hold one amount each, and what it is for. */
const COST_KEYS: readonly (readonly [string, string])[] = [
  ['gen_ai.usage.cost', 'total'],
  ['gen_ai.usage.total_cost', 'total'],
  ['gen_ai.usage.input_cost', 'input'],
  ['gen_ai.usage.prompt_cost', 'input'],
  ['gen_ai.usage.output_cost', 'output'],
  ['gen_ai.usage.completion_cost', 'output'],
];

/** OpenInference's names below `llm.cost.`; its details are contained in these and stay attributes. */
const OPENINFERENCE_COSTS: ReadonlyMap<string, string> = new Map([
  ['prompt', 'input'],
  ['completion', 'output'],
  ['total', 'total'],
]);

/** US dollars by kind, as the sender reported them; with a `total`, unless it reported none. */
export function costDetails(attributes: AttributeMap, isSummary: boolean): Map<string, number> {
  const json = attributes.peekText(ATTRIBUTE.observationCostDetails);
  const reported = json === undefined ? undefined : parseJsonObject(json);
  if (reported !== undefined) {
    attributes.remove(ATTRIBUTE.observationCostDetails);
    return withTotal(flattenNumbers(reported));
  }
  if (isSummary) return new Map();
  const costs = takeSingleCosts(attributes);
  if (costs.size > 0) return withTotal(costs);
  const openInference = takeNumbers(attributes, ['llm.cost.'], (name) => OPENINFERENCE_COSTS.has(name));
  return withTotal(new Map([...openInference].map(([name, cost]) => [OPENINFERENCE_COSTS.get(name) ?? name, cost])));
}

function takeSingleCosts(attributes: AttributeMap): Map<string, number> {
  const costs = new Map<string, number>();
  for (const [key, kind] of COST_KEYS) {
    const cost = parseAmount(attributes.peek(key) ?? null);
    if (cost === undefined || costs.has(kind)) continue;
    costs.set(kind, cost);
    attributes.remove(key);
  }
  return costs;
}

function withTotal(costs: Map<string, number>): Map<string, number> {
  if (costs.size > 0 && !costs.has('total')) {
    let total = 0;
    for (const cost of costs.values()) total += cost;
    costs.set('total', total);
  }
  return costs;
}
