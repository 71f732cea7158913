import { ATTRIBUTE } from '../attributes/keys.js';
import type { AttributeMap } from './attribute-map.js';
import { parseJsonObject } from './json-text.js';
import { flattenNumbers, takeNumbers } from './numbers.js';

type Side = 'input' | 'output';

/** Names of a side's whole count, and of the total, the ones that count first coming first. */
const WHOLE_NAMES = {
  input: ['input_tokens', 'prompt_tokens', 'prompt', 'inputTokens', 'promptTokens', 'promptTokenCount', 'tokens'],
  output: [
    'output_tokens',
    'completion_tokens',
    'completion',
    'outputTokens',
    'completionTokens',
    'candidatesTokenCount',
  ],
  total: ['total_tokens', 'total', 'totalTokens', 'totalTokenCount'],
} as const;

interface Subset {
  readonly side: Side;
  /** Name in the model. */
  readonly part: string;
  /** Whether the side's whole count does not include it. */
  readonly isBesideWhole?: boolean;
}

const CACHED: Subset = { side: 'input', part: 'input_cached_tokens' };
const CACHE_CREATION: Subset = { side: 'input', part: 'input_cache_creation' };
const INPUT_AUDIO: Subset = { side: 'input', part: 'input_audio_tokens' };
const REASONING: Subset = { side: 'output', part: 'output_reasoning_tokens' };
const OUTPUT_AUDIO: Subset = { side: 'output', part: 'output_audio_tokens' };

/** Counts that are part of a side, by the name that each dialect has for them. */
const SUBSETS: ReadonlyMap<string, Subset> = new Map<string, Subset>([
  ['cache_read.input_tokens', CACHED],
  ['cache_read_input_tokens', CACHED],
  ['cache_read_tokens', CACHED],
  ['details.cache_read_tokens', CACHED],
  ['details.cache_read_input_tokens', CACHED],
  ['input_cached_tokens', CACHED],
  ['cached_tokens', CACHED],
  ['cachedInputTokens', CACHED],
  ['cachedContentTokenCount', CACHED],
  ['inputTokenDetails.cacheReadTokens', CACHED],
  ['prompt_details.cache_read', CACHED],
  ['prompt_tokens_details.cached_tokens', CACHED],
  ['input_tokens_details.cached_tokens', CACHED],
  ['cache_write.input_tokens', CACHE_CREATION],
  ['cache_write_tokens', CACHE_CREATION],
  ['cache_creation.input_tokens', CACHE_CREATION],
  ['cache_creation_input_tokens', CACHE_CREATION],
  ['details.cache_write_tokens', CACHE_CREATION],
  ['details.cache_creation_input_tokens', CACHE_CREATION],
  ['input_cache_creation', CACHE_CREATION],
  ['inputTokenDetails.cacheWriteTokens', CACHE_CREATION],
  ['prompt_details.cache_write', CACHE_CREATION],
  ['prompt_tokens_details.cache_write_tokens', CACHE_CREATION],
  ['prompt_details.audio', INPUT_AUDIO],
  ['audio.input_tokens', INPUT_AUDIO],
  ['prompt_tokens_details.audio_tokens', INPUT_AUDIO],
  ['input_tokens_details.audio_tokens', INPUT_AUDIO],
  ['reasoning.output_tokens', REASONING],
  ['reasoning_tokens', REASONING],
  ['reasoningTokens', REASONING],
  ['details.reasoning_tokens', REASONING],
  ['outputTokenDetails.reasoningTokens', REASONING],
  ['completion_details.reasoning', REASONING],
  ['completion_tokens_details.reasoning_tokens', REASONING],
  ['output_tokens_details.reasoning_tokens', REASONING],
  ['thoughtsTokenCount', { ...REASONING, isBesideWhole: true }],
  ['completion_details.audio', OUTPUT_AUDIO],
  ['audio.output_tokens', OUTPUT_AUDIO],
  ['completion_tokens_details.audio_tokens', OUTPUT_AUDIO],
  ['output_tokens_details.audio_tokens', OUTPUT_AUDIO],
]);

/** Counts that others contain or imply: plain text is what is left of the whole, a cache's lifetimes are in its sum. */
const REDUNDANT_NAMES: ReadonlySet<string> = new Set([
  'text.input_tokens',
  'text.output_tokens',
  'prompt_tokens_details.text_tokens',
  'input_tokens_details.text_tokens',
  'completion_tokens_details.text_tokens',
  'output_tokens_details.text_tokens',
  'inputTokenDetails.noCacheTokens',
  'outputTokenDetails.textTokens',
  'cache_creation.ephemeral_5m_input_tokens',
  'cache_creation.ephemeral_1h_input_tokens',
]);

/** Any other detail of a side, such as `completion_tokens_details.accepted_prediction_tokens`. */
const DETAIL_NAME = /^(prompt|input|completion|output)(?:_tokens)?_details\.(\w{1,64})$/;

function subsetOf(name: string): Subset | undefined {
  const known = SUBSETS.get(name);
  if (known !== undefined || REDUNDANT_NAMES.has(name)) return known;
  const match = DETAIL_NAME.exec(name);
  if (match === null) return undefined;
  const side = match[1] === 'prompt' || match[1] === 'input' ? 'input' : 'output';
  return { side, part: `${side}_${match[2]}` };
}

