import type { Client } from '../../src/client/client.js';
import { type AnyFunction, type ObserveOptions, observe } from '../../src/observe/observe.js';
import { createRecording, type NamedSpan, type Recording } from './recording.js';

export type EndedSpan = NamedSpan & { readonly input: string | undefined };

/** A client for `observe`, and what it recorded. */
export interface Observing {
  readonly client: Client;
  readonly recording: Recording;
  /** Spans that ended since the last call, with their inputs joined in. */
  ended(): EndedSpan[];
}

export function createObserving(): Observing {
  const recording = createRecording();
  const client = { enabled: true, captureInput: true, captureOutput: true, recorder: recording.recorder };
  const inputs = new Map<string, string | undefined>();
  return {
    client: client as unknown as Client,
    recording,
    ended() {
      const { spans, starts } = recording.take();
      for (const start of starts) inputs.set(start.spanId, start.fields.input);
      return spans.map((span) => ({ ...span, input: inputs.get(span.spanId) }));
    },
  };
}

/** `observe`, or nothing at all. */
export type Wrap = <F extends AnyFunction>(fn: F, options?: ObserveOptions) => F;

/** Runs the same steps with the bare function and with the observed one; what both saw is to be equal. */
export async function runBoth<T>(
  observing: Observing,
  steps: (wrap: Wrap) => T | Promise<T>,
): Promise<{ readonly bare: T; readonly observed: T }> {
  const bare = await steps((fn) => fn);
  const observed = await steps((fn, options) => observe(fn, { client: observing.client, ...options }));
  return { bare, observed };
}

/** Collects `unhandledRejection` events during `work` and some turns of the loop after it. */
export async function unhandledDuring(work: () => unknown): Promise<unknown[]> {
  const listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  const reasons: unknown[] = [];
  process.on('unhandledRejection', (reason) => reasons.push(reason));
  try {
    await work();
    await turns(3);
  } finally {
    process.removeAllListeners('unhandledRejection');
    for (const listener of listeners) process.on('unhandledRejection', listener);
  }
  return reasons;
}

/** Lets so many turns of the event loop pass. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
