import type { Observation, ObservationType } from '@slipstream/wire';
import { findCatalogPrices, type PriceModel } from './catalog.js';
import { findUserPrices, type PriceFile, readPriceFile } from './price-file.js';
import { costOfTokens, pricedTokens } from './token-prices.js';

/** The types that stand for one call of a model; an agent's usage is the sum of its calls, which have their own. */
const PRICED_TYPES: ReadonlySet<ObservationType> = new Set<ObservationType>(['generation', 'embedding']);

/** Model names come from outside, so what is remembered of them is bounded. */
const MAX_REMEMBERED_MODELS = 1_000;
const MAX_MODEL_NAME_CHARS = 200;

type PricedObservation = Pick<Observation, 'type' | 'model' | 'usageDetails' | 'startTimeUnixNano'>;

export interface Pricing {
  /**
   * US dollars by kind (`input`, `output`, `total`) for a call whose sender reported no cost; `undefined` where the
   * model is unknown, or the usage.
   */
  computeCost(observation: PricedObservation): ReadonlyMap<string, number> | undefined;
}

/**
 * Prices from the built-in catalogue and, before it, from the user's file.
 * @throws StoreError `price_file_invalid`
 */
export async function createPricing(priceFilePath: string | undefined): Promise<Pricing> {
  const priceFile: PriceFile = priceFilePath === undefined ? { models: {} } : await readPriceFile(priceFilePath);
  const remembered = new Map<string, PriceModel | undefined>();

  const pricesOf = (model: string): PriceModel | undefined => {
    if (remembered.has(model)) return remembered.get(model);
    const prices = findPrices(priceFile, model);
    if (remembered.size >= MAX_REMEMBERED_MODELS) remembered.clear();
    remembered.set(model, prices);
    return prices;
  };

  return {
    computeCost({ type, model, usageDetails, startTimeUnixNano }) {
      if (model === undefined || model.length > MAX_MODEL_NAME_CHARS || usageDetails.size === 0) return undefined;
      if (!PRICED_TYPES.has(type)) return undefined;
      const tokens = pricedTokens(usageDetails);
      if (tokens.input + tokens.cachedInput + tokens.cacheWrite + tokens.output === 0) return undefined;
      const cost = pricesOf(model)?.(tokens, new Date(Number(startTimeUnixNano / 1_000_000n)));
      if (!cost) return undefined;
      const { input, output } = cost;
      return new Map([
        ['input', input],
        ['output', output],
        ['total', input + output],
      ]);
    },
  };
}

function findPrices(priceFile: PriceFile, model: string): PriceModel | undefined {
  const own = findUserPrices(priceFile, model);
  return own ? (tokens) => costOfTokens(tokens, own) : findCatalogPrices(model);
}
