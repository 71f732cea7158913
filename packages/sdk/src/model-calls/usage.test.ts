import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costDetails, usageDetails } from './usage.js';

describe('usage', () => {
  it.each([
    [
      { prompt_tokens: 10, completion_tokens: 4, total_tokens: 14 },
      { input: 10, output: 4, total: 14 },
    ],
    [
      { prompt_tokens: 7, total_tokens: 7 },
      { input: 7, total: 7 },
    ],
    [
      { input_tokens: 50, input_tokens_details: { cached_tokens: 20 }, output_tokens: 30 },
      { input: 30, input_cached_tokens: 20, output: 30, total: 80 },
    ],
    [
      {
        prompt_tokens: 10,
        completion_tokens: 9,
        prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 4, audio_tokens: null },
        completion_tokens_details: { reasoning_tokens: 5, rejected_prediction_tokens: 3 },
      },
      {
        input: 6,
        input_cache_creation: 4,
        output: 1,
        output_reasoning_tokens: 5,
        output_rejected_prediction_tokens: 3,
        total: 19,
      },
    ],
    [
      { input_tokens: 14, input_token_details: { text_tokens: 10, audio_tokens: 4 }, output_tokens: 2 },
      { input: 10, input_audio_tokens: 4, output: 2, total: 16 },
    ],
  ])('counts each token of %j once', (usage, details) => {
    expect(usageDetails(usage)).toEqual(details);
  });

  it('gives overlapping parts no more than there is', () => {
    const usage = { prompt_tokens: 100, prompt_tokens_details: { cached_tokens: 80, audio_tokens: 60 } };
    expect(usageDetails(usage)).toEqual({ input: 0, input_cached_tokens: 80, input_audio_tokens: 20, total: 100 });
  });

  it.each([[undefined], [null], ['x'], [{}], [{ type: 'duration', seconds: 2 }], [{ prompt_tokens: -1 }]])(
    'says nothing of %j',
    (usage) => {
      expect(usageDetails(usage)).toBeUndefined();
    },
  );

  it('adds up to the whole, whatever the parts', () => {
    const count = fc.nat(1_000);
    const parts = fc.dictionary(fc.constantFrom('cached_tokens', 'audio_tokens', 'reasoning_tokens', 'other'), count);
    fc.assert(
      fc.property(count, count, parts, parts, (input, output, inputParts, outputParts) => {
        const { total, ...kinds } = usageDetails({
          prompt_tokens: input,
          completion_tokens: output,
          prompt_tokens_details: inputParts,
          completion_tokens_details: outputParts,
        }) as Record<string, number>;
        expect(Object.values(kinds).reduce((sum, each) => sum + each, 0)).toBe(input + output);
        expect(total).toBe(input + output);
      }),
    );
  });
});

describe('cost', () => {
  it.each([
    [{ cost: 0.5 }, { total: 0.5 }],
    [{ cost: 0 }, { total: 0 }],
    [{ cost: 0.5, cost_details: { upstream_inference_cost: 0.5 }, is_byok: false }, { total: 0.5 }],
    [{ cost: 0.1, cost_details: { upstream_inference_cost: 2 }, is_byok: true }, { total: 2.1 }],
    [{ cost_details: { upstream_inference_cost: 3 } }, { total: 3 }],
    [{ cost_details: { upstream_inference_cost: null } }, undefined],
    [{ cost: '0.5' }, undefined],
    [undefined, undefined],
  ])('of %j', (usage, cost) => {
    expect(costDetails(usage)).toEqual(cost);
  });
});
