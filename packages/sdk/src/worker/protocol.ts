/**
 * What the application's thread and the worker say to each other besides the ring.
 */
import type { MaskRuleName } from '../mask/mask-rules.js';

/** `workerData` of the worker: everything it needs, decided once by `configure`. */
export interface WorkerSettings {
  readonly shared: SharedArrayBuffer | ArrayBuffer;
  readonly capacityBytes: number;
  /** `performance.timeOrigin` of the application's thread: records carry its `performance.now()`. */
  readonly timeOriginMs: number;
  /**
   * Base address; `/v1/traces` (or Langfuse's path) is added unless the address already names a traces path.
   * Or a Redis, whose stream the spans are appended to.
   */
  readonly url: string;
  /** Absolute path of `ioredis`, for a Redis: found by the application's thread, since a worker from text has no place to look from. */
  readonly redisModulePath: string | undefined;
  /** What the Redis stream's entries name as their project. */
  readonly project: string;
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
  /** What is replaced in every field; `undefined` for nothing. */
  readonly mask?: MaskSettings | undefined;
  /** Whether base64 media stays in the text; if not, type, size and digest stand there. */
  readonly captureMedia?: boolean;
  /** Whether to lower the thread's own priority (Linux, and not inline). */
  readonly lowerPriority: boolean;
  /** Whether this runs on the application's thread (inline), so that it takes small steps and keeps nothing alive. */
  readonly sharesThread: boolean;
}

/** What to mask, with every value decided. Plain data, so that equal rules are equal JSON. */
export interface MaskSettings {
  readonly rules: readonly MaskRuleName[];
  readonly keys: readonly string[];
  /** Source and flags of regular expressions. */
  readonly patterns: readonly {
    readonly name: string;
    readonly source: string;
    readonly flags: string;
    readonly replacement: string | undefined;
  }[];
  /** `file:` address. */
  readonly moduleUrl: string | undefined;
}

/** Application → worker. */
export type WorkerRequest =
  /** The ring passed half of its room, or a flush is asked for: look now. */
  { readonly kind: 'wake' };

/** Worker → application. Only flushes are answered; everything else is in the control block. */
export type WorkerReply =
  /** Everything handed over before flush number `sequence` is delivered or dropped. */
  { readonly kind: 'flushed'; readonly sequence: number };
