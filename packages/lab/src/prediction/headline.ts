import type { ArmName } from '../arms/registry.js';
import type { MetricName } from '../sample/protocol.js';

/** A figure that the model is judged by. */
export interface HeadlineCell {
  readonly scenario: string;
  readonly arm: ArmName;
  readonly metric: PredictedMetric;
}

/** What is predicted. CPU a span or a request of a mistake is what tracing adds; the server's CPU and latency are whole. */
export type PredictedMetric = Extract<
  MetricName,
  'mainCpuUsPerSpan' | 'mainCpuUsPerRequest' | 'longestStallMs' | 'mainCpuMsPerSecond' | 'p50Ms' | 'p99Ms'
>;

/** How far a prediction may be from its measurement, as a share of the measurement. */
export const HEADLINE_BOUND = 0.3;

const CPU: PredictedMetric = 'mainCpuUsPerSpan';

/**
 * Chosen before anything is measured, and the same in every run: each library whose span has a price of its own, at the
 * payloads that the design makes promises about, and the server.
 */
export const HEADLINE_CELLS: readonly HeadlineCell[] = [
  { scenario: 'tiny-tight', arm: 'slipstream-capture-off', metric: CPU },
  { scenario: 'tiny-paced', arm: 'slipstream-capture-off', metric: CPU },
  { scenario: '4kb-paced', arm: 'slipstream', metric: CPU },
  { scenario: '4kb-vietnamese-paced', arm: 'slipstream', metric: CPU },
  { scenario: '100kb-string-paced', arm: 'slipstream', metric: CPU },
  { scenario: '100kb-messages-paced', arm: 'slipstream', metric: CPU },
  { scenario: '4kb-paced', arm: 'langfuse', metric: CPU },
  { scenario: '4kb-paced', arm: 'opentelemetry', metric: CPU },
  { scenario: '4kb-paced', arm: 'dd-trace', metric: CPU },
  { scenario: '100kb-string-paced', arm: 'langfuse', metric: CPU },
  { scenario: '100kb-string-paced', arm: 'opentelemetry', metric: CPU },
  { scenario: 'server-4kb', arm: 'untraced', metric: 'mainCpuMsPerSecond' },
  { scenario: 'server-4kb', arm: 'slipstream', metric: 'mainCpuMsPerSecond' },
  { scenario: 'server-4kb', arm: 'slipstream', metric: 'p50Ms' },
  { scenario: 'server-4kb', arm: 'langfuse', metric: 'mainCpuMsPerSecond' },
];
