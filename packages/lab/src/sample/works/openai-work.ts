import type { Arm } from '../../arms/contract.js';
import { importPeer } from '../../arms/peer-module.js';
import type { Payload } from '../payload.js';
import type { TracedWork } from './work.js';

interface ChatRequest {
  readonly model: string;
  readonly messages: unknown;
  readonly max_tokens: number;
}

interface ChatCompletions {
  create(request: ChatRequest): Promise<unknown>;
  create(request: ChatRequest & { stream: true; stream_options: object }): Promise<AsyncIterable<unknown>>;
}

interface OpenAiClient {
  readonly chat: { readonly completions: ChatCompletions };
}

interface OpenAiModule {
  readonly openai: Readonly<Record<string, unknown>> & {
    readonly OpenAI: new (options: { baseURL: string; apiKey: string; maxRetries: number }) => OpenAiClient;
  };
}

/** Two answers at once and a streamed one. */
const CALLS_PER_TRACE = 3;
const MODEL = 'gpt-4o-mini';
/** So many chunks in a streamed answer. */
const MAX_TOKENS = 32;

/** What the work needs besides the arm. */
export interface OpenAiWorkPlaces {
  readonly peersUrl: string;
  /** Base URL of an OpenAI-compatible server. */
  readonly llmUrl: string;
}

/**
 * Three chat completions, one after the other, by the `openai` package, the last one streamed. The function around them
 * is not traced: the drop-in alone makes spans.
 */
export async function createOpenAiWork(
  arm: Pick<Arm, 'instrument' | 'wrapClient'>,
  { peersUrl, llmUrl }: OpenAiWorkPlaces,
  { nextInput }: Payload,
): Promise<Omit<TracedWork, 'spansPerTrace'>> {
  const { openai } = await importPeer<OpenAiModule>(peersUrl, 'openai.mjs');
  arm.instrument?.({ openai });
  const plain = new openai.OpenAI({ baseURL: llmUrl, apiKey: 'lab', maxRetries: 0 });
  const client = arm.wrapClient?.(plain) ?? plain;
  const request = (): ChatRequest => ({ model: MODEL, messages: nextInput(), max_tokens: MAX_TOKENS });
  const streamed = async (): Promise<void> => {
    const stream_options = { include_usage: true };
    const stream = await client.chat.completions.create({ ...request(), stream: true, stream_options });
    for await (const _chunk of stream);
  };
  return {
    async runTrace() {
      await client.chat.completions.create(request());
      await client.chat.completions.create(request());
      await streamed();
    },
    unitsPerTrace: CALLS_PER_TRACE,
    textPerSpan: contentLength(nextInput()),
    waitsForSockets: true,
  };
}

/** Characters of a list of messages. */
function contentLength(messages: unknown): number {
  const list = Array.isArray(messages) ? (messages as readonly { readonly content?: unknown }[]) : [];
  return list.reduce((sum, { content }) => sum + (typeof content === 'string' ? content.length : 0), 0);
}
