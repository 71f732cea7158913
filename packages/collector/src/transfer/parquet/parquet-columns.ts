import { observationRowSchema, scoreRowSchema } from '@slipstream/query-api';
import type { ExportedRow } from '../export-rows.js';

export type ParquetType = 'VARCHAR' | 'BIGINT' | 'DOUBLE';

/** A column of the file: the row's field of the same name. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: ParquetType;
  /** Whether a structure is kept as JSON text. */
  readonly isJson: boolean;
}

const BIGINTS: ReadonlySet<string> = new Set(['start_ns', 'end_ns', 'completion_start_ns', 'revision', 'time_us']);
const DOUBLES: ReadonlySet<string> = new Set(['value']);
const STRUCTURES: ReadonlySet<string> = new Set([
  'metadata',
  'trace_metadata',
  'usage_details',
  'cost_details',
  'tags',
]);

function columnsOf(fields: readonly string[]): readonly ParquetColumn[] {
  return fields
    .filter((name) => name !== 'kind')
    .map((name) => ({ name, type: typeOf(name), isJson: STRUCTURES.has(name) }));
}

function typeOf(name: string): ParquetType {
  if (BIGINTS.has(name)) return 'BIGINT';
  return DOUBLES.has(name) ? 'DOUBLE' : 'VARCHAR';
}

/** One column for each field of the row's schema, in its order; the kind is that of the file. */
export const PARQUET_COLUMNS: Readonly<Record<'observations' | 'scores', readonly ParquetColumn[]>> = {
  observations: columnsOf(Object.keys(observationRowSchema.shape)),
  scores: columnsOf(Object.keys(scoreRowSchema.shape)),
};

/** A row's value as its column keeps it. */
export function toCell(column: ParquetColumn, row: ExportedRow): string | bigint | number | null {
  const value = (row as unknown as Readonly<Record<string, unknown>>)[column.name] ?? null;
  if (value === null) return null;
  if (column.isJson) return JSON.stringify(value);
  if (column.type === 'BIGINT') return BigInt(value as string | number);
  return value as string | number;
}

/** The row's value out of a cell, whoever wrote the file: structures may be JSON text or structures. */
export function fromCell(column: ParquetColumn, cell: unknown): unknown {
  if (cell === null || cell === undefined) return null;
  if (column.isJson) return typeof cell === 'string' ? parseJson(cell) : cell;
  return column.name.endsWith('_ns') ? String(cell) : cell;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The schema of the row then says that it is no structure.
    return text;
  }
}
