import { stat } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';

export interface StoreSize {
  /** What the rows that are there take, about; the file keeps the room of removed ones and uses it again. */
  readonly liveBytes: number;
  /** With its share of everything else. */
  readonly bytesPerSpan: number;
}

/** The log beside the database file, until a checkpoint. */
const LOG_SUFFIX = '.wal';

const PATH_SQL = 'SELECT path FROM duckdb_databases() WHERE database_name = current_database()';

const BLOCKS_SQL = 'SELECT block_size * used_blocks FROM pragma_database_size()';

/** Rows of the table as it lies in the file, removed ones included: the engine frees them by whole row groups. */
const ROWS_IN_FILE_SQL = `SELECT coalesce(sum(count), 0) FROM pragma_storage_info('observations')
WHERE column_name = 'span_id' AND segment_type = 'VARCHAR'`;

/**
 * Blocks in use times the share of rows that have not been removed. What blocks are in use alone would not do: they stay
 * in use for a while after their rows went, and whoever waits for them to be free would remove far too much.
 */
export async function readStoreSize(connection: DuckDBConnection): Promise<StoreSize> {
  const usedBytes = (await readNumber(connection, BLOCKS_SQL)) + (await logBytes(connection));
  const rowsInFile = await readNumber(connection, ROWS_IN_FILE_SQL);
  const rows = await readNumber(connection, 'SELECT spans FROM store_state');
  const liveBytes = rowsInFile > rows ? usedBytes * (rows / rowsInFile) : usedBytes;
  return { liveBytes, bytesPerSpan: liveBytes / Math.max(1, rows) };
}

async function logBytes(connection: DuckDBConnection): Promise<number> {
  const reader = await connection.runAndReadAll(PATH_SQL);
  try {
    return (await stat(`${String(reader.getRowsJS()[0]?.[0])}${LOG_SUFFIX}`)).size;
  } catch {
    // There is none after a checkpoint.
    return 0;
  }
}

async function readNumber(connection: DuckDBConnection, sql: string): Promise<number> {
  const reader = await connection.runAndReadAll(sql);
  return Number(reader.getRowsJS()[0]?.[0] ?? 0);
}
