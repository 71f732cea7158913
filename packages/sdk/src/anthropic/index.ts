import { observeClient, warnOnce } from '../model-calls/observe-client.js';
import type { ModelCallOptions } from '../model-calls/options.js';
import { MESSAGES } from './messages.js';
import { tracesItself } from './own-tracing.js';

export type { ModelCallOptions } from '../model-calls/options.js';

/** How the calls of an observed Anthropic client are recorded. */
export type ObserveAnthropicOptions = ModelCallOptions;

const RESOURCES = { messages: { create: MESSAGES }, beta: { messages: { create: MESSAGES } } };

/**
 * Records each message that this client creates as a generation below the active observation: `messages.create`
 * (whole and streamed), `messages.stream`, `messages.parse`, `beta.messages` and its tool runner. For
 * `@anthropic-ai/sdk` 0.134 and newer.
 *
 * The client is wrapped in place and given back. What it returns, sends and throws stays what it was; clients that
 * `withOptions()` makes of it are observed too. A second call adds nothing. While the client makes OpenTelemetry
 * spans of its own calls, none are added to them; a warning says so once.
 *
 * @param client - an `Anthropic` client (or one for Bedrock or Vertex); anything else is given back as it is.
 * @param options - apply to every call of this client. For options of one request, observe a copy:
 * `observeAnthropic(client.withOptions({}), { sessionId })`.
 *
 * @example
 * const anthropic = observeAnthropic(new Anthropic());
 */
export function observeAnthropic<C>(client: C, options?: ObserveAnthropicOptions): C {
  observeClient(client, { resources: RESOURCES, selfTracing: (target) => () => isTracedAlready(target) }, options);
  return client;
}

function isTracedAlready(client: object): boolean {
  if (!tracesItself(client)) return false;
  warnOnce(
    'SLIPSTREAM_ANTHROPIC_TRACES_ITSELF',
    'Slipstream: an Anthropic client makes OpenTelemetry spans of its own calls, so observeAnthropic() adds none. For ' +
      'generations with prompt, answer and usage instead, make the client with { openTelemetry: false }.',
  );
  return true;
}
