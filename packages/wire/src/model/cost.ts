import { bindRules, isPresent } from './engine.js';
import { ORDER } from './order.js';
import type { SpanSource } from './source.js';

const COST = bindRules(ORDER.cost, (dialect) => dialect.cost);
const OWN_COST = bindRules(
  ORDER.cost.filter((dialect) => dialect.ownsBothSides),
  (dialect) => dialect.cost,
);

/** US dollars by kind, as the sender reported them; with a `total`, unless it reported none. */
export function costDetails(source: SpanSource, isSummary: boolean): ReadonlyMap<string, number> {
  for (const { dialectBit, reader } of isSummary ? OWN_COST : COST) {
    const costs = isPresent(dialectBit, source) ? reader?.read(source) : undefined;
    if (costs !== undefined && costs.size > 0) return withTotal(costs);
  }
  return new Map();
}

function withTotal(costs: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  if (costs.has('total')) return costs;
  let total = 0;
  for (const cost of costs.values()) total += cost;
  return new Map([...costs, ['total', total]]);
}
