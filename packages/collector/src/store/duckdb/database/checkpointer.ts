import { statSync } from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';

export interface CheckpointSettings {
  /** Rows between two checkpoints under load. The log is replayed after a crash, at 18 µs of processor time a row. */
  readonly everyRows: number;
  /** Bytes of the log at which the next checkpoint is due whatever the rows: large texts fill it sooner. */
  readonly everyBytes: number;
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
  readonly #logPath: string;
  #rows = 0;
  #logBytes = 0;

  constructor(connection: DuckDBConnection, settings: CheckpointSettings, logPath: string) {
    this.#connection = connection;
    this.#settings = settings;
    this.#logPath = logPath;
  }

  /** Called after each commit, ten times a second under load. */
  noteRows(rows: number): void {
    this.#rows += rows;
    this.#logBytes = statSync(this.#logPath, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Whether one is due, `quietMs` after the last write. */
  isDue(quietMs: number): boolean {
    const { everyRows, everyBytes, idleMs } = this.#settings;
    return this.#rows >= everyRows || this.#logBytes >= everyBytes || (this.#rows > 0 && quietMs >= idleMs);
  }

  /** After a failure rows are safe in the log, and the next turn counts from here. MUST NOT overlap a transaction. */
  async checkpoint(): Promise<void> {
    this.#rows = 0;
    this.#logBytes = 0;
    await this.#connection.run('CHECKPOINT');
  }
}
