import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RESOURCE, SCOPE, withAttributes } from '../../test/sample-spans.js';
import type { AnyValue } from '../otlp/messages.js';
import { toObservation } from './to-observation.js';
import { summarizeUsage } from './usage.js';

const map = (attributes: Record<string, AnyValue>) => toObservation(withAttributes(attributes), RESOURCE, SCOPE);
const usageOf = (attributes: Record<string, AnyValue>) => Object.fromEntries(map(attributes).usageDetails);
const costOf = (attributes: Record<string, AnyValue>) => Object.fromEntries(map(attributes).costDetails);
const details = (usage: object) => usageOf({ 'langfuse.observation.usage_details': JSON.stringify(usage) });

describe('usage', () => {
  test.each<[string, object, Record<string, number>]>([
    ['disjoint parts with a total', { input: 1, output: 2, total: 3 }, { input: 1, output: 2, total: 3 }],
    [
      'disjoint parts without one',
      { input: 1, output: 2, input_cached_tokens: 4 },
      { input: 1, output: 2, input_cached_tokens: 4, total: 7 },
    ],
    ['other units', { seconds: 2.5 }, { seconds: 2.5, total: 2.5 }],
    ['numbers as text', { input: '5', output: 'many', total: null }, { input: 5, total: 5 }],
    ['negative and endless numbers', { input: -1, output: 2, x: 'Infinity' }, { output: 2, total: 2 }],
    [
      "OpenAI's chat completions",
      {
        prompt_tokens: 100,
        completion_tokens: 50,
        total_tokens: 150,
        prompt_tokens_details: { cached_tokens: 30, audio_tokens: 0 },
        completion_tokens_details: {
          reasoning_tokens: 20,
          accepted_prediction_tokens: 5,
          rejected_prediction_tokens: 0,
        },
      },
      {
        input: 70,
        input_cached_tokens: 30,
        output: 25,
        output_reasoning_tokens: 20,
        output_accepted_prediction_tokens: 5,
        total: 150,
      },
    ],
    [
      "OpenAI's responses",
      {
        input_tokens: 10,
        output_tokens: 6,
        input_tokens_details: { cached_tokens: 4 },
        output_tokens_details: { reasoning_tokens: 6 },
        total_tokens: 16,
      },
      { input: 6, input_cached_tokens: 4, output: 0, output_reasoning_tokens: 6, total: 16 },
    ],
    [
      "Anthropic's, whose cache counts lie beside the input",
      {
        input_tokens: 100,
        cache_read_input_tokens: 40,
        cache_creation_input_tokens: 10,
        output_tokens: 5,
        cache_creation: { ephemeral_5m_input_tokens: 10 },
      },
      { input: 100, input_cached_tokens: 40, input_cache_creation: 10, output: 5, total: 155 },
    ],
    [
      "Google's, whose thoughts lie beside the answer",
      {
        promptTokenCount: 10,
        candidatesTokenCount: 5,
        thoughtsTokenCount: 7,
        totalTokenCount: 22,
        cachedContentTokenCount: 4,
      },
      { input: 6, input_cached_tokens: 4, output: 5, output_reasoning_tokens: 7, total: 22 },
    ],
  ])('details: %s', (_, usage, expected) => {
    expect(details(usage)).toEqual(expected);
  });

  test('details that are no object stay an attribute', () => {
    const observation = map({ 'langfuse.observation.usage_details': 'many' });
    expect(observation.usageDetails.size).toBe(0);
    expect(observation.metadata.get('attributes.langfuse.observation.usage_details')).toBe('many');
  });

  test.each<[string, Record<string, AnyValue>, Record<string, number>]>([
    [
      'both generations of the cache names count once',
      {
        'gen_ai.usage.input_tokens': 10n,
        'gen_ai.usage.cache_read.input_tokens': 4n,
        'gen_ai.usage.cache_read_input_tokens': 4n,
      },
      { input: 6, input_cached_tokens: 4, total: 10 },
    ],
    [
      'cache writes under the new and the old name',
      {
        'gen_ai.usage.input_tokens': 10n,
        'gen_ai.usage.cache_write.input_tokens': 3n,
        'gen_ai.usage.cache_creation.input_tokens': 3n,
      },
      { input: 7, input_cache_creation: 3, total: 10 },
    ],
    [
      'parts larger than their whole cannot be inside it',
      {
        'gen_ai.usage.input_tokens': 7n,
        'gen_ai.usage.cache_read_input_tokens': 16_399n,
        'gen_ai.usage.output_tokens': 2n,
      },
      { input: 7, input_cached_tokens: 16_399, output: 2, total: 16_408 },
    ],
    [
      'prompt and input names of one count',
      { 'gen_ai.usage.prompt_tokens': 9n, 'gen_ai.usage.input_tokens': 9n, 'gen_ai.usage.completion_tokens': 1n },
      { input: 9, output: 1, total: 10 },
    ],
    ['only a total', { 'llm.usage.total_tokens': 12n }, { total: 12 }],
    ['only parts', { 'gen_ai.usage.reasoning_tokens': 3n }, { output_reasoning_tokens: 3, total: 3 }],
    [
      'numbers as text',
      { 'gen_ai.usage.input_tokens': '8', 'gen_ai.usage.output_tokens': 'x' },
      { input: 8, total: 8 },
    ],
    [
      'an unknown count',
      { 'gen_ai.usage.input_tokens': 1n, 'gen_ai.usage.details.search_units': 2n },
      { input: 1, search_units: 2, total: 1 },
    ],
    [
      'embedding tokens of the AI SDK',
      { 'ai.operationId': 'ai.embed.doEmbed', 'ai.usage.tokens': 5n },
      { input: 5, total: 5 },
    ],
    ['no usage', {}, {}],
  ])('attributes: %s', (_, attributes, expected) => {
    expect(usageOf(attributes)).toEqual(expected);
  });

  test('the kinds of a normalised usage add up to its total, and each side to its whole', () => {
    const count = fc.nat(10_000);
    fc.assert(
      fc.property(count, count, count, count, (input, cached, output, reasoning) => {
        const usage = map({
          'gen_ai.usage.input_tokens': BigInt(input),
          'gen_ai.usage.cache_read.input_tokens': BigInt(Math.min(cached, input)),
          'gen_ai.usage.output_tokens': BigInt(output),
          'gen_ai.usage.reasoning.output_tokens': BigInt(Math.min(reasoning, output)),
        }).usageDetails;
        expect(summarizeUsage(usage)).toEqual({
          inputTokens: input,
          outputTokens: output,
          totalTokens: input + output,
        });
        const parts = [...usage].filter(([kind]) => kind !== 'total').reduce((sum, [, value]) => sum + value, 0);
        expect(parts).toBe(usage.get('total'));
      }),
    );
  });
});

