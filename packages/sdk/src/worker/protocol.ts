/**
 * What the application's thread and the worker say to each other besides the ring.
 */

/** `workerData` of the worker: everything it needs, decided once by `configure`. */
export interface WorkerSettings {
  readonly shared: SharedArrayBuffer;
  readonly capacityBytes: number;
  /** `performance.timeOrigin` of the application's thread: records carry its `performance.now()`. */
  readonly timeOriginMs: number;
  /** Base address; `/v1/traces` (or Langfuse's path) is added unless the address already names a traces path. */
  readonly url: string;
  /** Sent with each request, `authorization` among them. Never logged. */
  readonly headers: Readonly<Record<string, string>>;
  readonly service: string;
  /** `service.instance.id`: random, one a client. */
  readonly instanceId: string;
  readonly environment: string | undefined;
  readonly release: string | undefined;
  readonly version: string | undefined;
  readonly sdkVersion: string;
  readonly pid: number;
  readonly drainIntervalMs: number;
  readonly batchAgeMs: number;
  readonly retryBufferBytes: number;
  /** Whether to lower the thread's own priority (Linux, and not inline). */
  readonly lowerPriority: boolean;
}

/** Application → worker. */
export type WorkerRequest =
  /** The ring passed half of its room, or a flush is asked for: look now. */
  { readonly kind: 'wake' };

/** Worker → application. Only flushes are answered; everything else is in the control block. */
export type WorkerReply =
  /** Everything handed over before flush number `sequence` is delivered or dropped. */
  { readonly kind: 'flushed'; readonly sequence: number };
