import type { StoreBatch, StoreCounts, StoreWriteResult } from '../contract.js';
import { type Database, openDatabase } from './database/database.js';
import { Checkpointer } from './database/checkpointer.js';
import { QueryPool, rowSource } from './database/query-pool.js';
import { settleTraces } from './database/trace-settler.js';
import { BatchWriter } from './intake/batch-writer.js';
import type { ComputeCost } from './intake/decode.js';
import { Intake } from './intake/intake.js';
import { KnownTraces } from './intake/known-traces.js';
import { TraceCache } from './intake/trace-cache.js';
import { TraceLoader } from './intake/trace-loader.js';
import { readCounts } from './query/read-counts.js';
import { SerialLane } from './serial-lane.js';
import type { EngineSettings } from './settings.js';

/** How often the engine looks whether a checkpoint or a settling of traces is due. */
const MAINTENANCE_INTERVAL_MS = 500;
const SETTLE_INTERVAL_MS = 10_000;

/** The store as it lives in its own thread: one writer lane, a pool of readers, and the upkeep between. */
export class Engine {
  readonly queries: QueryPool;
  readonly #settings: EngineSettings;
  readonly #database: Database;
  readonly #writer: BatchWriter;
  readonly #intake: Intake;
  readonly #cache: TraceCache;
  readonly #checkpointer: Checkpointer;
  readonly #lane = new SerialLane();
  readonly #upkeep: NodeJS.Timeout;
  #lastWriteMs = performance.now();
  #lastSettleMs = performance.now();
  #lastWriteFailed = false;

  private constructor(settings: EngineSettings, database: Database, queries: QueryPool, computeCost: ComputeCost) {
    this.#settings = settings;
    this.#database = database;
    this.queries = queries;
    this.#writer = new BatchWriter(database.writer);
    this.#cache = new TraceCache(settings.cache);
    this.#checkpointer = new Checkpointer(database.writer, settings.checkpoint);
    const knownTraces = new KnownTraces();
    this.#intake = new Intake({
      writer: this.#writer,
      loader: new TraceLoader(rowSource(database.writer)),
      cache: this.#cache,
      knownTraces,
      computeCost,
      nowUs,
    });
    void this.#fillKnownTraces(knownTraces);
    this.#upkeep = setInterval(() => this.#maintain(), MAINTENANCE_INTERVAL_MS);
    this.#upkeep.unref();
  }

  static async open(settings: EngineSettings, computeCost: ComputeCost): Promise<Engine> {
    const database = await openDatabase(settings);
    return new Engine(settings, database, await QueryPool.open(database.instance, settings.queries), computeCost);
  }

  write(batch: StoreBatch): Promise<StoreWriteResult> {
    return this.#lane.run(async () => {
      try {
        const result = await this.#intake.write(batch);
        this.#lastWriteFailed = false;
        this.#checkpointer.noteRows(result.insertedSpans + result.insertedStarts);
        return result;
      } catch (error) {
        this.#lastWriteFailed = true;
        throw error;
      } finally {
        this.#lastWriteMs = performance.now();
        if (this.#checkpointer.isDue(0)) void this.#lane.run(() => this.#checkpointer.checkpoint());
      }
    });
  }

  async cursor(): Promise<number> {
    const [row] = await this.queries.rows({ sql: 'SELECT queue_cursor FROM store_state' });
    return Number(row?.[0] ?? 0);
  }

  async counts(): Promise<StoreCounts> {
    const counts = await readCounts(this.queries, this.#settings.directory, nowUs());
    return { ...counts, duplicates: this.#intake.duplicates };
  }

  async healthy(): Promise<boolean> {
    if (this.#lastWriteFailed) return false;
    await this.queries.rows({ sql: 'SELECT 1' });
    return true;
  }

  /** Lets the batch under way finish, then leaves a database file without a log. */
  async close(): Promise<void> {
    clearInterval(this.#upkeep);
    await this.#lane.run(async () => {
      await this.#checkpointer.checkpoint();
      this.#writer.close();
      this.queries.close();
      this.#database.close();
    });
  }

  #maintain(): void {
    const now = performance.now();
    if (this.#lane.isBusy) return;
    if (now - this.#lastSettleMs >= SETTLE_INTERVAL_MS) {
      this.#lastSettleMs = now;
      void this.#lane.run(() => this.#settle());
    } else if (this.#checkpointer.isDue(now - this.#lastWriteMs)) {
      void this.#lane.run(() => this.#checkpointer.checkpoint());
    }
  }

  async #settle(): Promise<void> {
    try {
      for (const traceId of await settleTraces(this.#database.writer, nowUs())) {
        const trace = this.#cache.get(traceId);
        if (trace) trace.home = 'traces';
      }
    } catch {
      // Nothing moved; the traces stay where they are, and the next turn tries again.
      this.#lastWriteFailed = true;
    }
  }

  async #fillKnownTraces(knownTraces: KnownTraces): Promise<void> {
    try {
      const connection = await this.#database.instance.connect();
      await knownTraces.fill(connection);
      connection.closeSync();
    } catch {
      // Without it every trace is looked up in the database, which is slow and right; closing meanwhile ends here too.
    }
  }
}

function nowUs(): number {
  return Date.now() * 1000;
}
