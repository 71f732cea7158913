import { Readable } from 'node:stream';
import {
  type ClickHouseClient,
  ClickHouseError,
  ClickHouseLogLevel,
  type ClickHouseSettings,
  createClient,
} from '@clickhouse/client';
import { StoreError } from '../../errors.js';
import type { EngineSettings } from '../settings.js';

/** What a row of an answer holds: 64-bit numbers are texts, maps and lists are asked for as JSON text. */
export type Cell = string | number | boolean | null;

/** A statement and what its `{name:Type}` stand for: nothing that a user or a sender wrote is in the text. */
export interface Query {
  readonly sql: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

export interface QueryLimits {
  readonly settings?: ClickHouseSettings;
  readonly timeoutMs?: number;
}

export interface LineLimits extends QueryLimits {
  readonly timeoutMs: number;
  readonly maxLines: number;
  readonly maxChars: number;
}

/** What answers queries; a database in its own right for those who only read. */
export interface RowSource {
  rows(query: Query): Promise<Cell[][]>;
}

/** Time that ClickHouse gets to say by itself that a query took too long, before the connection is given up. */
const GRACE_MS = 2_000;

/** ClickHouse's own numbers. */
const TIMEOUT_CODES: ReadonlySet<string> = new Set(['159', '160', '209']);

/** Unknown user, wrong or missing password, address or access denied. */
const REFUSAL_CODES: ReadonlySet<string> = new Set(['192', '193', '194', '195', '497', '516']);

const COMMON_SETTINGS: ClickHouseSettings = {
  output_format_json_quote_64bit_integers: 1,
  // Off whatever the server's default is: a batch is large as it is, and its insert shall be on disk when it is answered.
  async_insert: 0,
  // Rows are told apart by their keys. ClickHouse's own deduplication compares blocks, and would leave out what is
  // written again after it was removed, such as an import of what retention took.
  insert_deduplicate: 0,
  // One thread reads the rows of an insert: a row may be larger than the pieces that several would share.
  input_format_parallel_parsing: 0,
  // Where there are replicas, a read sees what any of them has acknowledged: the order of the intake rests on it.
  select_sequential_consistency: '1',
  // A partition is a day, and a batch may bring any number of them.
  max_partitions_per_insert_block: '0',
};

/** One ClickHouse database, over HTTP. Everything rejects with {@link StoreError}. */
export class Connection implements RowSource {
  readonly #client: ClickHouseClient;
  readonly #settings: EngineSettings;

