import type { Scenario } from '../../runner/scenarios.js';
import type { MetricName } from '../../sample/protocol.js';
import type { Estimate } from '../../statistics/bootstrap.js';
import type { ArmSummary } from '../model.js';

/** A figure that arms are held against each other by. Less is better in all of them. */
export interface Measure {
  readonly metric: MetricName;
  /** In words, for somebody who has not read the code. */
  readonly title: string;
  readonly unit: string;
  /** What tracing adds to the untraced run of the same round, rather than the figure as measured. */
  readonly isAdded: boolean;
}

const ADDED_CPU: Measure = {
  metric: 'mainCpuUsPerSpan',
  title: 'CPU time added on the serving thread',
  unit: 'µs a span',
  isAdded: true,
};
const OTHER_CPU: Measure = {
  metric: 'otherCpuUsPerSpan',
  title: 'CPU time added on other threads',
  unit: 'µs a span',
  isAdded: true,
};
const STALL: Measure = {
  metric: 'longestStallMs',
  title: 'longest time in which the serving thread could do nothing else',
  unit: 'ms',
  isAdded: false,
};
const BYTES: Measure = { metric: 'bodyBytesPerSpan', title: 'bytes sent', unit: 'bytes a span', isAdded: false };

/** What each kind of scenario is judged by, the most important first. */
export const MEASURES: Readonly<Record<Scenario['kind'], readonly Measure[]>> = {
  loop: [ADDED_CPU, STALL, OTHER_CPU, BYTES],
  server: [
    { metric: 'p99Ms', title: 'response time that 99 % of requests stay under', unit: 'ms', isAdded: false },
    { metric: 'p50Ms', title: 'median response time', unit: 'ms', isAdded: false },
    { metric: 'mainCpuMsPerSecond', title: 'CPU time added on the serving thread', unit: 'ms a second', isAdded: true },
    STALL,
  ],
  startup: [
    { metric: 'importMs', title: 'time to import the library', unit: 'ms', isAdded: false },
    { metric: 'importRssMb', title: 'memory that the import takes', unit: 'MB', isAdded: false },
    { metric: 'setUpMs', title: 'time to set it up', unit: 'ms', isAdded: false },
    { metric: 'firstCallMs', title: 'time of the first traced call', unit: 'ms', isAdded: false },
  ],
  burst: [
    { metric: 'burstMs', title: 'time of the loop', unit: 'ms', isAdded: false },
    { metric: 'flushWallMs', title: 'time until all is sent', unit: 'ms', isAdded: false },
  ],
  exit: [{ metric: 'exitMs', title: 'time from the start of the process to its end', unit: 'ms', isAdded: false }],
  visible: [{ metric: 'visibleMs', title: 'time from the end of a span to the live list', unit: 'ms', isAdded: false }],
  figure: [
    { metric: 'collectorReadyMs', title: "time from the collector's start to ready", unit: 'ms', isAdded: false },
    { metric: 'sdkGzipKb', title: 'size, minified and gzipped', unit: 'KB', isAdded: false },
  ],
  mistake: [
    { ...ADDED_CPU, metric: 'mainCpuUsPerRequest', unit: 'µs a request' },
    { metric: 'callMs', title: 'median time of a request', unit: 'ms', isAdded: false },
    { metric: 'firstCallMs', title: 'time of the first request', unit: 'ms', isAdded: false },
    STALL,
  ],
};

/** An arm's figure for a measure. */
export function estimateOf({ metrics, added }: ArmSummary, { metric, isAdded }: Measure): Estimate | undefined {
  return isAdded ? added[metric] : metrics[metric];
}

/** What a kind of scenario is judged by first. */
export function principalMeasure(kind: Scenario['kind']): Measure {
  // Each list above has at least one.
  return MEASURES[kind][0] as Measure;
}
