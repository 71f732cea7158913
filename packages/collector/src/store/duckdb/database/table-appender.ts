import {
  BIGINT,
  DOUBLE,
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  INTEGER,
  VARCHAR,
} from '@duckdb/node-api';
import type { Column, SqlType } from '../schema/columns.js';
import { type ColumnVector, createColumnVector } from './column-vectors.js';

/** The engine's own size of a vector. */
const MAX_CHUNK_ROWS = 2048;

const TYPES = { VARCHAR, BIGINT, DOUBLE, INTEGER } as const satisfies Record<SqlType, unknown>;

/**
 * Appends rows to one table inside the transaction of its connection, in chunks that are built column by column: a call
 * of the engine for each value costs two to three times as much (docs/adr/0012-columns-for-appends.md).
 */
export class TableAppender<Row> {
  readonly #connection: DuckDBConnection;
  readonly #table: string;
  readonly #columns: readonly Column<Row>[];
  readonly #vectors: readonly ColumnVector[];
  /** Used again for every chunk: its vectors take a megabyte. */
  #chunk: DuckDBDataChunk | undefined;
  #appender: DuckDBAppender | undefined;
  #hasRows = false;

  constructor(connection: DuckDBConnection, table: string, columns: readonly Column<Row>[]) {
    this.#connection = connection;
    this.#table = table;
    this.#columns = columns;
    this.#vectors = columns.map(({ sqlType }) => createColumnVector(sqlType, MAX_CHUNK_ROWS));
  }

  /** The appender takes copies; they are in the transaction after {@link flush}. */
  async append(rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    this.#appender ??= await this.#connection.createAppender(this.#table);
    this.#hasRows = true;
    for (let from = 0; from < rows.length; from += MAX_CHUNK_ROWS) {
      this.#appendChunk(this.#appender, rows, from, Math.min(rows.length, from + MAX_CHUNK_ROWS));
    }
  }

  flush(): void {
    if (this.#hasRows) this.#appender?.flushSync();
    this.#hasRows = false;
  }

  /** After a failed transaction the appender may hold rows of it: the next `append` starts with a new one. */
  reset(): void {
    const appender = this.#appender;
    this.#appender = undefined;
    this.#hasRows = false;
    for (const vector of this.#vectors) vector.clear();
    this.#chunk?.reset();
    appender?.clear();
  }

  close(): void {
    this.#appender?.closeSync();
    this.#appender = undefined;
  }

  #appendChunk(appender: DuckDBAppender, rows: readonly Row[], from: number, to: number): void {
    this.#chunk ??= DuckDBDataChunk.create(this.#columns.map(({ sqlType }) => TYPES[sqlType]));
    const chunk = this.#chunk;
    chunk.rowCount = to - from;
    for (const [index, column] of this.#columns.entries()) {
      const vector = this.#vectors[index] as ColumnVector;
      for (let row = from; row < to; row++) vector.set(row - from, column.encode(rows[row] as Row));
      vector.moveInto(chunk.chunk, index, to - from);
    }
    appender.appendDataChunk(chunk);
    // Lets go of the texts.
    chunk.reset();
  }
}
