import { describe, expect, it } from 'vitest';
import { usageDetails } from './usage.js';

describe("Anthropic's usage", () => {
  it.each([
    [
      { input_tokens: 10, output_tokens: 4 },
      { input: 10, output: 4, total: 14 },
    ],
    [
      { input_tokens: 10, cache_read_input_tokens: 100, cache_creation_input_tokens: 5, output_tokens: 4 },
      { input: 10, input_cached_tokens: 100, input_cache_creation: 5, output: 4, total: 119 },
    ],
    [
      {
        input_tokens: 10,
        cache_read_input_tokens: 0,
        output_tokens: 40,
        output_tokens_details: { thinking_tokens: 25 },
      },
      { input: 10, output: 15, output_reasoning_tokens: 25, total: 50 },
    ],
    [
      { input_tokens: 1, output_tokens: 2, output_tokens_details: { thinking_tokens: 9 } },
      { input: 1, output: 0, output_reasoning_tokens: 2, total: 3 },
    ],
    [{ input_tokens: 7 }, { input: 7, total: 7 }],
    [{}, undefined],
    [{ input_tokens: 'many' }, undefined],
  ])('counts each token of %j once', (usage, details) => {
    expect(usageDetails(usage)).toEqual(details);
  });
});
