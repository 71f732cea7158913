import type { CallbackManagerForLLMRun } from '@langchain/core/callbacks/manager';
import { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessage, AIMessageChunk, type BaseMessage, type UsageMetadata } from '@langchain/core/messages';
import { ChatGenerationChunk, type ChatResult } from '@langchain/core/outputs';

/** What a {@link ScriptedModel} answers, as the classes for real providers would. */
export interface Script {
  readonly content: string;
  readonly usage?: UsageMetadata;
  /** Only in `llmOutput`, as older classes have it. */
  readonly tokenUsage?: Record<string, number>;
  readonly responseMetadata?: Record<string, unknown>;
  readonly toolCalls?: { id: string; name: string; args: Record<string, unknown> }[];
  /** Thrown instead of an answer, or after the first chunk of a stream. */
  readonly error?: Error;
  /** Each answer waits for it. */
  readonly gate?: Promise<unknown>;
}

/** A chat model with the parameters, usage and metadata of a real one. Streams one chunk a word. */
export class ScriptedModel extends BaseChatModel {
  readonly #script: Script;

  constructor(script: Script) {
    super({});
    this.#script = script;
  }

  override _llmType(): string {
    return 'scripted';
  }

  override invocationParams(): Record<string, unknown> {
    const tools = [{ type: 'function', function: { name: 'get_weather', parameters: {} } }];
    return { model: 'gpt-4o', temperature: 0.5, max_tokens: 100, stream: false, apiKey: 'sk-secret', tools };
  }

  override async _generate(_messages: BaseMessage[]): Promise<ChatResult> {
    const { content, usage, tokenUsage, responseMetadata, toolCalls, error, gate } = this.#script;
    await gate;
    if (error !== undefined) throw error;
    const message = new AIMessage({ content, tool_calls: toolCalls ?? [], response_metadata: responseMetadata ?? {} });
    Object.assign(message, { usage_metadata: usage });
    return { generations: [{ text: content, message }], ...(tokenUsage && { llmOutput: { tokenUsage } }) };
  }

  override async *_streamResponseChunks(
    _messages: BaseMessage[],
    _options: unknown,
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    const { content, usage, responseMetadata, error, gate } = this.#script;
    await gate;
    const words = content.split(/(?<= )/);
    for (const [index, text] of words.entries()) {
      const isLast = index === words.length - 1;
      const extra = isLast
        ? { response_metadata: responseMetadata ?? {}, ...(usage && { usage_metadata: usage }) }
        : {};
      yield new ChatGenerationChunk({ text, message: new AIMessageChunk({ content: text, ...extra }) });
      await runManager?.handleLLMNewToken(text);
      if (error !== undefined) throw error;
    }
  }
}
