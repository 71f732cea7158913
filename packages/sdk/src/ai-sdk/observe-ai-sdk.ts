import { attempt, isRecord } from '../framework-events/records.js';
import { aiSdkIntegration } from './integration.js';
import type { AiSdkOptions } from './operation-recorder.js';

/** Where every copy of the AI SDK 7 in a process looks for integrations. */
const REGISTRY_NAME = 'AI_SDK_TELEMETRY_INTEGRATIONS';
/** On each integration of ours in it: the client it records with. */
const CLIENT = Symbol.for('slipstream.ai-sdk.client');

/**
 * Records what the AI SDK 7 does, in all calls that do not turn telemetry off: text and objects, streams, tools,
 * embeddings, reranking. Call it once, at start. A second call with the same client changes nothing.
 *
 * @returns a function that stops recording
 * @example
 * configure({ service: 'robot-lesson' });
 * observeAiSdk();
 */
export function observeAiSdk(options: AiSdkOptions = {}): () => void {
  return attempt(() => register(options)) ?? (() => undefined);
}

function register(options: AiSdkOptions): () => void {
  const holder = globalThis as { [REGISTRY_NAME]?: unknown[] };
  holder[REGISTRY_NAME] ??= [];
  const registry = holder[REGISTRY_NAME];
  const client = isRecord(options) ? options.client : undefined;
  const isOurs = (entry: unknown): boolean =>
    isRecord(entry) && CLIENT in entry && Reflect.get(entry, CLIENT) === client;
  if (!registry.some(isOurs)) registry.push({ ...aiSdkIntegration(options), [CLIENT]: client });
  return () => {
    const index = registry.findIndex(isOurs);
    if (index >= 0) registry.splice(index, 1);
  };
}
