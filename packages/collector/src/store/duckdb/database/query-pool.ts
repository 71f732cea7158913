import type { DuckDBConnection, DuckDBInstance, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { StoreError, toStoreError } from '../../errors.js';
import type { SqlValue } from '../schema/columns.js';

/** A statement and what is bound to its `$name`s: values never become part of the text. */
export interface Query {
  readonly sql: string;
  readonly values?: Record<string, DuckDBValue>;
  readonly types?: Record<string, DuckDBType>;
}

/** Something that answers queries: the pool, or one connection. */
export interface RowSource {
  /** All rows, values in column order. */
  rows(query: Query): Promise<SqlValue[][]>;
}

/** Runs queries on one connection, without a limit: for the store's own work on the connection of the writer. */
export function rowSource(connection: DuckDBConnection): RowSource {
  return {
    async rows({ sql, values, types }) {
      const reader = await connection.runAndReadAll(sql, values, types);
      return reader.getRowsJS() as SqlValue[][];
    },
  };
}

export interface QueryPoolSettings {
  /** Each query occupies one thread of libuv's pool of four, which the queue's `fdatasync` needs too. */
  readonly connections: number;
  /** After this a query is interrupted, in milliseconds. */
  readonly timeLimitMs: number;
  /** Queries that may wait for a connection; more are refused. */
  readonly maxWaiting: number;
}

interface Waiting {
  resolve(connection: DuckDBConnection): void;
  reject(error: StoreError): void;
}

/** Read connections: each runs one query at a time, none can hold the writer up, none runs without a limit. */
export class QueryPool implements RowSource {
  readonly #settings: QueryPoolSettings;
  readonly #idle: DuckDBConnection[];
  readonly #all: readonly DuckDBConnection[];
  readonly #waiting: Waiting[] = [];
  readonly #running = new Set<Promise<unknown>>();
  #isClosed = false;

  private constructor(connections: DuckDBConnection[], settings: QueryPoolSettings) {
    this.#all = [...connections];
    this.#idle = connections;
    this.#settings = settings;
  }

  static async open(instance: DuckDBInstance, settings: QueryPoolSettings): Promise<QueryPool> {
    const connections: DuckDBConnection[] = [];
    for (let index = 0; index < settings.connections; index += 1) connections.push(await instance.connect());
    return new QueryPool(connections, settings);
  }

  /**
   * All rows, values in column order.
   * @throws StoreError `query_timeout`, `query_overload`, `store_failed`
   */
  async rows(query: Query): Promise<SqlValue[][]> {
    const connection = await this.#acquire();
    const running = this.#runLimited(connection, query).finally(() => {
      this.#running.delete(running);
      this.#release(connection);
    });
    this.#running.add(running);
    return running;
  }

  /**
   * Keeps the place of one query while `work` runs on a connection of its own, which has to stop by itself.
   * @throws StoreError `query_overload`, `store_closed`, and what `work` throws
   */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    const connection = await this.#acquire();
    const running = work().finally(() => {
      this.#running.delete(running);
      this.#release(connection);
    });
    this.#running.add(running);
    return running;
  }

  /** Interrupts what runs, waits for it to stop, and closes. Queries that wait are refused. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(closed());
    for (const connection of this.#all) connection.interrupt();
    await Promise.allSettled([...this.#running]);
    for (const connection of this.#all) connection.closeSync();
  }

  async #runLimited(connection: DuckDBConnection, query: Query): Promise<SqlValue[][]> {
    let expired = false;
    const timer = setTimeout(() => {
      expired = true;
      connection.interrupt();
    }, this.#settings.timeLimitMs);
    try {
      return await rowSource(connection).rows(query);
    } catch (error) {
      if (!expired) throw toStoreError(error);
      throw new StoreError('query_timeout', `the query was stopped after ${this.#settings.timeLimitMs} ms; narrow it`);
    } finally {
      clearTimeout(timer);
    }
  }

  async #acquire(): Promise<DuckDBConnection> {
    if (this.#isClosed) throw closed();
    const connection = this.#idle.pop();
    if (connection) return connection;
    if (this.#waiting.length >= this.#settings.maxWaiting) {
      throw new StoreError('query_overload', 'too many queries wait for the store; try again in a moment');
    }
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #release(connection: DuckDBConnection): void {
    const next = this.#waiting.shift();
    if (next) next.resolve(connection);
    else this.#idle.push(connection);
  }
}

function closed(): StoreError {
  return new StoreError('store_closed', 'the store is closed');
}
