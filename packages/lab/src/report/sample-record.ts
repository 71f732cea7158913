import type { ArmName } from '../arms/registry.js';
import type { SampleBooks } from '../sample/books.js';
import type { CpuSource } from '../sample/cpu-clock.js';
import type { Metrics } from '../sample/protocol.js';
import type { ThreadShares } from '../sample/thread-cpu.js';
import type { WarmUpOutcome } from '../sample/warm-up.js';

/**
 * `ok`: every span arrived. `lost`: some did not, so its figures are those of a library that did less. `failed`: no
 * figures at all.
 */
export type SampleStatus = 'ok' | 'lost' | 'failed';

/** One process run, as the JSON file keeps it. */
export interface SampleRecord extends ThreadShares {
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
  /** How the warm-up ended; records from before there was a rule have none. */
  readonly warmup?: WarmUpOutcome;
  readonly books?: SampleBooks;
  readonly metrics: Metrics;
}
