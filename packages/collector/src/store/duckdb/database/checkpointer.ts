import type { DuckDBConnection } from '@duckdb/node-api';

export interface CheckpointSettings {
  /** Rows between two checkpoints under load. The log of this many is replayed after a crash: 1.3 s for 400,000. */
  readonly everyRows: number;
  /** A store that has had no write for this long checkpoints what is left, in milliseconds. */
  readonly idleMs: number;
}

/**
 * Moves the write-ahead log into the database file at moments of our choice. The engine's own trigger would do it inside
 * a commit; here it runs on another thread while the writer waits and queries go on.
 */
export class Checkpointer {
  readonly #connection: DuckDBConnection;
  readonly #settings: CheckpointSettings;
  #rows = 0;

  constructor(connection: DuckDBConnection, settings: CheckpointSettings) {
    this.#connection = connection;
    this.#settings = settings;
  }

  noteRows(rows: number): void {
    this.#rows += rows;
  }

  /** Whether one is due, `quietMs` after the last write. */
  isDue(quietMs: number): boolean {
    return this.#rows >= this.#settings.everyRows || (this.#rows > 0 && quietMs >= this.#settings.idleMs);
  }

  /** After a failure rows are safe in the log, and the next turn counts from here. MUST NOT overlap a transaction. */
  async checkpoint(): Promise<void> {
    this.#rows = 0;
    await this.#connection.run('CHECKPOINT');
  }
}
