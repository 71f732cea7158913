import { PROVIDER_USAGE } from './dialects/provider-usage.js';
import { disjointUsage } from './disjoint-usage.js';
import type { SpanSource } from './source.js';

/** Our and Langfuse's own details are disjoint already; a provider's usage object passed on as it is has to be made so. */
export function usageOfReport(counts: ReadonlyMap<string, number>, source: SpanSource): Map<string, number> {
  if (!counts.has('input') && !counts.has('output') && isOfProvider(counts)) {
    return disjointUsage([{ table: PROVIDER_USAGE, counts }], source);
  }
  const usage = new Map(counts);
  if (usage.size > 0 && !usage.has('total')) usage.set('total', sum(usage.values()));
  return usage;
}

function isOfProvider(counts: ReadonlyMap<string, number>): boolean {
  return [...PROVIDER_USAGE.input, ...PROVIDER_USAGE.output].some((name) => counts.has(name));
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
