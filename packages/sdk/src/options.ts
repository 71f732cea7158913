import type { MaskRules } from './mask/mask-rules.js';
import type { MaskSettings } from './worker/protocol.js';

/** What {@link configure} takes. Every option can also come from the environment; a value in code wins. */
export interface SlipstreamOptions {
  /**
   * Where spans go: a Slipstream collector, or any OTLP/HTTP backend (Langfuse included); or the Redis from which
   * collectors read (`redis://user:password@host:port/db`, `rediss://` with TLS), for which the application installs
   * `ioredis`.
   * @default 'http://127.0.0.1:4318' (`SLIPSTREAM_URL`, `LANGFUSE_BASE_URL`, `OTEL_EXPORTER_OTLP_ENDPOINT`)
   */
  url?: string;
  /** Langfuse's public key; with `secretKey` it makes the Basic authorization. (`LANGFUSE_PUBLIC_KEY`) */
  publicKey?: string;
  /** Langfuse's secret key. (`LANGFUSE_SECRET_KEY`) */
  secretKey?: string;
  /** Sent with each request. (`SLIPSTREAM_HEADERS`, `OTEL_EXPORTER_OTLP_HEADERS`: `name=value,name=value`) */
  headers?: Readonly<Record<string, string>>;
  /** Name of the application. @default 'unknown_service:node' (`SLIPSTREAM_SERVICE`, `OTEL_SERVICE_NAME`) */
  service?: string;
  /** Deployment environment, e.g. `production`. (`SLIPSTREAM_ENVIRONMENT`, `LANGFUSE_TRACING_ENVIRONMENT`) */
  environment?: string;
  /** (`SLIPSTREAM_RELEASE`, `LANGFUSE_RELEASE`) */
  release?: string;
  /** Version of the application. (`SLIPSTREAM_VERSION`) */
  version?: string;
  /** Whether anything is traced. @default true (`SLIPSTREAM_ENABLED`) */
  enabled?: boolean;
  /** Share of traces that are kept, 0 to 1, decided by trace id so that services agree. @default 1 (`SLIPSTREAM_SAMPLE_RATE`) */
  sampleRate?: number;
  /** Whether `observe` copies arguments. @default true (`SLIPSTREAM_CAPTURE_INPUT`) */
  captureInput?: boolean;
  /** Whether `observe` copies results. @default true (`SLIPSTREAM_CAPTURE_OUTPUT`) */
  captureOutput?: boolean;
  /** Most bytes that are copied of one value. @default 262144 (`SLIPSTREAM_MAX_CAPTURE_BYTES`) */
  maxCaptureBytes?: number;
  /**
   * What is replaced in every field before it is sent: rules, or the path of a module whose function does it. In a
   * text (and in the environment): names of built-in rules divided by commas, or a module's path. A field whose mask
   * fails is left out. @default nothing is masked (`SLIPSTREAM_MASK`)
   */
  mask?: string | MaskRules;
  /**
   * Whether base64 media (images, audio, files) stays in the content. If not, its type, size and digest stand there.
   * @default false (`SLIPSTREAM_CAPTURE_MEDIA`)
   */
  captureMedia?: boolean;
  /** Shared memory for finished spans that wait for the worker; rounded up to a power of two. @default 16777216 (`SLIPSTREAM_BUFFER_BYTES`) */
  bufferBytes?: number;
  /** How often the worker looks. @default 20 (`SLIPSTREAM_DRAIN_INTERVAL_MS`) */
  drainIntervalMs?: number;
  /** How long a span waits at most for others to share its request. @default 100 (`SLIPSTREAM_BATCH_AGE_MS`) */
  batchAgeMs?: number;
  /** Encoded spans kept while the backend does not answer. @default 33554432 (`SLIPSTREAM_RETRY_BUFFER_BYTES`) */
  retryBufferBytes?: number;
  /**
   * How long the end of the process waits without anything being acknowledged; ten times that in all while the
   * backend takes what it gets. @default 1000 (`SLIPSTREAM_EXIT_TIMEOUT_MS`)
   */
  exitTimeoutMs?: number;
  /** Whether SIGTERM and SIGINT are answered by delivering, where the application does not listen itself. @default true (`SLIPSTREAM_HANDLE_SIGNALS`) */
  handleSignals?: boolean;
  /**
   * Who delivers: a worker thread, or (`inline`) the application's own thread in its pauses, for runtimes without
   * threads. Where no worker can start, inline takes over by itself and says so. @default 'worker' (`SLIPSTREAM_TRANSPORT`)
   */
  transport?: 'worker' | 'inline';
}

/** Options with every value decided. */
export interface ClientSettings {
  readonly url: string;
  /** What entries of a Redis stream name as their project: the public key. */
  readonly project: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly service: string;
  readonly environment: string | undefined;
  readonly release: string | undefined;
  readonly version: string | undefined;
  readonly enabled: boolean;
  readonly sampleRate: number;
  readonly captureInput: boolean;
  readonly captureOutput: boolean;
  readonly maxCaptureBytes: number;
  readonly mask: MaskSettings | undefined;
  readonly captureMedia: boolean;
  readonly bufferBytes: number;
  readonly drainIntervalMs: number;
  readonly batchAgeMs: number;
  readonly retryBufferBytes: number;
  readonly exitTimeoutMs: number;
  readonly handleSignals: boolean;
  readonly transport: 'worker' | 'inline';
}
