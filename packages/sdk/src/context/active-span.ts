import { AsyncLocalStorage } from 'node:async_hooks';
import type { Client } from '../client/client.js';
import type { ObservationHandle } from '../client/observation-handle.js';
import type { ClientSettings } from '../options.js';
import type { RemoteParent } from './trace-context.js';

/** What runs inside a context: a span of this process, or the span of another that called us. */
export type ActiveContext = ObservationHandle | RemoteParent;

/** What the first explicit `configure` decided; the error's stack names its place. */
export interface ExplicitConfiguration {
  readonly settings: ClientSettings;
  readonly call: Error;
}

/** What all copies of this package in one process share. */
interface ProcessState {
  /** Exactly one for all clients: on Node 20 each further one makes every `await` dearer. */
  readonly storage: AsyncLocalStorage<ActiveContext>;
  client: Client | undefined;
  explicit: ExplicitConfiguration | undefined;
}

const KEY = Symbol.for('slipstream.process.v1');

function openProcessState(): ProcessState {
  const holder = globalThis as { [KEY]?: ProcessState };
  holder[KEY] ??= { storage: new AsyncLocalStorage<ActiveContext>(), client: undefined, explicit: undefined };
  return holder[KEY];
}

export const processState: ProcessState = openProcessState();
