/**
 * Rows on their way to ClickHouse and back, by the columns that the embedded store declares: a column has the same name
 * in both, and here maps and lists are real ones.
 */
import type { Column, SqlValue } from '../../duckdb/schema/columns.js';
import type { Cell } from '../database/connection.js';

/** Columns whose codec writes JSON, which stands in a line as it is, and what stands for nothing. */
const STRUCTURES: ReadonlyMap<string, string> = new Map([
  ['metadata', '{}'],
  ['trace_metadata', '{}'],
  ['usage_details', '{}'],
  ['cost_details', '{}'],
  ['tags', '[]'],
]);

/** One line of an insert; `more` are cells of columns that only ClickHouse has, as JSON. */
export function toLine<Row>(columns: readonly Column<Row>[], row: Row, more: readonly string[]): string {
  let line = '[';
  for (const column of columns) line += `${cellText(column, column.encode(row))},`;
  line += `${more.join(',')}]`;
  return line.includes(MAYBE_HALF) ? line.replace(ESCAPE, withoutHalf) : line;
}

/**
 * `JSON.stringify` escapes half of a surrogate pair, which JSON in an attribute can bring, and no other character of that
 * range. ClickHouse refuses the whole insert for it, so the row has the replacement character instead, as UTF-8 would.
 */
const MAYBE_HALF = '\\ud';
const ESCAPE = /\\(?:u(d[89a-f][0-9a-f]{2})|.)/g;

/** Whole escapes are matched, so that a backslash that is escaped itself begins none. */
function withoutHalf(found: string, half: string | undefined): string {
  return half === undefined ? found : '\ufffd';
}

function cellText<Row>({ name }: Column<Row>, value: SqlValue): string {
  const nothing = STRUCTURES.get(name);
  if (nothing !== undefined) return value === null ? nothing : String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  // Infinity and NaN have no JSON, and are worth nothing.
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  return String(value);
}

/** What a query asks for so that {@link fromCells} can read it. */
export function selectList<Row>(columns: readonly Column<Row>[]): string {
  return columns.map(({ name }) => (STRUCTURES.has(name) ? `toJSONString(${name})` : name)).join(', ');
}

/** A row of {@link selectList}; cells behind the columns' are left alone. */
export function fromCells<Row>(columns: readonly Column<Row>[], cells: readonly Cell[]): Row {
  const draft: Partial<Row> = {};
  for (const [index, column] of columns.entries()) column.decodeInto(draft, toSqlValue(column, cells[index] ?? null));
  return draft as Row;
}

function toSqlValue<Row>({ sqlType }: Column<Row>, cell: Cell): SqlValue {
  if (cell === null) return null;
  if (sqlType === 'BIGINT') return BigInt(cell);
  return sqlType === 'VARCHAR' ? String(cell) : Number(cell);
}

export function namesOf<Row>(columns: readonly Column<Row>[]): string[] {
  return columns.map(({ name }) => name);
}