describe('cost', () => {
  test.each<[string, Record<string, AnyValue>, Record<string, number>]>([
    [
      'details with a total',
      { 'langfuse.observation.cost_details': '{"input":0.25,"total":1}' },
      { input: 0.25, total: 1 },
    ],
    [
      'details without one',
      { 'langfuse.observation.cost_details': '{"input":0.25,"output":0.5}' },
      { input: 0.25, output: 0.5, total: 0.75 },
    ],
    ['one amount', { 'gen_ai.usage.cost': 0.5, 'llm.cost.total': 9 }, { total: 0.5 }],
    ['an amount as text', { 'gen_ai.usage.cost': '0.5' }, { total: 0.5 }],
    [
      'both sides',
      { 'gen_ai.usage.input_cost': 0.25, 'gen_ai.usage.output_cost': 0.5 },
      { input: 0.25, output: 0.5, total: 0.75 },
    ],
    ["OpenInference's total", { 'llm.cost.total': 2 }, { total: 2 }],
    ['nothing usable', { 'gen_ai.usage.cost': 'free' }, {}],
  ])('%s', (_, attributes, expected) => {
    expect(costOf(attributes)).toEqual(expected);
  });

  test('a cost is no count of tokens', () => {
    expect(usageOf({ 'gen_ai.usage.cost': 0.5, 'gen_ai.usage.input_tokens': 2n })).toEqual({ input: 2, total: 2 });
  });
});
