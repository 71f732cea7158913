import { amountOf, looseObject } from './loose-object.js';

/** What providers call the parts of a side, where the name does not follow from theirs. */
const PART_NAMES: ReadonlyMap<string, string> = new Map([
  ['input.cached_tokens', 'input_cached_tokens'],
  ['input.cache_write_tokens', 'input_cache_creation'],
  ['output.reasoning_tokens', 'output_reasoning_tokens'],
]);

/** Plain text is what is left of a side after its other parts. */
const REMAINDER_NAME = 'text_tokens';

/**
 * Units by kind, each token in exactly one kind besides `total`: of a usage object in which details (cached,
 * reasoning, audio) are contained in the counts beside them. `undefined` where it counts no tokens.
 */
export function usageDetails(value: unknown): Record<string, number> | undefined {
  const usage = looseObject(value);
  if (usage === undefined) return undefined;
  const details: Record<string, number> = {};
  const input = amountOf(usage.prompt_tokens) ?? amountOf(usage.input_tokens);
  const output = amountOf(usage.completion_tokens) ?? amountOf(usage.output_tokens);
  if (input !== undefined) {
    const parts = usage.prompt_tokens_details ?? usage.input_tokens_details ?? usage.input_token_details;
    splitSide(details, 'input', input, parts);
  }
  if (output !== undefined) {
    const parts = usage.completion_tokens_details ?? usage.output_tokens_details ?? usage.output_token_details;
    splitSide(details, 'output', output, parts);
  }
  const total = amountOf(usage.total_tokens) ?? (input ?? 0) + (output ?? 0);
  if (input === undefined && output === undefined && total === 0) return undefined;
  details.total = total;
  return details;
}

function splitSide(details: Record<string, number>, side: 'input' | 'output', whole: number, parts: unknown): void {
  let left = whole;
  const counts = looseObject(parts);
  for (const name of counts === undefined ? [] : Object.keys(counts)) {
    const count = amountOf(counts?.[name]);
    if (count === undefined || count === 0 || name === REMAINDER_NAME) continue;
    // Parts can overlap (cached audio): then the later one gets what the earlier ones left.
    const part = Math.min(count, left);
    left -= part;
    if (part > 0) details[PART_NAMES.get(`${side}.${name}`) ?? `${side}_${name}`] = part;
  }
  details[side] = left;
}

/** US dollars, where the provider reports them, as OpenRouter does. */
export function costDetails(value: unknown): Record<string, number> | undefined {
  const usage = looseObject(value);
  if (usage === undefined) return undefined;
  const charged = amountOf(usage.cost);
  const upstream = amountOf(looseObject(usage.cost_details)?.upstream_inference_cost);
  if (charged === undefined && upstream === undefined) return undefined;
  // With a key of one's own the charge is the router's fee alone; otherwise it contains the upstream cost.
  const total = usage.is_byok === true ? (charged ?? 0) + (upstream ?? 0) : (charged ?? upstream);
  return total === undefined ? undefined : { total };
}
