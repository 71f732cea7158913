import type { SqlRequest, SqlResult } from '@slipstream/query-api';
import type { StoreError } from '../../errors.js';
import type { Connection } from '../database/connection.js';
import { toJsonValue } from './json-values.js';
import { checkStatement, refused, type Surroundings } from './statement.js';

/** What the rows of an answer take as JSON; one that is larger is cut off like one of too many rows. */
const MAX_RESULT_CHARS = 32 * 1024 * 1024;

/** A statement of a person takes no more of a ClickHouse that others use as well. */
const MAX_MEMORY_BYTES = 4 * 1024 * 1024 * 1024;

/** ClickHouse's numbers for a server that is at fault, and not the statement. */
const SERVER_FAULTS: ReadonlySet<string> = new Set([
  '202',
  '203',
  '209',
  '210',
  '242',
  '243',
  '252',
  '999',
  '1000',
  '1001',
]);

/** @throws StoreError `sql_refused`, `query_timeout`, `store_failed` */
export async function runSql(connection: Connection, { sql, maxRows, timeLimitMs }: SqlRequest): Promise<SqlResult> {
  const startedMs = performance.now();
  const statement = checkStatement(sql, await readSurroundings(connection));
  const result = await connection.lines(
    { sql: statement },
    {
      timeoutMs: timeLimitMs,
      settings: {
        readonly: '1',
        max_result_rows: String(maxRows + 1),
        max_result_bytes: String(2 * MAX_RESULT_CHARS),
        result_overflow_mode: 'break',
        max_memory_usage: String(MAX_MEMORY_BYTES),
        allow_introspection_functions: 0,
        output_format_json_quote_decimals: 1,
        output_format_json_quote_denormals: 1,
        cancel_http_readonly_queries_on_client_close: 1,
      },
      maxLines: maxRows + 3,
      maxChars: MAX_RESULT_CHARS,
    },
    toSqlError,
  );
  const [names = [], types = [], ...rows] = result.lines;
  return {
    columns: names.map((name, index) => ({ name: String(name), type: String(types[index]) })),
    rows: rows.slice(0, maxRows).map((row) => row.map((value, index) => toJsonValue(value, String(types[index])))),
    truncated: result.isCut || rows.length > maxRows,
    elapsedMs: performance.now() - startedMs,
  };
}

/** Anew for each statement: somebody else may make a database or a table meanwhile, and it costs a millisecond. */
async function readSurroundings(connection: Connection): Promise<Surroundings> {
  const rows = await connection.rows({
    sql: `SELECT 'database', name FROM system.databases
UNION ALL SELECT 'table', name FROM system.tables WHERE database = currentDatabase()
UNION ALL SELECT 'function', name FROM system.table_functions`,
  });
  const namesOf = (kind: string): string[] => rows.filter(([each]) => each === kind).map(([, name]) => String(name));
  return { databases: namesOf('database'), tables: namesOf('table'), tableFunctions: namesOf('function') };
}

/** What ClickHouse says of a statement is for its author; what it says of itself is a fault of the store. */
function toSqlError(error: { readonly code: string; readonly message: string }): StoreError | undefined {
  return SERVER_FAULTS.has(error.code) ? undefined : refused(error.message.replace(/\.?\s*$/, ''));
}
