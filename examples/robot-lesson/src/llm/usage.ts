/** What a provider says about one answer; OpenRouter adds `cost` in US dollars. */
export interface ProviderUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number | null | undefined } | null | undefined;
  readonly cost?: number | undefined;
}

/** Tokens by kind. Cached tokens are a part of a provider's prompt tokens, so they are taken off `input`. */
export function toUsageDetails(usage: ProviderUsage): Record<string, number> {
  const cached = usage.prompt_tokens_details?.cached_tokens ?? 0;
  const details = {
    input: usage.prompt_tokens - cached,
    output: usage.completion_tokens,
    total: usage.total_tokens,
  };
  return cached > 0 ? { ...details, input_cached_tokens: cached } : details;
}

/** The cost that the provider reports; `undefined` where it reports none, so that the collector computes it. */
export function toCostDetails(usage: ProviderUsage): Record<string, number> | undefined {
  return usage.cost === undefined ? undefined : { total: usage.cost };
}
