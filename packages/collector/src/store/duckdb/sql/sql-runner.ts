import type { DuckDBConnection, DuckDBInstance, DuckDBResult } from '@duckdb/node-api';
import type { SqlRequest, SqlResult } from '@slipstream/query-api';
import { jsonLength, toJsonValue } from '../../../duckdb/json-values.js';
import { StoreError, toStoreError } from '../../errors.js';
import type { QueryPool } from '../database/query-pool.js';
import { SerialLane } from '../serial-lane.js';
import { refused, StatementCheck } from './statement.js';

/** Statements that wait for the one under way. */
const MAX_WAITING = 8;

/** What the rows of an answer take as JSON, about; a result that is larger is cut off like one of too many rows. */
const MAX_RESULT_CHARS = 32 * 1024 * 1024;

export interface SqlParts {
  readonly instance: DuckDBInstance;
  readonly queries: QueryPool;
  /** Runs while no batch is written and no start of an ended span is stored. */
  readonly atRest: (begin: () => Promise<void>) => Promise<void>;
}

/**
 * People's own statements, one at a time, on a connection of its own that sees nothing but the views. Each runs in a
 * transaction that is declared read-only, on an instance whose settings are locked and which may touch no file but its
 * own; and before that it has to pass {@link StatementCheck}.
 */
export class SqlRunner {
  readonly #parts: SqlParts;
  readonly #lane = new SerialLane();
  #waiting = 0;
  #session: Promise<Session> | undefined;
  #isClosed = false;

  constructor(parts: SqlParts) {
    this.#parts = parts;
  }

  /** @throws StoreError `sql_refused`, `query_timeout`, `query_overload`, `store_closed`, `store_failed` */
  async run(request: SqlRequest): Promise<SqlResult> {
    if (this.#isClosed) throw closed();
    if (this.#waiting >= MAX_WAITING)
      throw new StoreError('query_overload', 'too many statements wait; try again soon');
    this.#waiting += 1;
    try {
      // It takes the place of one query, so that statements never occupy more threads than queries may.
      return await this.#lane.run(() => this.#parts.queries.hold(() => this.#runNow(request)));
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Interrupts what runs and waits for it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const session = await this.#session?.catch(() => undefined);
    session?.connection.interrupt();
    await this.#lane.run(async () => session?.connection.closeSync());
  }

  async #runNow({ sql, maxRows, timeLimitMs }: SqlRequest): Promise<SqlResult> {
    if (this.#isClosed) throw closed();
    this.#session ??= openSession(this.#parts.instance);
    const { connection, check } = await this.#session;
    await check.check(sql);
    const startedMs = performance.now();
    const limit = new TimeLimit(timeLimitMs, connection);
    try {
      await this.#parts.atRest(() => beginReading(connection));
      const result = await connection.stream(sql);
      const rows = await readRows(result, maxRows, limit);
      return { columns: columnsOf(result), ...rows, elapsedMs: performance.now() - startedMs };
    } catch (error) {
      if (this.#isClosed) throw closed();
      throw limit.isOver ? limit.error() : toSqlError(error);
    } finally {
      limit.end();
      await endReading(connection);
    }
  }
}

interface Session {
  readonly connection: DuckDBConnection;
  readonly check: StatementCheck;
}

async function openSession(instance: DuckDBInstance): Promise<Session> {
  const connection = await instance.connect();
  await connection.run("SET search_path = 'shown'");
  return { connection, check: await StatementCheck.create(connection) };
}

/** The engine takes its snapshot with the first look at the database, not with BEGIN. */
async function beginReading(connection: DuckDBConnection): Promise<void> {
  await connection.run('BEGIN TRANSACTION READ ONLY');
  await connection.run('SELECT 1 FROM main.store_state');
}

async function endReading(connection: DuckDBConnection): Promise<void> {
  try {
    await connection.run('ROLLBACK');
  } catch {
    // No transaction is open where the statement was refused before it began.
  }
}

async function readRows(
  result: DuckDBResult,
  maxRows: number,
  limit: TimeLimit,
): Promise<Pick<SqlResult, 'rows' | 'truncated'>> {
  const rows: unknown[][] = [];
  let chars = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) return { rows, truncated: false };
    for (let index = 0; index < chunk.rowCount; index += 1) {
      if (rows.length === maxRows || chars > MAX_RESULT_CHARS) return { rows, truncated: true };
      const row = chunk.getRowValues(index).map(toJsonValue);
      for (const value of row) chars += jsonLength(value);
      rows.push(row);
    }
    if (limit.isOver) throw limit.error();
  }
}

function columnsOf(result: DuckDBResult): SqlResult['columns'] {
  const types = result.columnTypes();
  return result.columnNames().map((name, index) => ({ name, type: String(types[index]) }));
}

/** An interruption between two steps of a statement is lost, so it is repeated until the statement is over. */
const INTERRUPT_INTERVAL_MS = 50;

/** Stops a statement that takes too long. */
class TimeLimit {
  readonly #ms: number;
  readonly #connection: DuckDBConnection;
  #timer: NodeJS.Timeout;
  isOver = false;

  constructor(ms: number, connection: DuckDBConnection) {
    this.#ms = ms;
    this.#connection = connection;
    this.#timer = setTimeout(() => this.#stop(), ms);
  }

  error(): StoreError {
    return new StoreError('query_timeout', `the statement was stopped after ${this.#ms} ms; narrow it`);
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #stop(): void {
    this.isOver = true;
    this.#connection.interrupt();
    this.#timer = setTimeout(() => this.#stop(), INTERRUPT_INTERVAL_MS);
  }
}

/** What the engine says of a statement is for its author; what it says of itself is a fault of the store. */
function toSqlError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (/^(FATAL|INTERNAL|IO|Connection|Serialization)\b/.test(message)) return toStoreError(error);
  return refused(message.replace(/\.$/, ''));
}

function closed(): StoreError {
  return new StoreError('store_closed', 'the store is closed');
}
