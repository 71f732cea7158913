import { type Child, startChild } from './child.js';

/** Settings of the test server's process. */
export interface LlmServerChildSettings {
  /** How much faster than real its answers come. @default 1 */
  readonly speed?: number;
  readonly seed?: string;
}

/**
 * Starts the OpenAI-compatible test server. A process of its own, so that making up answers takes no time from the
 * loop that serves pupils.
 */
export function startLlmServerChild({ speed = 1, seed = 'lesson' }: LlmServerChildSettings = {}): Child {
  return startChild({
    name: 'LLM test server',
    // The extension is this file's own, so that it also runs where TypeScript is run directly.
    module: new URL(`../llm-server-main${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
    arguments: ['--speed', String(speed), '--seed', seed],
    stopTimeoutMs: 3_000,
  });
}
