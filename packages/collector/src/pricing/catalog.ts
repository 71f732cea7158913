import { calcPrice, findProvider, type ModelPrice, type PriceCalculation, type Provider } from '@pydantic/genai-prices';
import { type Cost, costOfTokens, type PricedTokens, type TokenPrices } from './token-prices.js';

/** What a number of tokens of one model costs, at a time: a few models have prices by the hour or by size. */
export type PriceModel = (tokens: PricedTokens, at: Date) => Cost | undefined;

interface Candidate {
  readonly name: string;
  readonly providerId: string | undefined;
}

/** The built-in prices of a model by any of the names that senders use for it. */
export function findCatalogPrices(model: string): PriceModel | undefined {
  for (const { name, providerId } of candidates(model)) {
    const found = calculate(NO_TOKENS, name, providerId === undefined ? {} : { providerId });
    if (found && isPricedByToken(found, name)) return priceModelOf(found, name);
  }
  return undefined;
}

/**
 * A plain name is looked for as it is, then at OpenAI, whose embedding models the catalogue finds only so. A name with
 * a path, as OpenRouter and LiteLLM write it (`openai/gpt-4o-mini`, `azure/gpt-4o`, `models/gemini-2.5-flash`), is
 * OpenRouter's first, then that of the provider it begins with, then what stands behind the path.
 */
function* candidates(model: string): Generator<Candidate> {
  const slash = model.indexOf('/');
  if (slash < 0) {
    yield { name: model, providerId: undefined };
    yield { name: model, providerId: 'openai' };
    return;
  }
  const prefix = model.slice(0, slash);
  const rest = model.slice(slash + 1);
  yield { name: model, providerId: 'openrouter' };
  const provider = findProvider({ providerId: prefix });
  if (provider) yield { name: rest, providerId: provider.id };
  yield* candidates(rest);
}

const NO_TOKENS: PricedTokens = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0 };

function calculate(
  tokens: PricedTokens,
  name: string,
  options: { providerId?: string; provider?: Provider; timestamp?: Date },
): PriceCalculation | null {
  return calcPrice(
    {
      input_tokens: tokens.input + tokens.cachedInput + tokens.cacheWrite,
      cache_read_tokens: tokens.cachedInput,
      cache_write_tokens: tokens.cacheWrite,
      output_tokens: tokens.output,
    },
    name,
    options,
  );
}

/** Not priced by the second or by the image, of which our usage says nothing; free models have no prices at all. */
function isPricedByToken({ model_price: price }: PriceCalculation, name: string): boolean {
  return price.input_mtok !== undefined || price.output_mtok !== undefined || name.endsWith(':free');
}

function priceModelOf(found: PriceCalculation, name: string): PriceModel {
  const flat = Array.isArray(found.model.prices) ? undefined : flatPrices(found.model_price);
  // The catalogue's own calculation takes 40 µs: it is left to prices that depend on the hour or on the size.
  if (flat) return (tokens) => costOfTokens(tokens, flat);
  const provider = { ...found.provider, models: [found.model] };
  return (tokens, timestamp) => {
    const price = calculate(tokens, name, { provider, timestamp });
    return price ? { input: price.input_price, output: price.output_price } : undefined;
  };
}

/** The prices as plain numbers, or `undefined` where one depends on how many tokens there are. */
function flatPrices(price: ModelPrice): TokenPrices | undefined {
  const {
    input_mtok: input = 0,
    output_mtok: output = 0,
    cache_read_mtok: cachedInput = input,
    cache_write_mtok: cacheWrite = input,
  } = price;
  if (typeof input !== 'number' || typeof output !== 'number') return undefined;
  if (typeof cachedInput !== 'number' || typeof cacheWrite !== 'number') return undefined;
  return { input, output, cachedInput, cacheWrite };
}
