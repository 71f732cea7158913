import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calcPrice } from '@pydantic/genai-prices';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPricing, type Pricing } from './pricing.js';

const AT = 1_767_225_600_000_000_000n;

type Call = Parameters<Pricing['computeCost']>[0];

function call(model: string | undefined, usage: Record<string, number>, type: Call['type'] = 'generation'): Call {
  return { type, model, usageDetails: new Map(Object.entries(usage)), startTimeUnixNano: AT };
}

describe('built-in prices', () => {
  let pricing: Pricing;

  beforeAll(async () => {
    pricing = await createPricing(undefined);
  });

  const total = (observation: Call): number | undefined => pricing.computeCost(observation)?.get('total');

  test('give the cost of the input, of the output, and of both', () => {
    const cost = pricing.computeCost(call('gpt-4o-mini', { input: 1_000_000, output: 100_000, total: 1_100_000 }));
    expect([...(cost ?? [])]).toEqual([
      ['input', 0.15],
      ['output', 0.06],
      ['total', 0.21],
    ]);
  });

  test.each(['openai/gpt-4o-mini', 'azure/gpt-4o-mini', 'openrouter/openai/gpt-4o-mini', 'gpt-4o-mini-2024-07-18'])(
    'know %s as gpt-4o-mini',
    (model) => {
      expect(total(call(model, { input: 1_000_000 }))).toBeCloseTo(0.15, 10);
    },
  );

  test.each(['models/gemini-2.5-flash', 'google/gemini-2.5-flash', 'anthropic/claude-sonnet-4.5'])(
    'know %s',
    (model) => {
      expect(total(call(model, { input: 1000 }))).toBeGreaterThan(0);
    },
  );

  test('know embedding models, which have input alone', () => {
    expect(total(call('text-embedding-3-small', { input: 1_000_000 }, 'embedding'))).toBeCloseTo(0.02, 10);
  });

  test('charge a free model nothing, which is not the same as not knowing', () => {
    expect(total(call('meta-llama/llama-3.3-70b-instruct:free', { input: 10, output: 10 }))).toBe(0);
  });

  test('count cached and reasoning tokens once, each at its own price', () => {
    const usage = { input: 600_000, input_cached_tokens: 400_000, output: 30_000, output_reasoning_tokens: 70_000 };
    const expected = calcPrice(
      { input_tokens: 1_000_000, cache_read_tokens: 400_000, output_tokens: 100_000 },
      'gpt-4o',
    );
    expect(total(call('gpt-4o', usage))).toBeCloseTo(expected?.total_price ?? -1, 10);
    expect(total(call('gpt-4o', usage))).toBeCloseTo(0.6 * 2.5 + 0.4 * 1.25 + 0.1 * 10, 10);
  });

  test.each([
    'gpt-4o',
    'gpt-4o-mini',
    'claude-sonnet-4-5-20250929',
    'gemini-2.5-flash',
    'gemini-2.5-pro',
    'deepseek-chat',
  ])("agree with the catalogue's own calculation for %s, below and above its tiers", (model) => {
    for (const input of [1, 1000, 199_000, 900_000]) {
      const usage = { input, input_cached_tokens: 100, input_cache_creation: 50, output: 77 };
      const expected = calcPrice(
        { input_tokens: input + 150, cache_read_tokens: 100, cache_write_tokens: 50, output_tokens: 77 },
        model,
        { timestamp: new Date(Number(AT / 1_000_000n)) },
      );
      expect(total(call(model, usage))).toBeCloseTo(expected?.total_price ?? -1, 10);
    }
  });

  test.each<[string, Call]>([
    ['an unknown model', call('nobody-knows-this', { input: 10 })],
    ['no model', call(undefined, { input: 10 })],
    ['an empty name', call('', { input: 10 })],
    ['a path without a name', call('///', { input: 10 })],
    ['a name out of all bounds', call('gpt-4o'.padEnd(100_000, 'x'), { input: 10 })],
    ['a name of Object.prototype', call('__proto__', { input: 10 })],
    ['a model that is priced by the minute', call('whisper-1', { input: 10 })],
    ['no usage', call('gpt-4o', {})],
    ['usage of nothing', call('gpt-4o', { input: 0, output: 0 })],
    ['usage that is no number', call('gpt-4o', { input: Number.NaN, output: -5 })],
    ['an agent, whose calls have their own cost', call('gpt-4o', { input: 10 }, 'agent')],
    ['a span', call('gpt-4o', { input: 10 }, 'span')],
  ])('know no cost for %s', (_, observation) => {
    expect(pricing.computeCost(observation)).toBeUndefined();
  });
});

describe("the user's price file", () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'slipstream-prices-'));
  });

  afterAll(async () => rm(directory, { recursive: true }));

  async function withFile(content: string): Promise<Pricing> {
    const path = join(directory, 'prices.json');
    await writeFile(path, content);
    return createPricing(path);
  }

  test('goes before the catalogue, by the exact name or the longest beginning', async () => {
    const models = {
      'gpt-4o': { input: 1, output: 2, cachedInput: 0.5, cacheWrite: 4 },
      'own-*': { input: 10 },
      'own-large-*': { input: 20 },
    };
    const pricing = await withFile(JSON.stringify({ models }));
    const usage = { input: 1e6, input_cached_tokens: 1e6, input_cache_creation: 1e6, output: 1e6 };
    const total = (model: string): number | undefined => pricing.computeCost(call(model, usage))?.get('total');
    expect(total('gpt-4o')).toBe(1 + 0.5 + 4 + 2);
    expect(total('own-small')).toBe(30);
    expect(total('own-large-2')).toBe(60);
    expect(total('gpt-4o-mini')).toBeGreaterThan(0);
    expect(total('other')).toBeUndefined();
  });

  test.each([
    ['no JSON', '{'],
    ['another shape', '[]'],
    ['no models', '{}'],
    ['a price below zero', '{"models":{"a":{"input":-1}}}'],
    ['a price as text', '{"models":{"a":{"input":"1"}}}'],
    ['a word that is not known', '{"models":{"a":{"input":1,"outputs":2}}}'],
  ])('is refused with %s', async (_, content) => {
    await expect(withFile(content)).rejects.toMatchObject({ code: 'price_file_invalid' });
  });

  test('is refused where it is not there', async () => {
    await expect(createPricing(join(directory, 'nothing.json'))).rejects.toMatchObject({ code: 'price_file_invalid' });
  });
});
