import { ATTRIBUTE } from '../attributes/keys.js';
import type { AttributeMap } from './attribute-map.js';
import { parseJsonObject } from './json-text.js';
import { COST_SOURCES, type CostSource } from './observation.js';

/** Usage and cost of a span that a store exported: complete, and not to be worked out a second time. */
export interface StoredAmounts {
  readonly costSource: CostSource;
  readonly usageDetails: ReadonlyMap<string, number>;
  readonly costDetails: ReadonlyMap<string, number>;
}

/** Takes them out; `undefined` for a span that comes from its sender. */
export function storedAmounts(attributes: AttributeMap): StoredAmounts | undefined {
  const text = attributes.peek(ATTRIBUTE.costSource);
  const costSource = COST_SOURCES.find((known) => known === text);
  if (costSource === undefined) return undefined;
  attributes.remove(ATTRIBUTE.costSource);
  return {
    costSource,
    usageDetails: takeAmounts(attributes, ATTRIBUTE.observationUsageDetails),
    costDetails: takeAmounts(attributes, ATTRIBUTE.observationCostDetails),
  };
}

function takeAmounts(attributes: AttributeMap, key: string): ReadonlyMap<string, number> {
  const object = parseJsonObject(attributes.takeText(key) ?? '') ?? {};
  const amounts = Object.entries(object).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  return new Map(amounts);
}