/** Anthropic's API counts cache reads and writes beside `input_tokens`, and says so by these names. */
const ANTHROPIC_NAMES = ['cache_read_input_tokens', 'cache_creation_input_tokens'];

const USAGE_PREFIXES = ['gen_ai.usage.', 'llm.token_count.', 'llm.usage.', 'ai.usage.'];

/** Prices under the same prefix. */
const COST_NAMES: ReadonlySet<string> = new Set([
  'cost',
  'total_cost',
  'input_cost',
  'output_cost',
  'prompt_cost',
  'completion_cost',
]);

/** Tokens (or other units) by kind. The kinds other than `total` do not overlap, so that their sum is the total. */
export function usageDetails(attributes: AttributeMap, isSummary: boolean): Map<string, number> {
  const json = attributes.peekText(ATTRIBUTE.observationUsageDetails);
  const reported = json === undefined ? undefined : parseJsonObject(json);
  if (reported !== undefined) {
    attributes.remove(ATTRIBUTE.observationUsageDetails);
    return usageOfDetails(flattenNumbers(reported));
  }
  if (isSummary) return new Map();
  return normalizeUsage(takeNumbers(attributes, USAGE_PREFIXES, (name) => !COST_NAMES.has(name)));
}

/** Our and Langfuse's own details are disjoint already; a provider's usage object passed on as it is has to be made so. */
function usageOfDetails(counts: ReadonlyMap<string, number>): Map<string, number> {
  if (!counts.has('input') && !counts.has('output')) {
    const isProviderShape = [...WHOLE_NAMES.input, ...WHOLE_NAMES.output].some((name) => counts.has(name));
    if (isProviderShape) {
      return normalizeUsage(counts, counts.has('input_tokens') && ANTHROPIC_NAMES.some((name) => counts.has(name)));
    }
  }
  const usage = new Map(counts);
  if (usage.size > 0 && !usage.has('total')) usage.set('total', sum(usage.values()));
  return usage;
}

/**
 * Splits counts, of which some are contained in others, into parts that are not: `input` and `output` become what is
 * left of the whole after its parts. `isCacheBeside` says that cache counts are not part of the input.
 */
export function normalizeUsage(counts: ReadonlyMap<string, number>, isCacheBeside = false): Map<string, number> {
  const usage = new Map<string, number>();
  const inside = { input: 0, output: 0 };
  const beside = { input: 0, output: 0 };
  for (const [name, count] of counts) {
    const subset = subsetOf(name);
    if (subset === undefined || count === 0 || usage.has(subset.part)) continue;
    usage.set(subset.part, count);
    const isCache = subset.part === CACHED.part || subset.part === CACHE_CREATION.part;
    const bucket = subset.isBesideWhole || (isCacheBeside && isCache) ? beside : inside;
    bucket[subset.side] += count;
  }
  const known = new Set<string>();
  const input = firstCount(counts, WHOLE_NAMES.input, known);
  const output = firstCount(counts, WHOLE_NAMES.output, known);
  const total = firstCount(counts, WHOLE_NAMES.total, known);
  const inputTotal = placeWhole(usage, 'input', input, inside.input, beside.input);
  const outputTotal = placeWhole(usage, 'output', output, inside.output, beside.output);
  addUnknown(usage, counts, known);
  if (usage.size > 0 || total !== undefined) usage.set('total', total ?? inputTotal + outputTotal);
  return usage;
}

/** Sets what is left of a side and gives the side's whole. */
function placeWhole(
  usage: Map<string, number>,
  side: Side,
  whole: number | undefined,
  inside: number,
  beside: number,
): number {
  if (whole === undefined) return inside + beside;
  // Parts larger than their whole cannot be inside it: the sender counts them beside it.
  const isInside = inside <= whole;
  usage.set(side, isInside ? whole - inside : whole);
  return whole + beside + (isInside ? 0 : inside);
}

/** The first of the names that has a count; all of them become known. */
function firstCount(
  counts: ReadonlyMap<string, number>,
  names: readonly string[],
  known: Set<string>,
): number | undefined {
  let first: number | undefined;
  for (const name of names) {
    known.add(name);
    first ??= counts.get(name);
  }
  return first;
}

/** Counts that no rule knows are kept under their own names. */
function addUnknown(usage: Map<string, number>, counts: ReadonlyMap<string, number>, known: ReadonlySet<string>): void {
  for (const [name, count] of counts) {
    if (count === 0 || known.has(name) || REDUNDANT_NAMES.has(name) || subsetOf(name) !== undefined) continue;
    usage.set(name.replace(/^details\./, ''), count);
  }
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** Token counts for display, out of {@link usageDetails}'s kinds: a side is the sum of the kinds that begin with it. */
export interface UsageTotals {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
}

/** Adds up usage by side. */
export function summarizeUsage(usage: ReadonlyMap<string, number>): UsageTotals {
  let inputTokens = 0;
  let outputTokens = 0;
  for (const [kind, count] of usage) {
    if (kind.startsWith('input')) inputTokens += count;
    else if (kind.startsWith('output')) outputTokens += count;
  }
  return { inputTokens, outputTokens, totalTokens: usage.get('total') ?? inputTokens + outputTokens };
}
