/** US dollars for a million tokens of each kind. */
export interface TokenPrices {
  readonly input: number;
  readonly cachedInput: number;
  readonly cacheWrite: number;
  readonly output: number;
}

/** Tokens by how they are priced. The kinds do not overlap; `output` includes reasoning, which is priced like it. */
export interface PricedTokens {
  readonly input: number;
  readonly cachedInput: number;
  readonly cacheWrite: number;
  readonly output: number;
}

const CACHED_INPUT = 'input_cached_tokens';
const CACHE_WRITE = 'input_cache_creation';

/** Sorts usage, whose kinds do not overlap either, by price; each token counts once. */
export function pricedTokens(usage: ReadonlyMap<string, number>): PricedTokens {
  let input = 0;
  let output = 0;
  for (const [kind, count] of usage) {
    if (!Number.isFinite(count) || count < 0) continue;
    if (kind === CACHED_INPUT || kind === CACHE_WRITE) continue;
    if (kind.startsWith('input')) input += count;
    else if (kind.startsWith('output')) output += count;
  }
  return { input, cachedInput: countOf(usage, CACHED_INPUT), cacheWrite: countOf(usage, CACHE_WRITE), output };
}

function countOf(usage: ReadonlyMap<string, number>, kind: string): number {
  const count = usage.get(kind) ?? 0;
  return Number.isFinite(count) && count > 0 ? count : 0;
}

/** Dollars for the input and for the output. */
export interface Cost {
  readonly input: number;
  readonly output: number;
}

export function costOfTokens(tokens: PricedTokens, prices: TokenPrices): Cost {
  const input =
    tokens.input * prices.input + tokens.cachedInput * prices.cachedInput + tokens.cacheWrite * prices.cacheWrite;
  return { input: input / 1e6, output: (tokens.output * prices.output) / 1e6 };
}
