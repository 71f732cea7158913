import { StoreError } from '../errors.js';

/** What {@link createClickHouseStore} takes beside its thread. */
export interface ClickHouseStoreOptions {
  /** `clickhouse://user:password@host:8123/database`; `clickhouses://` for TLS. The database is made where it is missing. */
  readonly url: string;
  /** A JSON file of model prices that go before the built-in ones. */
  readonly priceFile?: string | undefined;
  /** One request to ClickHouse, from its first byte to the last of the answer. @default 30,000 */
  readonly requestTimeoutMs?: number | undefined;
  /** A query gives up after this long, also in ClickHouse. @default 10,000 */
  readonly queryTimeoutMs?: number | undefined;
  /**
   * Spans of one trace that are folded for the list. Of a larger trace it shows names and sums of the first as many and
   * of what came since, and the true number of spans. @default 100,000
   */
  readonly maxFoldedSpans?: number | undefined;
}

/** Plain data: it is handed to the store's thread. */
export interface EngineSettings {
  /** Without credentials. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly database: string;
  readonly priceFile: string | undefined;
  readonly requestTimeoutMs: number;
  readonly queryTimeoutMs: number;
  /** Folded traces that are kept, so that a trace in motion is not read again with each batch: bounded by their spans. */
  readonly maxCachedSpans: number;
  readonly maxFoldedSpans: number;
}

const DEFAULT_PORTS = { 'clickhouse:': '8123', 'clickhouses:': '8443' } as const;
const DATABASE_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;

/** @throws StoreError `store_open_failed`; never shows the address, which may hold a password */
export function resolveSettings(options: ClickHouseStoreOptions): EngineSettings {
  const url = parseUrl(options.url);
  const database = decode(url.pathname.slice(1)) || 'slipstream';
  if (!DATABASE_NAME.test(database)) {
    throw new StoreError('store_open_failed', 'the database of the ClickHouse address must be letters, digits and _');
  }
  const scheme = url.protocol as keyof typeof DEFAULT_PORTS;
  return {
    url: `${scheme === 'clickhouses:' ? 'https' : 'http'}://${url.hostname}:${url.port || DEFAULT_PORTS[scheme]}`,
    username: decode(url.username) || 'default',
    password: decode(url.password),
    database,
    priceFile: options.priceFile,
    requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
    queryTimeoutMs: options.queryTimeoutMs ?? 10_000,
    maxCachedSpans: 50_000,
    maxFoldedSpans: options.maxFoldedSpans ?? 100_000,
  };
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !(url.protocol in DEFAULT_PORTS) || url.hostname === '') {
    throw wrongAddress();
  }
  return url;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A `%` that begins nothing; the error would show what stands around it.
    throw wrongAddress();
  }
}

function wrongAddress(): StoreError {
  return new StoreError(
    'store_open_failed',
    'the ClickHouse address must be clickhouse://user:password@host:8123/database',
  );
}
