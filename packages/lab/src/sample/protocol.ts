import type { ArmName } from '../arms/registry.js';
import type { SampleBooks } from './books.js';
import type { CpuSource } from './cpu-clock.js';
import type { PayloadShape } from './payload.js';
import type { ThreadShares } from './thread-cpu.js';
import type { WarmUpOutcome } from './warm-up.js';
import type { WorkKind } from './works/work.js';

/** What every sample process is told. */
export interface SampleSetting {
  readonly arm: ArmName;
  readonly sinkUrl: string;
  /** Folder of the peers as a URL that ends in a slash. */
  readonly peersUrl: string;
  /** The SDK of another commit, as a URL, for the arm that is compared with it. */
  readonly againstUrl?: string;
  readonly seed: number;
}

/** Traces in cycles: some traces back to back, then rest. */
export interface LoopTask extends SampleSetting {
  readonly kind: 'loop';
  /** @default 'functions' */
  readonly work?: WorkKind;
  /** Base URL of an OpenAI-compatible server, for the work `openai`. */
  readonly llmUrl?: string;
  readonly payload: PayloadShape;
  readonly tracesPerCycle: number;
  /** 0 gives way to the event loop without resting. */
  readonly restMs: number;
  /** Traces with the tiny payload before the warm-up. @default 0 */
  readonly tinyTracesFirst?: number;
  /** At least so many, and then until the time that one takes has settled. */
  readonly warmupCycles: number;
  readonly cycles: number;
}

/** An HTTP server that runs one trace for each request. */
export interface ServerTask extends SampleSetting {
  readonly kind: 'server';
  readonly payload: PayloadShape;
  /** How long each leaf of a trace waits. */
  readonly leafWaitMs: number;
  /** The backend may fail: a flush gives up after so long, memory is watched, and books are read in the end. */
  readonly flushLimitMs?: number;
}

/** Import, set-up and first call. */
export interface StartupTask extends SampleSetting {
  readonly kind: 'startup';
}

/** Spans in one synchronous loop, then a flush. */
export interface BurstTask extends SampleSetting {
  readonly kind: 'burst';
  readonly spans: number;
}

/** Some traces, then the end of the process without a flush. */
export interface ExitTask extends SampleSetting {
  readonly kind: 'exit';
  readonly traces: number;
  readonly how: 'return' | 'process.exit';
}

/** A program of `examples/mistakes`, given requests. */
export interface MistakeTask extends SampleSetting {
  readonly kind: 'mistake';
  readonly programUrl: string;
  /** The module that makes requests. */
  readonly requestsUrl: string;
  readonly requests: number;
  readonly paceMs: number;
  readonly warmupRequests: number;
  /** Spans that have to arrive, whatever sampling decides. */
  readonly certainSpansPerRequest: number;
}

/** Traces that are waited for in the collector's live stream, one after the other, without a flush. */
export interface VisibleTask extends SampleSetting {
  readonly kind: 'visible';
  readonly traces: number;
  readonly pauseMs: number;
}

/** What a sample process does; it gets it as JSON in its first argument. */
export type SampleTask = LoopTask | ServerTask | StartupTask | BurstTask | ExitTask | MistakeTask | VisibleTask;

/** The figures that a sample can give. Their units are in their names. */
export type MetricName =
  | 'mainCpuUsPerSpan'
  | 'otherCpuUsPerSpan'
  | 'workerCpuUsPerSpan'
  | 'helperCpuUsPerSpan'
  | 'mainCpuUsPerCall'
  | 'otherCpuUsPerCall'
  | 'mainCpuMsPerSecond'
  | 'otherCpuMsPerSecond'
  | 'workerCpuMsPerSecond'
  | 'helperCpuMsPerSecond'
  | 'runQueueWaitMs'
  | 'longestStallMs'
  | 'loopDelayMaxMs'
  | 'loopDelayP99Ms'
  | 'gcCount'
  | 'gcMs'
  | 'gcLongestMs'
  | 'loadWallMs'
  | 'flushWallMs'
  | 'flushCpuMs'
  | 'bodyBytesPerSpan'
  | 'wireBytesPerSpan'
  | 'lostShare'
  | 'textPerSpan'
  | 'importMs'
  | 'importRssMb'
  | 'rssStartMb'
  | 'rssEndMb'
  | 'rssMaxMb'
  | 'rssPeakMb'
  | 'heapStartMb'
  | 'heapEndMb'
  | 'rssLateGrowthMb'
  | 'setUpMs'
  | 'firstCallMs'
  | 'burstMs'
  | 'exitMs'
  | 'visibleMs'
  | 'visibleMaxMs'
  | 'sdkGzipKb'
  | 'sdkDependencies'
  | 'collectorReadyMs'
  | 'answeredPerSecond'
  | 'p50Ms'
  | 'p90Ms'
  | 'p99Ms'
  | 'maxMs'
  | 'generatorLateP99Ms'
  | 'callMs'
  | 'mainCpuUsPerRequest'
  | 'otherCpuUsPerRequest'
  | 'spansPerRequest'
  | 'spansOverAsked'
  | 'bodyBytesPerRequest'
  | 'labels'
  | 'lookUpNs'
  | 'told';

/** Figures by name; a sample gives those of its kind. */
export type Metrics = Partial<Record<MetricName, number>>;

/** What a sample process hands to the runner. */
export interface SampleResult extends ThreadShares {
  readonly spans: number;
  readonly metrics: Metrics;
  readonly cpuSource: CpuSource;
  /** Where the warm-up ended by rule. */
  readonly warmup?: WarmUpOutcome;
  /** What `flush` rejected with, if it did. */
  readonly flushError?: string;
  readonly books?: SampleBooks;
}

/** From a sample process to the runner. `ready`: warmed up and flushed, the sink may forget what it has. */
export type SampleMessage =
  | { readonly type: 'ready'; readonly url?: string }
  | { readonly type: 'started' }
  | { readonly type: 'result'; readonly result: SampleResult };

/** From the runner to a sample process. `go`: begin to measure; `stop`: end the measurement; `end`: tear down. */
export type SampleCommand = { readonly type: 'go' } | { readonly type: 'stop' } | { readonly type: 'end' };
