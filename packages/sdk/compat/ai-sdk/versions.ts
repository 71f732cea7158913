import type { Client } from '@slipstream/sdk';
import { type AiSdkOptions, aiTelemetry, observeAiSdk } from '@slipstream/sdk/ai-sdk';
import * as ai5 from 'ai-5';
import * as test5 from 'ai-5/test';
import * as ai6 from 'ai-6';
import * as test6 from 'ai-6/test';
import * as ai7 from 'ai-7';
import * as test7 from 'ai-7/test';
import { z } from 'zod';

/** One answer of a model: text, or a call of the tool `weather`, or a failure. */
export type Answer =
  | { readonly text: string; readonly reasoning?: string }
  | { readonly city: string }
  | { readonly error: Error }
  /** A stream that goes on until it is cut. */
  | { readonly endless: true };

/** As much of the AI SDK as all three versions have. */
export interface Ai {
  generateText(options: object): Promise<{ readonly text: string }>;
  streamText(options: object): { readonly textStream: AsyncIterable<string> };
  generateObject(options: object): Promise<{ readonly object: unknown }>;
  streamObject(options: object): {
    readonly object: Promise<unknown>;
    readonly partialObjectStream: AsyncIterable<unknown>;
  };
  embed(options: object): Promise<{ readonly embedding: number[] }>;
  embedMany(options: object): Promise<{ readonly embeddings: number[][] }>;
  tool(options: object): object;
  stepCountIs(count: number): unknown;
}

/** A version of the AI SDK, and how it is recorded. */
export interface Version {
  readonly major: 5 | 6 | 7;
  readonly ai: Ai;
  /** A model that gives these answers in turn, the last one ever again. */
  model(...answers: readonly Answer[]): object;
  embeddingModel(maxEmbeddingsPerCall: number): object;
  /** Options for each call, and what stops the recording. */
  record(client: Client, options?: AiSdkOptions): { readonly call: object; stop(): void };
}

type LooseClass = new (options: object) => object;

const CACHED = { total: 100, noCache: 40, cacheRead: 60, cacheWrite: undefined };
const USAGE = { inputTokens: CACHED, outputTokens: { total: 50, text: 30, reasoning: 20 } };
const USAGE_5 = { inputTokens: 100, outputTokens: 50, totalTokens: 150, cachedInputTokens: 60, reasoningTokens: 20 };

function version(major: 5 | 6 | 7, ai: object, models: readonly [LooseClass, LooseClass]): Version {
  const [LanguageModel, EmbeddingModel] = models;
  const usage = major === 5 ? USAGE_5 : USAGE;
  const reasonOf = (reason: string): unknown => (major === 5 ? reason : { unified: reason, raw: undefined });
  const finish = (answer: Answer) => ({ finishReason: reasonOf('city' in answer ? 'tool-calls' : 'stop'), usage });
  const generate = (answer: Answer): object => {
    if ('error' in answer) throw answer.error;
    return { content: contentOf(answer), warnings: [], response: { modelId: 'gpt-4o-2024-08-06' }, ...finish(answer) };
  };
  return {
    major,
    ai: ai as Ai,
    model(...answers) {
      let count = 0;
      const next = (): Answer => answers[Math.min(count++, answers.length - 1)] as Answer;
      return new LanguageModel({
        modelId: 'gpt-4o',
        doGenerate: async () => generate(next()),
        doStream: async ({ abortSignal }: { abortSignal?: AbortSignal }) => {
          const answer = next();
          if ('error' in answer) throw answer.error;
          return { stream: streamOf(answer, { type: 'finish', ...finish(answer) }, abortSignal) };
        },
      });
    },
    embeddingModel: (maxEmbeddingsPerCall) =>
      new EmbeddingModel({
        modelId: 'embedder',
        maxEmbeddingsPerCall,
        supportsParallelCalls: true,
        doEmbed: async ({ values }: { values: string[] }) => ({
          embeddings: values.map(() => [0.25, 0.5, 0.75]),
          usage: { tokens: 5 },
          warnings: [],
        }),
      }),
    record(client, options) {
      if (major === 7) return { call: {}, stop: observeAiSdk({ client, ...options }) };
      return { call: { experimental_telemetry: aiTelemetry({ client, ...options }) }, stop: () => undefined };
    },
  };
}

const TOOL_CALL = { type: 'tool-call', toolCallId: 'c1', toolName: 'weather' };

function contentOf(answer: Answer): object[] {
  if ('city' in answer) return [{ ...TOOL_CALL, input: JSON.stringify({ city: answer.city }) }];
  if (!('text' in answer)) return [];
  const { text, reasoning } = answer;
  return [...(reasoning === undefined ? [] : [{ type: 'reasoning', text: reasoning }]), { type: 'text', text }];
}

/** Two chunks of text, one of a tool's call, or text without an end. */
function streamOf(answer: Answer, finish: object, signal: AbortSignal | undefined): ReadableStream {
  const chunks: object[] = [{ type: 'stream-start', warnings: [] }];
  if ('text' in answer) {
    const half = Math.ceil(answer.text.length / 2);
    chunks.push({ type: 'text-start', id: '1' });
    for (const delta of [answer.text.slice(0, half), answer.text.slice(half)])
      chunks.push({ type: 'text-delta', id: '1', delta });
    chunks.push({ type: 'text-end', id: '1' }, finish);
  } else if ('city' in answer) chunks.push(...contentOf(answer), finish);
  else chunks.push({ type: 'text-start', id: '1' });
  return new ReadableStream({
    async pull(controller) {
      // A turn of the event loop, so that others get theirs.
      await new Promise((resolve) => setImmediate(resolve));
      const chunk = chunks.shift();
      if (signal?.aborted === true) controller.error(signal.reason);
      else if (chunk !== undefined) controller.enqueue(chunk);
      else if ('endless' in answer) controller.enqueue({ type: 'text-delta', id: '1', delta: 'on ' });
      else controller.close();
    },
  });
}

const mock = (module: object, name: string): LooseClass => (module as Record<string, LooseClass>)[name] as LooseClass;

export const VERSIONS: readonly Version[] = [
  version(5, ai5, [mock(test5, 'MockLanguageModelV2'), mock(test5, 'MockEmbeddingModelV2')]),
  version(6, ai6, [mock(test6, 'MockLanguageModelV3'), mock(test6, 'MockEmbeddingModelV3')]),
  version(7, ai7, [mock(test7, 'MockLanguageModelV4'), mock(test7, 'MockEmbeddingModelV4')]),
];

/** The tool that models call. */
export function weatherTool({ ai }: Version, execute: (city: string) => Promise<unknown>): object {
  const inputSchema = z.object({ city: z.string() });
  return ai.tool({ description: 'Weather', inputSchema, execute: ({ city }: { city: string }) => execute(city) });
}

export async function textOf(stream: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of stream) text += piece;
  return text;
}
