import type { DuckDBConnection, DuckDBResult } from '@duckdb/node-api';
import { toJsonValue } from '../../duckdb/json-values.js';
import { importUnreadable } from '../../errors.js';
import type { RawRow } from '../read-rows.js';
import { fromCell, PARQUET_COLUMNS, type ParquetColumn } from './parquet-columns.js';
import { openParquetEngine, quote } from './parquet-engine.js';

/**
 * The rows of a Parquet file with the columns of an export; others are passed by, and ones that are not there are NULL.
 *
 * @throws `IMPORT_UNREADABLE` where it is no Parquet file, or has row groups that do not fit into memory
 */
export async function* readParquetFile(path: string, folder: string): AsyncGenerator<RawRow> {
  const engine = await openParquetEngine(folder);
  try {
    const result = await openFile(engine.connection, path);
    const what = result.columnNames().includes('score_id') ? 'scores' : 'observations';
    const columns = placeColumns(result, PARQUET_COLUMNS[what]);
    const kind = what === 'scores' ? 'score' : 'observation';
    let line = 0;
    for (;;) {
      const chunk = await nextChunk(result);
      if (!chunk || chunk.rowCount === 0) return;
      for (let index = 0; index < chunk.rowCount; index += 1) {
        line += 1;
        yield { line, content: { value: toRow(kind, columns, chunk.getRowValues(index).map(toJsonValue)) } };
      }
    }
  } finally {
    engine.close();
  }
}

interface PlacedColumn {
  readonly column: ParquetColumn;
  readonly index: number;
}

function placeColumns(result: DuckDBResult, columns: readonly ParquetColumn[]): PlacedColumn[] {
  const names = result.columnNames();
  return columns.map((column) => ({ column, index: names.indexOf(column.name) }));
}

function toRow(kind: string, columns: readonly PlacedColumn[], cells: readonly unknown[]): Record<string, unknown> {
  const row: Record<string, unknown> = { kind };
  for (const { column, index } of columns) row[column.name] = fromCell(column, cells[index]);
  return row;
}

async function openFile(connection: DuckDBConnection, path: string): Promise<DuckDBResult> {
  try {
    return await connection.stream(`SELECT * FROM read_parquet(${quote(path)})`);
  } catch {
    // What the engine says may repeat bytes of the file, and its path.
    throw importUnreadable('it is no Parquet file');
  }
}

async function nextChunk(result: DuckDBResult): ReturnType<DuckDBResult['fetchChunk']> {
  try {
    return await result.fetchChunk();
  } catch {
    throw importUnreadable('it is damaged, or its row groups are too large; write it with smaller ones, or as JSONL');
  }
}
