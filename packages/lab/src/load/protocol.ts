import type { WarmUpOutcome } from '../sample/warm-up.js';

/** What the load process is told, as JSON in its first argument. */
export interface LoadTask {
  readonly url: string;
  readonly requestsPerSecond: number;
  readonly connections: number;
  /** At least so long, and then until the median latency has settled. */
  readonly warmupMs: number;
  readonly durationMs: number;
  /** Whether the result holds each request; a few thousand at most are worth sending. @default false */
  readonly keepsRequests?: boolean;
}

/** One request as the load saw it. */
export interface LoadedRequest {
  /** When it should have started, in milliseconds of Unix time. */
  readonly atUnixMs: number;
  readonly latencyMs: number;
}

/** What the load saw; latencies count from when a request should have started. */
export interface LoadResult {
  readonly requests: number;
  readonly errors: number;
  readonly answeredPerSecond: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** How late the generator itself was; a run where this is large says more of the machine than of the server. */
  readonly generatorLateP99Ms: number;
  /** Where they were asked for: those that were answered. */
  readonly seen?: readonly LoadedRequest[];
}

/** From the load process to the runner. */
export type LoadMessage =
  | { readonly type: 'warm'; readonly warmup?: WarmUpOutcome }
  | { readonly type: 'result'; readonly result: LoadResult };

/** From the runner to the load process: the measured part may begin. */
export interface LoadCommand {
  readonly type: 'go';
}
