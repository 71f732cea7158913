import type { Client, Observation, PromptReference, SpanReference } from '../core.js';

/** How the calls of an observed client are recorded. */
export interface ModelCallOptions {
  /** Name of each generation. @default the method, such as `openai.chat.completions` */
  readonly name?: string;
  /** Trace into this client instead of the process's own. */
  readonly client?: Client;
  /** Copy prompt and tools. @default the client's `captureInput` */
  readonly captureInput?: boolean;
  /** Copy the answer. @default the client's `captureOutput` */
  readonly captureOutput?: boolean;
  /** On each generation. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Trace-level: conversation or session that the calls belong to. */
  readonly sessionId?: string;
  /** Trace-level. */
  readonly userId?: string;
  /** Trace-level. */
  readonly tags?: readonly string[];
  /** The prompt of a prompt registry that the calls use. */
  readonly prompt?: PromptReference;
  /** What the generations stand below, instead of the active observation; `null` begins a new trace each time. */
  readonly parent?: Observation | SpanReference | null;
}

/** A copy, because reading a caller's object can run its getters. */
export function readOptions(options: unknown): ModelCallOptions {
  try {
    return typeof options === 'object' && options !== null ? { ...options } : {};
  } catch {
    // Options that cannot be read are as none: observing must not stop an application.
    return {};
  }
}
