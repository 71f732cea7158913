import { type UsageTable, usageParts } from '../usage-table.js';

/** Anthropic's API counts cache reads and writes beside `input_tokens`, and says so by these names. */
const ANTHROPIC_NAMES = ['cache_read_input_tokens', 'cache_creation_input_tokens'];

/**
 * The usage objects of OpenAI, Anthropic, Google and the AI SDK, passed on as they are in Langfuse's usage details. No
 * dialect of spans, so that it stands in no order.
 */
export const PROVIDER_USAGE: UsageTable = {
  note: "OpenAI's input includes cached and its output reasoning, Google's thoughts are beside the output, Anthropic's cache beside the input",
  input: ['input_tokens', 'prompt_tokens', 'inputTokens', 'promptTokens', 'promptTokenCount', 'tokens'],
  output: ['output_tokens', 'completion_tokens', 'outputTokens', 'completionTokens', 'candidatesTokenCount'],
  total: ['total_tokens', 'total', 'totalTokens', 'totalTokenCount'],
  parts: usageParts({
    cacheRead: [
      'cache_read_input_tokens',
      'input_tokens_details.cached_tokens',
      'prompt_tokens_details.cached_tokens',
      'cachedInputTokens',
      'inputTokenDetails.cacheReadTokens',
      'cachedContentTokenCount',
      'cached_tokens',
    ],
    cacheWrite: [
      'cache_creation_input_tokens',
      'prompt_tokens_details.cache_write_tokens',
      'input_tokens_details.cache_write_tokens',
      'inputTokenDetails.cacheWriteTokens',
    ],
    inputAudio: ['prompt_tokens_details.audio_tokens', 'input_tokens_details.audio_tokens'],
    reasoning: [
      'output_tokens_details.reasoning_tokens',
      'completion_tokens_details.reasoning_tokens',
      'reasoningTokens',
      'outputTokenDetails.reasoningTokens',
      'reasoning_tokens',
    ],
    reasoningBeside: ['thoughtsTokenCount'],
    outputAudio: ['completion_tokens_details.audio_tokens', 'output_tokens_details.audio_tokens'],
  }),
  hasOtherDetails: true,
  leftOut: new Set([
    'prompt_tokens_details.text_tokens',
    'input_tokens_details.text_tokens',
    'completion_tokens_details.text_tokens',
    'output_tokens_details.text_tokens',
    'inputTokenDetails.noCacheTokens',
    'outputTokenDetails.textTokens',
    'cache_creation.ephemeral_5m_input_tokens',
    'cache_creation.ephemeral_1h_input_tokens',
  ]),
  isCacheBeside: (counts) => counts.has('input_tokens') && ANTHROPIC_NAMES.some((name) => counts.has(name)),
};
