import { AsyncLocalStorage } from 'node:async_hooks';
import type { Client } from '../client/client.js';
import type { ExitGuard } from '../client/exit.js';
import type { ObservationHandle } from '../client/observation-handle.js';
import type { ClientSettings } from '../options.js';
import type { TraceIdentity } from './ids.js';

/**
 * What runs inside a context, and below which spans begin: an observation of this process, the span of another
 * process that called us, or a context of the OpenTelemetry bridge.
 */
export interface ActiveContext {
  readonly trace: TraceIdentity;
  readonly high: number;
  readonly low: number;
  /** The observation of this process, if it is one. Asked instead of its class: another copy of the package has its own. */
  readonly local: ObservationHandle | undefined;
  /** The OpenTelemetry context around it (baggage, suppression), handed down from span to span; opaque here. */
  readonly surrounding: object | undefined;
}

/** What the first explicit `configure` decided; the error's stack names its place. */
export interface ExplicitConfiguration {
  readonly settings: ClientSettings;
  readonly call: Error;
  /** What it was given; missing where an older copy of the package has made this. */
  readonly given?: Readonly<Record<string, unknown>>;
}

/** What all copies of this package in one process share. */
interface ProcessState {
  /** Exactly one for all clients: on Node 20 each further one makes every `await` dearer. */
  readonly storage: AsyncLocalStorage<ActiveContext>;
  client: Client | undefined;
  explicit: ExplicitConfiguration | undefined;
  /** Missing where an older copy of the package has made this. */
  exitGuard?: ExitGuard;
}

const KEY = Symbol.for('slipstream.process.v1');

function openProcessState(): ProcessState {
  const holder = globalThis as { [KEY]?: ProcessState };
  holder[KEY] ??= { storage: new AsyncLocalStorage<ActiveContext>(), client: undefined, explicit: undefined };
  return holder[KEY];
}

export const processState: ProcessState = openProcessState();