  constructor(settings: EngineSettings) {
    this.#settings = settings;
    this.#client = createClient({
      url: settings.url,
      username: settings.username,
      password: settings.password,
      database: settings.database,
      application: 'slipstream',
      request_timeout: settings.requestTimeoutMs,
      use_multipart_params_auto: true,
      clickhouse_settings: COMMON_SETTINGS,
      log: { level: ClickHouseLogLevel.OFF },
    });
  }

  /** @throws StoreError `query_timeout`, `store_failed` */
  rows({ sql, params }: Query, limits: QueryLimits = {}): Promise<Cell[][]> {
    const { timeoutMs = this.#settings.queryTimeoutMs, settings } = limits;
    return this.#within(timeoutMs + GRACE_MS, async (signal) => {
      const answer = await this.#client.query({
        query: sql,
        format: 'JSONCompactEachRow',
        ...(params === undefined ? {} : { query_params: { ...params } }),
        clickhouse_settings: { max_execution_time: Math.max(1, Math.ceil(timeoutMs / 1000)), ...settings },
        abort_signal: signal,
      });
      return parseLines(await answer.text());
    });
  }

  /**
   * The first lines of an answer: names, types, then rows. Reading stops where it is long enough.
   *
   * @param onError what an error of ClickHouse means here; nothing where it means what it always does
   */
  lines(
    { sql }: Query,
    { timeoutMs, settings, maxLines, maxChars }: LineLimits,
    onError: (error: ClickHouseError) => StoreError | undefined,
  ): Promise<{ readonly lines: readonly unknown[][]; readonly isCut: boolean }> {
    return this.#within(
      timeoutMs + GRACE_MS,
      async (signal) => {
        const answer = await this.#client.query({
          query: sql,
          format: 'JSONCompactEachRowWithNamesAndTypes',
          clickhouse_settings: { max_execution_time: timeoutMs / 1000, ...settings },
          abort_signal: signal,
        });
        return readLines(answer.stream<unknown[]>(), maxLines, maxChars);
      },
      onError,
    );
  }

  /** A statement without an answer. */
  command({ sql, params }: Query, settings?: ClickHouseSettings): Promise<void> {
    return this.#within(this.#settings.requestTimeoutMs, async (signal) => {
      await this.#client.command({
        query: sql,
        ...(params === undefined ? {} : { query_params: { ...params } }),
        ...(settings === undefined ? {} : { clickhouse_settings: settings }),
        abort_signal: signal,
      });
    });
  }

  /** Rows as lines of JSON arrays, in the order of the columns. Resolves when they are on ClickHouse's disk. */
  insert(table: string, columns: readonly string[], lines: readonly string[]): Promise<void> {
    return this.insertPieces(table, columns, piecesOf(lines));
  }

  /** The same of rows that are bytes already, each with its line break. */
  insertPieces(table: string, columns: readonly string[], pieces: Iterable<Buffer>): Promise<void> {
    return this.#within(this.#settings.requestTimeoutMs, async (signal) => {
      const { stream } = await this.#client.exec({
        query: `INSERT INTO ${table} (${columns.join(', ')}) FORMAT JSONCompactEachRow`,
        values: Readable.from(pieces, { objectMode: false }),
        abort_signal: signal,
      });
      await drain(stream);
    });
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async #within<T>(
    limitMs: number,
    action: (signal: AbortSignal) => Promise<T>,
    onError: (error: ClickHouseError) => StoreError | undefined = () => undefined,
  ): Promise<T> {
    const signal = AbortSignal.timeout(limitMs);
    try {
      return await action(signal);
    } catch (error) {
      const isTimeout = error instanceof ClickHouseError && TIMEOUT_CODES.has(error.code);
      const special = error instanceof ClickHouseError && !isTimeout ? onError(error) : undefined;
      throw special ?? toStoreError(error, signal.aborted);
    }
  }
}

/** Lines put together to pieces of some size: a piece each would be a system call each. */
function* piecesOf(lines: readonly string[]): Generator<Buffer> {
  const pieceChars = 256 * 1024;
  let piece = '';
  for (const line of lines) {
    piece += line;
    piece += '\n';
    if (piece.length < pieceChars) continue;
    yield Buffer.from(piece);
    piece = '';
  }
  if (piece !== '') yield Buffer.from(piece);
}

async function readLines(
  stream: AsyncIterable<readonly { readonly text: string; json<T>(): T }[]>,
  maxLines: number,
  maxChars: number,
): Promise<{ lines: unknown[][]; isCut: boolean }> {
  const lines: unknown[][] = [];
  let chars = 0;
  for await (const batch of stream) {
    for (const line of batch) {
      if (lines.length === maxLines || chars > maxChars) return { lines, isCut: true };
      chars += line.text.length;
      lines.push(line.json<unknown[]>());
    }
  }
  return { lines, isCut: false };
}

/** The socket is free for the next request only when the answer, which is empty, has been read. */
async function drain(stream: Readable): Promise<void> {
  for await (const _ of stream);
}

/** @throws StoreError where ClickHouse broke off after the answer had begun: then the message stands among the lines */
function parseLines(text: string): Cell[][] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    try {
      return JSON.parse(line) as Cell[];
    } catch (error) {
      throw new StoreError('store_failed', 'the answer of ClickHouse ended in its midst', { cause: error });
    }
  });
}

/** Whether ClickHouse knows us too well, or not at all: trying again does not help. */
export function isRefusal(error: unknown): boolean {
  const cause = error instanceof StoreError ? error.cause : error;
  return cause instanceof ClickHouseError && REFUSAL_CODES.has(cause.code);
}

function toStoreError(error: unknown, isExpired: boolean): StoreError {
  if (error instanceof StoreError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ClickHouseError) {
    const code = TIMEOUT_CODES.has(error.code) ? 'query_timeout' : 'store_failed';
    return new StoreError(code, `ClickHouse: ${message}`, { cause: error });
  }
  if (isExpired || /timeout/i.test(message)) {
    return new StoreError('query_timeout', 'ClickHouse did not answer in time', { cause: error });
  }
  return new StoreError('store_failed', `ClickHouse cannot be reached: ${message}`, { cause: error });
}
