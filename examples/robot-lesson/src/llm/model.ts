import { getClient, observe } from '@slipstream/sdk';
import type { OpenAI } from 'openai';
import { LessonError } from '../errors.js';
import type { OpenCalls } from '../http/open-calls.js';
import { type ProviderUsage, toCostDetails, toUsageDetails } from './usage.js';

/** One message of a prompt. */
export interface PromptMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** A prompt, and how long its answer may be. */
export interface ReplyRequest {
  readonly messages: readonly PromptMessage[];
  readonly maxTokens: number;
}

/** An answer, and what it used (where the provider says so). */
export interface Reply {
  readonly text: string;
  readonly usage: ProviderUsage | undefined;
}

/** A choice among labels. */
export interface ChoiceRequest {
  readonly messages: readonly PromptMessage[];
  readonly labels: readonly string[];
}

/** The calls that the service makes to a language model; each is one generation in the trace. */
export interface LessonModel {
  /** Streams an answer and returns it whole. */
  reply(request: ReplyRequest): Promise<Reply>;
  /** Lets the model choose one of the labels; `undefined` where it chose something else. */
  choose(request: ChoiceRequest): Promise<string | undefined>;
}

const REPLY_TEMPERATURE = 0.7;
const CHOICE_MAX_TOKENS = 32;
const CHOICE_TOOL = 'choose_label';

/** Makes the model's calls through an OpenAI-compatible client. Errors of the client pass through. */
export class OpenAiLessonModel implements LessonModel {
  readonly #client: OpenAI;
  readonly #model: string;
  readonly #calls: OpenCalls;

  /** @param calls - takes the calls in progress, so that a service that has to stop can cut them. */
  constructor(client: OpenAI, model: string, calls: OpenCalls) {
    this.#client = client;
    this.#model = model;
    this.#calls = calls;
  }

  // The request object holds more than the prompt, so the prompt alone is set as input.
  @observe({ name: 'lesson.reply', type: 'generation', captureInput: false, captureOutput: false })
  async reply({ messages, maxTokens }: ReplyRequest): Promise<Reply> {
    const parameters = { max_tokens: maxTokens, temperature: REPLY_TEMPERATURE };
    getClient().updateCurrentGeneration({ input: messages, model: this.#model, modelParameters: parameters });
    const request = { model: this.#model, messages: [...messages], ...parameters };
    const answer = await this.#calls.run((signal) => this.#stream(request, signal));
    if (answer.text === '') throw new LessonError('EMPTY_ANSWER', 'the model gave no text');
    return answer;
  }

  @observe({ name: 'intent.llm', type: 'generation', captureInput: false, captureOutput: false })
  async choose({ messages, labels }: ChoiceRequest): Promise<string | undefined> {
    const parameters = { max_tokens: CHOICE_MAX_TOKENS, temperature: 0 };
    getClient().updateCurrentGeneration({ input: messages, model: this.#model, modelParameters: parameters });
    const request: OpenAI.Chat.ChatCompletionCreateParamsNonStreaming = {
      model: this.#model,
      messages: [...messages],
      ...parameters,
      tools: [choiceTool(labels)],
      tool_choice: { type: 'function', function: { name: CHOICE_TOOL } },
    };
    const answer = await this.#calls.run((signal) => this.#client.chat.completions.create(request, { signal }));
    const call = answer.choices[0]?.message.tool_calls?.[0];
    const text = call?.type === 'function' ? call.function.arguments : '';
    reportAnswer(text, answer.usage);
    const label = readLabel(text);
    return labels.find((candidate) => candidate === label);
  }

  async #stream(request: OpenAI.Chat.ChatCompletionCreateParams, signal: AbortSignal): Promise<Reply> {
    const stream = await this.#client.chat.completions.create(
      { ...request, stream: true, stream_options: { include_usage: true } },
      { signal },
    );
    let text = '';
    let usage: ProviderUsage | undefined;
    try {
      for await (const chunk of stream) {
        const piece = chunk.choices[0]?.delta.content ?? '';
        if (text === '' && piece !== '') getClient().updateCurrentGeneration({ completionStartTime: new Date() });
        text += piece;
        usage = chunk.usage ?? usage;
      }
    } finally {
      // Also for a stream that broke: what came of it is in the trace.
      reportAnswer(text, usage);
    }
    return { text, usage };
  }
}

function reportAnswer(text: string, usage: ProviderUsage | undefined): void {
  getClient().updateCurrentGeneration({
    output: text,
    usageDetails: usage === undefined ? undefined : toUsageDetails(usage),
    costDetails: usage === undefined ? undefined : toCostDetails(usage),
  });
}

function choiceTool(labels: readonly string[]): OpenAI.Chat.ChatCompletionFunctionTool {
  const properties = { label: { type: 'string', enum: labels } };
  const parameters = { type: 'object', properties, required: ['label'], additionalProperties: false };
  return { type: 'function', function: { name: CHOICE_TOOL, description: 'Names what the pupil means', parameters } };
}

/** Models do answer broken JSON; that is "no choice", not a failed request. */
function readLabel(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'label' in value ? value.label : undefined;
  } catch {
    return undefined;
  }
}
