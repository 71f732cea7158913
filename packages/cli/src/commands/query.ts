import type { SqlResult } from '@slipstream/query-api';
import type { CollectorAddress } from '../collector/request.js';
import { askSql } from '../collector/sql.js';
import { wrongUsage } from '../errors.js';
import { EXIT_CODE } from '../exit-codes.js';
import type { QueryFlags } from '../program/flags.js';
import { plainJson, plainText } from '../terminal/plain-text.js';
import { type Column, formatAmount, formatTable } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';

const MAX_SQL_CHARS = 100_000;
const CELL_COLUMNS = 200;
const MIN_CELL_COLUMNS = 8;

/**
 * Runs one read-only statement.
 *
 * @param sql the statement, or `-` for what `input` holds
 * @returns the exit code
 * @throws CliError `usage` without a statement, `rejected` where it is faulty or too slow
 */
export async function runQuery(
  address: CollectorAddress,
  sql: string,
  flags: QueryFlags,
  io: { readonly terminal: Terminal; readonly input: AsyncIterable<Uint8Array> },
): Promise<number> {
  if (flags.json && flags.csv) throw wrongUsage('--json and --csv exclude each other.');
  const statement = sql === '-' ? await readAll(io.input) : sql;
  if (statement.trim() === '') throw wrongUsage('There is no statement.');
  if (statement.length > MAX_SQL_CHARS) throw wrongUsage(`A statement has at most ${MAX_SQL_CHARS} characters.`);
  const result = await askSql(address, { sql: statement, maxRows: flags.maxRows, timeLimitMs: flags.timeoutMs });
  io.terminal.data(format(result, flags, io.terminal));
  if (!flags.json && result.truncated) {
    io.terminal.talk(`There are more than ${formatAmount(result.rows.length, 'row')}: add --max-rows, or a LIMIT.`);
  }
  return EXIT_CODE.ok;
}

function format(result: SqlResult, flags: QueryFlags, terminal: Terminal): string {
  if (flags.json) return `${plainJson(result)}\n`;
  return flags.csv ? toCsv(result, terminal.isScreen) : toTable(result, terminal);
}

async function readAll(input: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of input) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_SQL_CHARS) break;
  }
  return text + decoder.decode();
}

function toTable({ columns, rows }: SqlResult, { paint, columns: maxColumns }: Terminal): string {
  const shown: Column[] = columns.map(({ name }, index) => ({
    title: plainText(name, CELL_COLUMNS),
    align: rows.every((row) => row[index] === null || typeof row[index] === 'number') ? 'right' : 'left',
    minColumns: MIN_CELL_COLUMNS,
  }));
  const cells = rows.map((row) => columns.map((_, index) => plainText(toText(row[index]), CELL_COLUMNS)));
  const [titles = '', ...lines] = formatTable(shown, cells, maxColumns);
  return `${[paint('dim', titles), ...lines].join('\n')}\n`;
}

/** RFC 4180, with line ends as everywhere else. On a screen control characters are replaced, in a file nothing is. */
function toCsv({ columns, rows }: SqlResult, isScreen: boolean): string {
  const field = (value: unknown): string => {
    const text = isScreen ? plainText(toText(value)) : toText(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [columns.map(({ name }) => name), ...rows].map((cells) => cells.map(field).join(','));
  return `${lines.join('\n')}\n`;
}

function toText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
