import { type TraceSummary, traceSummarySchema } from '@slipstream/query-api';
import { retryDelayMs } from '../model/backoff.js';

/** `off` is a stream that nobody wants at the moment. */
export type LiveState =
  | { readonly kind: 'off' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'waiting'; readonly retryInMs: number };

export interface LiveHandlers {
  onState(state: LiveState): void;
  /** Connected: whatever changed before now has to be fetched. */
  onHello(): void;
  onTrace(trace: TraceSummary): void;
}

/** The part of EventSource that is used, so that tests can stand in for it. */
export interface EventStream {
  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void;
  close(): void;
}

export interface LiveEnvironment {
  open(url: string): EventStream;
  random(): number;
  nowMs(): number;
  /** Runs `task` once after `delayMs`; returns how to cancel it. */
  after(delayMs: number, task: () => void): () => void;
}

/** The collector pings every 15 s; after three missed pings the connection is taken for dead. */
const SILENCE_LIMIT_MS = 45_000;
/** A stream that falls within this time does not reset the back-off, else a server that greets and hangs up is hammered. */
const STABLE_AFTER_MS = 5_000;

export const browserLiveEnvironment: LiveEnvironment = {
  open: (url) => new EventSource(url) as EventStream,
  random: Math.random,
  nowMs: Date.now,
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

/**
 * Keeps one event stream open until the returned function is called. EventSource's own reconnection is not used:
 * it gives up on an HTTP error, and does not notice a connection that has gone silent.
 */
export function openLive(url: string, handlers: LiveHandlers, environment = browserLiveEnvironment): () => void {
  const connection = new LiveConnection(url, handlers, environment);
  connection.connect();
  return () => connection.close();
}

class LiveConnection {
  readonly #url: string;
  readonly #handlers: LiveHandlers;
  readonly #environment: LiveEnvironment;
  #stream: EventStream | undefined;
  #cancelTimer: () => void = () => undefined;
  #attempt = 0;
  #openedAtMs = 0;

  constructor(url: string, handlers: LiveHandlers, environment: LiveEnvironment) {
    this.#url = url;
    this.#handlers = handlers;
    this.#environment = environment;
  }

  connect(): void {
    this.#handlers.onState({ kind: 'connecting' });
    const stream = this.#environment.open(this.#url);
    this.#stream = stream;
    this.#openedAtMs = this.#environment.nowMs();
    this.#watch();
    const on = (type: string, handle: (data: unknown) => void) =>
      stream.addEventListener(type, (event) => {
        if (this.#stream !== stream) return;
        this.#watch();
        handle(event.data);
      });
    on('hello', () => {
      this.#handlers.onState({ kind: 'live' });
      this.#handlers.onHello();
    });
    on('trace', (data) => {
      const trace = readTrace(data);
      if (trace !== undefined) this.#handlers.onTrace(trace);
    });
    on('ping', () => undefined);
    stream.addEventListener('error', () => {
      if (this.#stream === stream) this.#retry();
    });
  }

  close(): void {
    this.#cancelTimer();
    this.#stream?.close();
    this.#stream = undefined;
  }

  #watch(): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#environment.after(SILENCE_LIMIT_MS, () => this.#retry());
  }

  #retry(): void {
    this.close();
    if (this.#environment.nowMs() - this.#openedAtMs >= STABLE_AFTER_MS) this.#attempt = 0;
    const retryInMs = retryDelayMs(this.#attempt, this.#environment.random());
    this.#attempt += 1;
    this.#handlers.onState({ kind: 'waiting', retryInMs });
    this.#cancelTimer = this.#environment.after(retryInMs, () => this.connect());
  }
}

/** `undefined` for anything that is not a trace; the list is refetched on every reconnection, so nothing stays lost. */
function readTrace(data: unknown): TraceSummary | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const parsed = traceSummarySchema.safeParse(JSON.parse(data));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
