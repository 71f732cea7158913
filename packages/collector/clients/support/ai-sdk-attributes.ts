import { expect } from 'vitest';
import { json } from './expectation.js';
import { usageOf } from './record-llm.js';
import { story } from './story.js';

export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
}

export interface Answer {
  readonly text: string;
  readonly id: string;
  readonly usage: Usage;
}

export interface ToolCall {
  readonly toolCallId: string;
  readonly toolName: string;
  readonly input: object;
}

export interface Step extends Answer {
  readonly toolCalls: readonly ToolCall[];
}

export interface Answers {
  readonly generated: { readonly text: string; readonly steps: readonly [Step, Step] };
  readonly streamed: Answer;
  readonly embedded: { readonly embedding: readonly number[]; readonly usage: { readonly tokens: number } };
}

/** What every span of a call has, and more; user, session and tags of the telemetry's metadata become the trace's. */
export function metadata(
  operation: string,
  functionId: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const attributes = {
    'operation.name': `${operation} ${functionId}`,
    'resource.name': functionId,
    'ai.operationId': operation,
    'ai.telemetry.functionId': functionId,
    ...more,
  };
  return {
    bot_id: String(story.metadata.bot_id),
    kênh: story.propagated.kênh ?? '',
    'được phép': 'true',
    điểm: '0.75',
    ...Object.fromEntries(Object.entries(attributes).map(([key, value]) => [`attributes.${key}`, value])),
  };
}

export const CHAT = { 'ai.model.provider': 'robot.chat' };
export const EMBEDDING = { 'ai.model.provider': 'robot.embedding' };
export const AGENT = { 'ai.request.headers.user-agent': expect.stringMatching(/^ai\/6/) as string };
export const PROVIDER = { 'ai.response.providerMetadata': json({ robot: {} }) };

/** An outer span sums up the calls in it: its usage stays metadata, so that nothing counts twice. */
export function summedUsage({ inputTokens, outputTokens, totalTokens }: Usage): Record<string, string> {
  return {
    'ai.usage.inputTokens': String(inputTokens),
    'ai.usage.inputTokenDetails.noCacheTokens': String(inputTokens),
    'ai.usage.inputTokenDetails.cacheReadTokens': '0',
    'ai.usage.outputTokens': String(outputTokens),
    'ai.usage.outputTokenDetails.textTokens': String(outputTokens),
    'ai.usage.outputTokenDetails.reasoningTokens': '0',
    'ai.usage.totalTokens': String(totalTokens),
    'ai.usage.reasoningTokens': '0',
    'ai.usage.cachedInputTokens': '0',
  };
}

export function answered(id: string, reason: string): Record<string, string> {
  return {
    ...PROVIDER,
    'gen_ai.system': 'robot.chat',
    'ai.response.finishReason': reason,
    'ai.response.id': id,
    'ai.response.timestamp': expect.stringMatching(/^\d{4}-.*Z$/) as string,
    'gen_ai.response.finish_reasons': json([reason]),
    'gen_ai.response.id': id,
  };
}

export function countedUsage({ inputTokens, outputTokens, totalTokens }: Usage) {
  return usageOf({ prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: totalTokens });
}

/** Counts that others contain; they are no kinds of their own. */
export function restOf({ inputTokens, outputTokens }: Usage): Record<string, string> {
  return {
    'ai.usage.inputTokenDetails.noCacheTokens': String(inputTokens),
    'ai.usage.outputTokenDetails.textTokens': String(outputTokens),
  };
}
