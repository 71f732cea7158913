import type { SqlRequest, SqlResult } from '@slipstream/query-api';
import type { PruneResult, RetentionPolicy, StoreBatch, StoreCounts, StoreWriteResult } from '../contract.js';
import { StoreError } from '../errors.js';
import { type Database, openDatabase } from './database/database.js';
import { prune } from './database/pruner.js';
import { QueryPool, rowSource } from './database/query-pool.js';
import { BatchWriter } from './intake/batch-writer.js';
import type { ComputeCost } from './intake/decode.js';
import { Intake } from './intake/intake.js';
import { KnownTraces } from './intake/known-traces.js';
import { TraceCache } from './intake/trace-cache.js';
import { TraceLoader } from './intake/trace-loader.js';
import { Maintenance } from './maintenance.js';
import { readCounts } from './query/read-counts.js';
import { SerialLane } from './serial-lane.js';
import type { EngineSettings } from './settings.js';
import { SqlRunner } from './sql/sql-runner.js';

/** How often the engine looks whether upkeep is due while no batch asks for it. */
const MAINTENANCE_INTERVAL_MS = 500;

/** The store as it lives in its own thread: one writer lane, a pool of readers, and the upkeep between. */
export class Engine {
  readonly queries: QueryPool;
  readonly #settings: EngineSettings;
  readonly #database: Database;
  readonly #writer: BatchWriter;
  readonly #intake: Intake;
  readonly #maintenance: Maintenance;
  readonly #cache: TraceCache;
  readonly #sql: SqlRunner;
  readonly #knownTraces = new KnownTraces();
  readonly #filling: Promise<void>;
  readonly #lane = new SerialLane();
  readonly #timer: NodeJS.Timeout;
  #lastWriteFailed = false;
  #closing: Promise<void> | undefined;

  private constructor(settings: EngineSettings, database: Database, queries: QueryPool, computeCost: ComputeCost) {
    this.#settings = settings;
    this.#database = database;
    this.queries = queries;
    this.#writer = new BatchWriter(database.writer);
    const cache = new TraceCache(settings.cache);
    this.#cache = cache;
    this.#maintenance = new Maintenance(database, cache, settings);
    const knownTraces = this.#knownTraces;
    this.#intake = new Intake({
      writer: this.#writer,
      loader: new TraceLoader(rowSource(database.writer)),
      cache,
      knownTraces,
      computeCost,
      onCommit: (batch) => {
        const rows = batch.endedCount + batch.started.length;
        this.#maintenance.noteWrite(rows, batch.series.rowCount, batch.obsoleteStarts);
      },
    });
    this.#sql = new SqlRunner({
      instance: database.instance,
      queries,
      atRest: (begin) => this.#lane.run(() => this.#maintenance.withoutObsoleteStarts(begin)),
    });
    this.#filling = this.#fillKnownTraces();
    this.#timer = setInterval(() => {
      if (!this.#lane.isBusy) void this.#lane.run(() => this.#maintenance.run());
    }, MAINTENANCE_INTERVAL_MS);
    this.#timer.unref();
  }

  static async open(settings: EngineSettings, computeCost: ComputeCost): Promise<Engine> {
    const database = await openDatabase(settings);
    return new Engine(settings, database, await QueryPool.open(database.instance, settings.queries), computeCost);
  }

  async write(batch: StoreBatch): Promise<StoreWriteResult> {
    if (this.#closing) throw new StoreError('store_closed', 'the store is closed');
    return this.#lane.run(async () => {
      const result = await this.#attempt(batch);
      if (this.#maintenance.isUrgent && !this.#closing) void this.#lane.run(() => this.#maintenance.run());
      return result;
    });
  }

  async #attempt(batch: StoreBatch): Promise<StoreWriteResult> {
    try {
      const result = await this.#intake.write(batch);
      this.#lastWriteFailed = false;
      return result;
    } catch (error) {
      this.#lastWriteFailed = true;
      throw error;
    }
  }

  async cursor(): Promise<number> {
    const [row] = await this.queries.rows({ sql: 'SELECT queue_cursor FROM store_state' });
    return Number(row?.[0] ?? 0);
  }

  sql(request: SqlRequest): Promise<SqlResult> {
    return this.#sql.run(request);
  }

  /** One share, between two batches. */
  async prune(policy: RetentionPolicy): Promise<PruneResult> {
    if (this.#closing) throw new StoreError('store_closed', 'the store is closed');
    return this.#lane.run(async () => {
      const { traceIds, spans, hasMore } = await prune(this.#database.writer, policy, this.#settings.prune);
      for (const traceId of traceIds) this.#cache.delete(traceId);
      this.#maintenance.noteRemoval(spans);
      return { removedTraces: traceIds.length, removedSpans: spans, hasMore };
    });
  }

  async counts(): Promise<StoreCounts> {
    const counts = await readCounts(this.queries, this.#settings.directory, Date.now() * 1000);
    return { ...counts, duplicates: this.#intake.duplicates };
  }

  /** After a failed write only a write can tell whether the store is at fault or what it was given. */
  async healthy(): Promise<boolean> {
    await this.queries.rows({ sql: 'SELECT 1' });
    if (!this.#lastWriteFailed) return true;
    if (this.#closing) return false;
    await this.#lane.run(async () => {
      await this.#database.writer.run('UPDATE store_state SET spans = spans');
    });
    return true;
  }

  /** Lets the batch under way finish, then leaves a database file without a log. */
  close(): Promise<void> {
    // Set at once, so that nothing enters the lane behind it and meets a closed database.
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sql.close();
    await this.#lane.run(async () => {
      await this.#maintenance.finish();
      this.#writer.close();
      this.#knownTraces.stop();
      await Promise.all([this.queries.close(), this.#filling]);
      this.#database.close();
    });
  }

  async #fillKnownTraces(): Promise<void> {
    try {
      const connection = await this.#database.instance.connect();
      await this.#knownTraces.fill(connection).finally(() => connection.closeSync());
    } catch {
      // Without it every trace is looked up in the database, which is slow and right.
    }
  }
}
