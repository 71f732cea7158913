import { createRandom, type SeededRandom } from '../random/seeded-random.js';
import { detectLanguage, makeTeachingText } from '../text/teaching-text.js';
import { CHARACTERS_PER_TOKEN, estimateTokenCount } from '../text/tokens.js';
import type { ChatRequest } from './chat-request.js';
import type { LlmPrices, LlmServerSettings } from './options.js';
import { makeValueForSchema } from './schema-value.js';

/** The `usage` object of an answer; `cost` (US dollars) is OpenRouter's. */
export interface LlmUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: { readonly cached_tokens: number };
  readonly completion_tokens_details: { readonly reasoning_tokens: number };
  readonly cost: number;
}

/** One tool call of an answer. */
export interface LlmToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text. */
  readonly arguments: string;
}

/** An answer, decided before the first byte of it is sent. */
export interface Completion {
  readonly id: string;
  readonly createdSeconds: number;
  readonly model: string;
  readonly text: string;
  readonly toolCalls: readonly LlmToolCall[];
  readonly finishReason: 'stop' | 'length' | 'tool_calls';
  readonly usage: LlmUsage;
}

/** Providers cache prompts in blocks of 128 tokens, from 1,024 tokens on. */
const CACHE_BLOCK_TOKENS = 128;
const CACHE_MINIMUM_TOKENS = 1_024;

const DEFAULT_LENGTH_TOKENS = { min: 20, max: 200 } as const;

/** The answer to a request: depends on the seed and the request's content only. */
export function planCompletion(request: ChatRequest, settings: LlmServerSettings): Completion {
  const random = createRandom(`${settings.seed}/${request.digest}`);
  const wanted = wantedTokens(request, random);
  const limit = Math.min(request.maxTokens ?? settings.maxCompletionTokens, settings.maxCompletionTokens);
  const toolCalls = makeToolCalls(request, random);
  const text = toolCalls.length > 0 ? '' : makeText(request, random, Math.min(wanted, limit));
  const completionTokens = estimateTokenCount(text) + toolCallTokens(toolCalls);
  return {
    id: `chatcmpl-${random.hex(24)}`,
    createdSeconds: Math.floor(settings.nowMs() / 1000),
    model: request.model,
    text,
    toolCalls,
    finishReason: toolCalls.length > 0 ? 'tool_calls' : wanted > limit ? 'length' : 'stop',
    usage: makeUsage(request, completionTokens, random, settings.prices),
  };
}

/** The text cut into pieces of one token each. */
export function tokenPieces(text: string): string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length; start += CHARACTERS_PER_TOKEN) {
    pieces.push(text.slice(start, start + CHARACTERS_PER_TOKEN));
  }
  return pieces;
}

/** A `max_tokens` without a hint is taken as the length wanted, so that any client can ask for one. */
function wantedTokens(request: ChatRequest, random: SeededRandom): number {
  const { min, max } = DEFAULT_LENGTH_TOKENS;
  return request.hintedTokens ?? request.maxTokens ?? random.integer(min, max);
}

function makeText(request: ChatRequest, random: SeededRandom, tokens: number): string {
  if (request.jsonSchema === undefined)
    return makeTeachingText(random, detectLanguage(request.lastMessageText), tokens);
  return JSON.stringify(makeValueForSchema(request.jsonSchema, random) ?? {});
}

function makeToolCalls(request: ChatRequest, random: SeededRandom): LlmToolCall[] {
  const { toolCalls } = request;
  if (toolCalls === undefined) return [];
  return Array.from({ length: toolCalls.count }, (_, index) => {
    const named = request.tools.find((tool) => tool.name === toolCalls.name);
    const tool = named ?? request.tools[index % request.tools.length];
    return {
      id: `call_${random.hex(24)}`,
      name: tool?.name ?? '',
      arguments: JSON.stringify(makeValueForSchema(tool?.parameters, random) ?? {}),
    };
  });
}

function toolCallTokens(toolCalls: readonly LlmToolCall[]): number {
  return toolCalls.reduce((sum, call) => sum + estimateTokenCount(call.name + call.arguments), 0);
}

function makeUsage(request: ChatRequest, completionTokens: number, random: SeededRandom, prices: LlmPrices): LlmUsage {
  const promptTokens = Math.ceil(request.promptCharacterCount / CHARACTERS_PER_TOKEN);
  const cachedTokens = makeCachedTokens(promptTokens, random);
  const dollars =
    (promptTokens - cachedTokens) * prices.inputPerMillion +
    cachedTokens * prices.cachedInputPerMillion +
    completionTokens * prices.outputPerMillion;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens },
    completion_tokens_details: { reasoning_tokens: 0 },
    // Rounded to a billionth of a dollar, as providers print it.
    cost: Math.round(dollars * 1000) / 1_000_000_000,
  };
}

/** Drawn from the seed instead of a real cache: then an answer does not depend on what was asked before. */
function makeCachedTokens(promptTokens: number, random: SeededRandom): number {
  if (promptTokens < CACHE_MINIMUM_TOKENS || random.chance(0.5)) return 0;
  return random.integer(0, Math.floor(promptTokens / CACHE_BLOCK_TOKENS)) * CACHE_BLOCK_TOKENS;
}
