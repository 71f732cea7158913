import { availableParallelism } from 'node:os';
import type { CheckpointSettings } from './database/checkpointer.js';
import type { DatabaseSettings } from './database/database.js';
import type { PruneShare } from './database/pruner.js';
import type { QueryPoolSettings } from './database/query-pool.js';
import type { SettleSettings } from './database/trace-settler.js';
import type { TraceCacheLimits } from './intake/trace-cache.js';
import type { SeriesSettings } from './series-upkeep.js';

/** What the store can be told; everything but the folder has a default. */
export interface DuckDbStoreOptions {
  /** Folder of the database; made where it is missing. One process at a time may use it. */
  readonly directory: string;
  /** Path of a JSON file of prices that go before the built-in ones (`pricing/price-file.ts`). */
  readonly priceFile?: string;
  /**
   * What the engine may hold in memory, in bytes.
   * @default 1 GiB
   */
  readonly memoryLimitBytes?: number;
  /**
   * Threads of one query.
   * @default half the cores, 1 to 4: the store shares the machine with the application that is traced
   */
  readonly threads?: number;
  /**
   * After this a query is stopped with `query_timeout`, in milliseconds.
   * @default 10,000
   */
  readonly queryTimeLimitMs?: number;
  /**
   * Rows between checkpoints under load; one comes earlier where rows are larger than a kilobyte. More makes them rarer and
   * longer, and a start after a crash slower.
   * @default 40,000
   */
  readonly checkpointEveryRows?: number;
}

/** Plain data, so that it can be given to the thread. */
export interface EngineSettings extends DatabaseSettings {
  readonly priceFile: string | undefined;
  readonly queries: QueryPoolSettings;
  readonly checkpoint: CheckpointSettings;
  readonly cache: TraceCacheLimits;
  /** How often the starts of spans that have ended are removed. */
  readonly obsoleteStartsIntervalMs: number;
  /** `intervalMs`: how often traces are looked through. */
  readonly settle: SettleSettings & { readonly intervalMs: number };
  readonly prune: PruneShare;
  readonly series: SeriesSettings;
}

export function resolveSettings(options: DuckDbStoreOptions): EngineSettings {
  return {
    directory: options.directory,
    priceFile: options.priceFile,
    memoryLimitBytes: options.memoryLimitBytes ?? 1024 ** 3,
    threads: options.threads ?? Math.max(1, Math.min(4, Math.floor(availableParallelism() / 2))),
    // Two readers and the writer leave one thread of libuv's pool of four to the queue's `fdatasync`.
    queries: { connections: 2, timeLimitMs: options.queryTimeLimitMs ?? 10_000, maxWaiting: 100 },
    // The log of 40,000 spans of 1 KB, 51 MB, is replayed in 0.7 s.
    checkpoint: { everyRows: options.checkpointEveryRows ?? 40_000, everyBytes: 64 * 1024 * 1024, idleMs: 5_000 },
    cache: { maxTraces: 50_000, maxSpans: 400_000 },
    obsoleteStartsIntervalMs: 2_000,
    settle: { quietMs: 60_000, maxHotTraces: 20_000, intervalMs: 10_000 },
    prune: { maxTraces: 1_000, maxSpans: 10_000 },
    series: { intervalMs: 15_000, quietMs: 30_000, maxNewsRows: 200_000 },
  };
}
