import { OpenAI } from 'openai';

/** How to reach a provider. */
export interface LlmConnection {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly timeoutMs: number;
}

/** One client a process: it keeps its connections. */
export function createOpenAiClient({ baseUrl, apiKey, timeoutMs }: LlmConnection): OpenAI {
  return new OpenAI({
    baseURL: baseUrl,
    apiKey,
    // Given here, or the library would read them from the environment behind the settings' back.
    organization: null,
    project: null,
    timeout: timeoutMs,
    maxRetries: 2,
    logLevel: 'off',
  });
}
