import { amountOf, type LooseObject, looseObject, presentOnly } from '../model-calls/loose-object.js';

/**
 * Tokens by kind, each in exactly one besides `total`: `input_tokens` leaves out what was read from the cache or
 * written to it, and `output_tokens` contains the thinking.
 */
export function usageDetails(usage: LooseObject): Record<string, number> | undefined {
  const input = amountOf(usage.input_tokens);
  const written = amountOf(usage.output_tokens);
  if (input === undefined && written === undefined) return undefined;
  const thinking = Math.min(amountOf(looseObject(usage.output_tokens_details)?.thinking_tokens) ?? 0, written ?? 0);
  const details = presentOnly({
    input,
    input_cached_tokens: countOf(usage.cache_read_input_tokens),
    input_cache_creation: countOf(usage.cache_creation_input_tokens),
    output: written === undefined ? undefined : written - thinking,
    output_reasoning_tokens: countOf(thinking),
  });
  const total = Object.values(details ?? {}).reduce((sum, count) => sum + count, 0);
  return { ...details, total };
}

/** None is as not given: most calls use no cache. */
function countOf(value: unknown): number | undefined {
  const count = amountOf(value);
  return count === 0 ? undefined : count;
}
