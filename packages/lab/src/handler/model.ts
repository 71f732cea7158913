import type { CpuSource } from '../sample/cpu-clock.js';
import type { Metrics } from '../sample/protocol.js';
import type { WarmUpOutcome } from '../sample/warm-up.js';
import type { Estimate } from '../statistics/bootstrap.js';
import type { HandlerArm } from './protocol.js';

/** One process that called the handler. */
export interface HandlerSample {
  readonly arm: HandlerArm;
  readonly round: number;
  readonly calls: number;
  /** That had to arrive; 0 where nobody counted them. */
  readonly spansSent: number;
  readonly spansDelivered: number;
  readonly cpuSource: CpuSource;
  readonly warmup?: WarmUpOutcome;
  readonly metrics: Metrics;
}

/** What tracing adds to one figure of a call. */
export interface AddedFigure {
  readonly what: 'cpu' | 'p50' | 'p99';
  /** The untraced figure, in microseconds. */
  readonly untracedUs: number;
  readonly addedUs: Estimate;
  /** Median distance of the two untraced samples of a round. */
  readonly noiseUs: number;
  /** The interval lies beside zero, and the figure above the noise. */
  readonly isDistinct: boolean;
}

/** All that a run of `lab run` found. */
export interface HandlerReport {
  readonly format: 'slipstream-lab-handler/1';
  readonly startedAt: string;
  readonly file: string;
  readonly tracedBy: 'slipstream' | 'the file itself' | 'another module';
  readonly node: string;
  readonly cpuSource: CpuSource;
  readonly seed: number;
  readonly rounds: number;
  readonly callsPerSample: number;
  readonly samples: readonly HandlerSample[];
  readonly added: readonly AddedFigure[];
  /** Spans of a call, as far as they arrived. */
  readonly spansPerCall: number;
  /** Samples in which spans that were counted did not arrive. */
  readonly lossy: number;
  readonly verdict: string;
}
