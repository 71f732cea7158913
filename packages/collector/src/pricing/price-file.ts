import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { StoreError } from '../store/errors.js';
import type { TokenPrices } from './token-prices.js';

const dollars = z.number().nonnegative();

/**
 * A user's own prices, in US dollars for a million tokens:
 *
 * ```json
 * { "models": { "my-model": { "input": 0.5, "output": 1.5 }, "my-family-*": { "input": 0.1 } } }
 * ```
 *
 * `cachedInput` and `cacheWrite` cost as `input` where they are not given, `output` nothing. A name that ends with `*`
 * stands for every model that begins so; the exact name, then the longest beginning wins.
 */
export const priceFileSchema = z.strictObject({
  models: z.record(
    z.string().min(1).max(200),
    z.strictObject({
      input: dollars,
      output: dollars.optional(),
      cachedInput: dollars.optional(),
      cacheWrite: dollars.optional(),
    }),
  ),
});

export type PriceFile = z.infer<typeof priceFileSchema>;

/** @throws StoreError `price_file_invalid` */
export async function readPriceFile(path: string): Promise<PriceFile> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError('price_file_invalid', `cannot read the price file ${path}: ${reason}`, { cause });
  }
  const parsed = priceFileSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new StoreError('price_file_invalid', `the price file ${path} is wrong:\n${z.prettifyError(parsed.error)}`);
}

/** What the user's file says of a model. */
export function findUserPrices({ models }: PriceFile, model: string): TokenPrices | undefined {
  let best: string | undefined;
  for (const name of Object.keys(models)) {
    if (name === model) {
      best = name;
      break;
    }
    const isFamily = name.endsWith('*') && model.startsWith(name.slice(0, -1));
    if (isFamily && name.length > (best?.length ?? 0)) best = name;
  }
  const prices = best === undefined ? undefined : models[best];
  return (
    prices && {
      input: prices.input,
      cachedInput: prices.cachedInput ?? prices.input,
      cacheWrite: prices.cacheWrite ?? prices.input,
      output: prices.output ?? 0,
    }
  );
}
