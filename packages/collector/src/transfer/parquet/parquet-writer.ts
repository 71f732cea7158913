import { join } from 'node:path';
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import type { ExportedRow } from '../export-rows.js';
import { rowChars } from '../row-size.js';
import { PARQUET_COLUMNS, type ParquetColumn, toCell } from './parquet-columns.js';
import { openParquetEngine, quote } from './parquet-engine.js';

/** Rows are gathered in memory up to this, then written as a part; the parts are joined in the end. */
const MAX_PART_CHARS = 32 * 1024 * 1024;
const MAX_PART_ROWS = 100_000;

const FORMAT_SQL = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE_BYTES '64MB'";

/**
 * Writes pages of rows into one Parquet file and gives its path.
 *
 * @param folder of temporary files, the result among them; MUST be there
 */
export async function writeParquet(
  pages: AsyncIterable<readonly ExportedRow[]>,
  what: 'observations' | 'scores',
  folder: string,
): Promise<string> {
  const engine = await openParquetEngine(folder);
  try {
    const writer = new PartWriter(engine.connection, PARQUET_COLUMNS[what], folder);
    await writer.begin();
    for await (const rows of pages) await writer.add(rows);
    return await writer.join();
  } finally {
    engine.close();
  }
}

class PartWriter {
  readonly #connection: DuckDBConnection;
  readonly #columns: readonly ParquetColumn[];
  readonly #folder: string;
  readonly #parts: string[] = [];
  #appender: DuckDBAppender | undefined;
  #rows = 0;
  #chars = 0;

  constructor(connection: DuckDBConnection, columns: readonly ParquetColumn[], folder: string) {
    this.#connection = connection;
    this.#columns = columns;
    this.#folder = folder;
  }

  async begin(): Promise<void> {
    const columnsSql = this.#columns.map(({ name, type }) => `"${name}" ${type}`).join(', ');
    await this.#connection.run(`CREATE OR REPLACE TABLE part (${columnsSql})`);
    this.#appender = await this.#connection.createAppender('part');
    this.#rows = 0;
    this.#chars = 0;
  }

  async add(rows: readonly ExportedRow[]): Promise<void> {
    for (const row of rows) {
      for (const column of this.#columns) appendCell(this.#appender, column, row);
      this.#appender?.endRow();
      this.#chars += rowChars(row);
    }
    this.#rows += rows.length;
    if (this.#rows >= MAX_PART_ROWS || this.#chars >= MAX_PART_CHARS) await this.#finishPart();
  }

  /** A file without rows has its columns. */
  async join(): Promise<string> {
    if (this.#rows > 0 || this.#parts.length === 0) await this.#finishPart();
    this.#appender?.closeSync();
    const [only] = this.#parts;
    if (only !== undefined && this.#parts.length === 1) return only;
    const whole = join(this.#folder, 'export.parquet');
    const partsSql = this.#parts.map(quote).join(', ');
    await this.#connection.run(`COPY (SELECT * FROM read_parquet([${partsSql}])) TO ${quote(whole)} (${FORMAT_SQL})`);
    return whole;
  }

  async #finishPart(): Promise<void> {
    this.#appender?.closeSync();
    this.#appender = undefined;
    const path = join(this.#folder, `part-${this.#parts.length}.parquet`);
    await this.#connection.run(`COPY part TO ${quote(path)} (${FORMAT_SQL})`);
    this.#parts.push(path);
    await this.begin();
  }
}

function appendCell(appender: DuckDBAppender | undefined, column: ParquetColumn, row: ExportedRow): void {
  const cell = toCell(column, row);
  if (cell === null) appender?.appendNull();
  else if (typeof cell === 'bigint') appender?.appendBigInt(cell);
  else if (typeof cell === 'number') appender?.appendDouble(cell);
  else appender?.appendVarchar(cell);
}
