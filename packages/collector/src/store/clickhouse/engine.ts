import type { PruneResult, RetentionPolicy, StoreBatch, StoreCounts, StoreWriteResult } from '../contract.js';
import type { ComputeCost } from '../duckdb/intake/decode.js';
import { SerialLane } from '../duckdb/serial-lane.js';
import { StoreError } from '../errors.js';
import type { Cell, Connection, Query, QueryLimits, RowSource } from './database/connection.js';
import { openDatabase } from './database/migrate.js';
import { prune } from './database/prune.js';
import { Intake } from './intake/intake.js';
import { CountsReader } from './query/read-counts.js';
import type { EngineSettings } from './settings.js';

/** After a database could not be opened it is tried again no sooner than this. */
const REOPEN_PAUSE_MS = 500;

interface Opened {
  readonly connection: Connection;
  readonly intake: Intake;
}

/**
 * The store as it lives in its own thread. A ClickHouse that is not there makes calls fail and nothing else: the queue
 * takes in what comes, and the next call tries again.
 */
export class Engine implements RowSource {
  readonly #settings: EngineSettings;
  readonly #computeCost: ComputeCost;
  readonly #lane = new SerialLane();
  readonly #counts = new CountsReader(this);
  #opening: Promise<Opened> | undefined;
  #failedAtMs = Number.NEGATIVE_INFINITY;
  #lastFailure: unknown;
  #duplicates = 0;
  #isClosed = false;

  constructor(settings: EngineSettings, computeCost: ComputeCost) {
    this.#settings = settings;
    this.#computeCost = computeCost;
  }

  /** Makes the schema what it should be. @throws StoreError `store_schema_too_new` and those of the connection */
  async open(): Promise<void> {
    await this.#open();
  }

  async rows(query: Query, limits?: QueryLimits): Promise<Cell[][]> {
    const { connection } = await this.#open();
    return connection.rows(query, limits);
  }

  async connection(): Promise<Connection> {
    return (await this.#open()).connection;
  }

  write(batch: StoreBatch): Promise<StoreWriteResult> {
    return this.#lane.run(async () => {
      const { intake } = await this.#open();
      const result = await intake.write(batch);
      this.#duplicates += result.duplicates;
      return result;
    });
  }

  /** One share, between two batches. */
  prune(policy: RetentionPolicy): Promise<PruneResult> {
    return this.#lane.run(async () => {
      const { connection, intake } = await this.#open();
      intake.forget();
      return prune(connection, policy);
    });
  }

  async counts(): Promise<StoreCounts> {
    return { ...(await this.#counts.read()), duplicates: this.#duplicates };
  }

  async healthy(): Promise<boolean> {
    await this.rows({ sql: 'SELECT count() FROM schema_versions' });
    return true;
  }

  /** Lets the batch under way finish. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#lane.run(async () => undefined);
    const opened = await this.#opening?.catch(() => undefined);
    await opened?.connection.close();
  }

  #open(): Promise<Opened> {
    if (this.#isClosed) return Promise.reject(new StoreError('store_closed', 'the store is closed'));
    if (this.#opening) return this.#opening;
    if (performance.now() - this.#failedAtMs < REOPEN_PAUSE_MS) return Promise.reject(this.#lastFailure);
    const opening = this.#openNow();
    this.#opening = opening;
    opening.catch((error: unknown) => {
      this.#failedAtMs = performance.now();
      this.#lastFailure = error;
      this.#opening = undefined;
    });
    return opening;
  }

  async #openNow(): Promise<Opened> {
    const connection = await openDatabase(this.#settings);
    return { connection, intake: new Intake(connection, this.#computeCost, this.#settings) };
  }
}
