import type { Reader } from '../dialect.js';
import { isJsonObject, type Json, type JsonObject } from '../json-text.js';
import { parseAmount } from '../numbers.js';
import type { SpanSource } from '../source.js';

const KEY = 'ai.response.providerMetadata';

/** Where each provider keeps a count, by our name for it; the SDK's first versions give it nowhere else. */
const COUNT_PATHS: readonly (readonly [string, readonly string[]])[] = [
  ['provider.cacheRead', ['openai', 'cachedPromptTokens']],
  ['provider.cacheRead', ['anthropic', 'usage', 'cache_read_input_tokens']],
  ['provider.cacheRead', ['anthropic', 'cacheReadInputTokens']],
  ['provider.cacheRead', ['bedrock', 'usage', 'cacheReadInputTokens']],
  ['provider.cacheWrite', ['anthropic', 'usage', 'cache_creation_input_tokens']],
  ['provider.cacheWrite', ['anthropic', 'cacheCreationInputTokens']],
  ['provider.cacheWrite', ['bedrock', 'usage', 'cacheWriteInputTokens']],
  ['provider.reasoning', ['openai', 'reasoningTokens']],
  ['provider.acceptedPrediction', ['openai', 'acceptedPredictionTokens']],
  ['provider.rejectedPrediction', ['openai', 'rejectedPredictionTokens']],
];

const COST_PATHS: readonly (readonly string[])[] = [
  ['gateway', 'cost'],
  ['openrouter', 'usage', 'cost'],
];

/** A member of nested objects, own members only. */
function memberAt(object: JsonObject, path: readonly string[]): Json | undefined {
  let value: Json | undefined = object;
  for (const name of path) {
    if (!isJsonObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

function amountAt(object: JsonObject, path: readonly string[]): number | undefined {
  const value = memberAt(object, path);
  return typeof value === 'number' || typeof value === 'string' ? parseAmount(value) : undefined;
}

/** Counts in what the provider said beside the answer. */
export const aiSdkProviderCounts: Reader<ReadonlyMap<string, number>> = {
  keys: [KEY],
  note: 'cached, reasoning and prediction tokens of OpenAI, Anthropic and Bedrock; stays an attribute',
  read: (source) => {
    const metadata = source.jsonObject(KEY);
    if (metadata === undefined) return undefined;
    const counts = new Map<string, number>();
    for (const [name, path] of COUNT_PATHS) {
      const amount = counts.has(name) ? undefined : amountAt(metadata, path);
      if (amount !== undefined) counts.set(name, amount);
    }
    return counts;
  },
};

/** What the call cost, where a gateway in between says so. */
export const aiSdkProviderCost: Reader<ReadonlyMap<string, number>> = {
  keys: [KEY],
  note: "the AI Gateway's and OpenRouter's; stays an attribute",
  read: (source) => {
    const metadata = source.jsonObject(KEY);
    if (metadata === undefined) return undefined;
    for (const path of COST_PATHS) {
      const cost = amountAt(metadata, path);
      if (cost !== undefined) return new Map([['total', cost]]);
    }
    return undefined;
  },
};

/**
 * Whether cached tokens are beside the input. Up to version 5 the SDK passed the provider's own count on: where that is
 * Anthropic's, it equals the input; Bedrock never includes them. Version 6 adds them up, and says so by its details.
 */
export function isAiSdkCacheBeside(counts: ReadonlyMap<string, number>, source: SpanSource): boolean {
  const metadata = source.jsonObject(KEY);
  if (metadata === undefined) return false;
  const own = amountAt(metadata, ['anthropic', 'usage', 'input_tokens']);
  if (own !== undefined) return own === (counts.get('inputTokens') ?? counts.get('promptTokens'));
  const saysDetails =
    counts.has('inputTokenDetails.cacheReadTokens') || counts.has('inputTokenDetails.cacheWriteTokens');
  const isBeside =
    memberAt(metadata, ['bedrock', 'usage']) ?? memberAt(metadata, ['anthropic', 'cacheReadInputTokens']);
  return isBeside !== undefined && !saysDetails;
}
