import { observeClient } from '../model-calls/observe-client.js';
import type { ModelCallOptions } from '../model-calls/options.js';
import { OPENAI_RESOURCES } from './resources.js';

export type { ModelCallOptions } from '../model-calls/options.js';

/** How the calls of an observed OpenAI client are recorded. */
export type ObserveOpenAIOptions = ModelCallOptions;

/**
 * Records each call of a model that this client makes as a generation below the active observation: chat
 * completions, Responses API, completions, embeddings, images, audio, moderations, and through them the helpers
 * (`parse`, `stream`, `runTools`). Works with `openai` 6 and 7, `AzureOpenAI`, and any compatible base URL.
 *
 * The client is wrapped in place and given back. What it returns, sends and throws stays what it was; clients that
 * `withOptions()` makes of it are observed too. A second call adds nothing.
 *
 * @param client - an `OpenAI` client; anything else is given back as it is.
 * @param options - apply to every call of this client. For options of one request, observe a copy:
 * `observeOpenAI(client.withOptions({}), { sessionId })`.
 *
 * @example
 * const openai = observeOpenAI(new OpenAI());
 */
export function observeOpenAI<C>(client: C, options?: ObserveOpenAIOptions): C {
  observeClient(client, { resources: OPENAI_RESOURCES }, options);
  return client;
}
