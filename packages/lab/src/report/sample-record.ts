import type { ArmName } from '../arms/registry.js';
import type { SampleBooks } from '../sample/books.js';
import type { CpuSource } from '../sample/cpu-clock.js';
import type { Metrics } from '../sample/protocol.js';

/**
 * `ok`: every span arrived. `lost`: some did not, so its figures are those of a library that did less. `failed`: no
 * figures at all.
 */
export type SampleStatus = 'ok' | 'lost' | 'failed';

/** One process run, as the JSON file keeps it. */
export interface SampleRecord {
  readonly scenario: string;
  readonly arm: ArmName;
  readonly round: number;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly status: SampleStatus;
  /** Why it failed, or what its flush rejected with. */
  readonly note?: string;
  readonly spansSent: number;
  /** Spans with different ids that the sink had in the end. */
  readonly spansDelivered: number;
  /** The same with repetitions. */
  readonly spansReceived: number;
  readonly requests: number;
  readonly wireBytes: number;
  readonly bodyBytes: number;
  readonly cpuSource?: CpuSource;
  readonly books?: SampleBooks;
  readonly metrics: Metrics;
}
