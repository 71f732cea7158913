import { builtin } from '../runtime.js';
import { gzip } from './compression.js';
import { isLoopbackHost } from './endpoint.js';
import { LateAnswerError, MissingModuleError } from './errors.js';
import type { WorkerSettings } from './protocol.js';
import type { Transport, TransportOutcome } from './transport.js';

/** The stream that collectors read; part of the contract with them, as the fields of its entries are. */
const STREAM = 'slipstream:traces';
const ENTRY_VERSION = '1';
const ENTRY_ENCODING = 'otlp+gzip';

export interface RedisTimeouts {
  /** To a connection, TLS and authentication included. */
  readonly connectMs: number;
  /** From a command to its answer. */
  readonly commandMs: number;
}

const DEFAULT_TIMEOUTS: RedisTimeouts = { connectMs: 5_000, commandMs: 10_000 };

type RedisSettings = Pick<WorkerSettings, 'url' | 'redisModulePath' | 'project' | 'sharesThread'>;

/** What is used of an `ioredis` client. */
interface RedisClient {
  readonly status: string;
  readonly stream?: { unref?(): unknown; destroy?(): unknown };
  connect(): Promise<void>;
  disconnect(): void;
  xadd(...args: readonly (string | Buffer)[]): Promise<unknown>;
  on(event: 'error', listener: (error: unknown) => void): unknown;
}

type RedisConstructor = new (options: Readonly<Record<string, unknown>>) => RedisClient;

export function isRedisAddress(url: string): boolean {
  return /^rediss?:/i.test(url);
}

/**
 * A transport that appends each batch to a Redis stream. Several batches may be under way on the one connection,
 * without waiting for each other's answers; what is lost with the connection has failed, and the caller sends it again.
 */
export function createRedisTransport(settings: RedisSettings, timeouts: RedisTimeouts = DEFAULT_TIMEOUTS): Transport {
  const url = new URL(settings.url);
  const connection = new RedisConnection(settings, url, timeouts);
  return {
    isLoopback: isLoopbackHost(url.hostname),
    origin: `${url.protocol}//${url.host}`,
    close: () => connection.close(),
    post: async ({ target, body }) => {
      // Books go to collectors that answer by themselves; a stream does not.
      if (target !== 'traces') return { kind: 'failed', reason: 'EUNSUPPORTED', hadConnection: false };
      const packed = Buffer.from(await gzip(body, settings.sharesThread));
      const fields = ['v', ENTRY_VERSION, 'p', settings.project, 'e', ENTRY_ENCODING, 'd', packed];
      return connection.append([STREAM, '*', ...fields]);
    },
  };
}

/** One connection at a time, opened when it is needed: when to try again is the sender's decision, not the client's. */
class RedisConnection {
  readonly #settings: RedisSettings;
  readonly #url: URL;
  readonly #timeouts: RedisTimeouts;
  #client: RedisClient | undefined;
  #opening: Promise<RedisClient> | undefined;

  constructor(settings: RedisSettings, url: URL, timeouts: RedisTimeouts) {
    this.#settings = settings;
    this.#url = url;
    this.#timeouts = timeouts;
  }

  async append(args: readonly (string | Buffer)[]): Promise<TransportOutcome> {
    let client: RedisClient | undefined;
    try {
      const ready = await this.#ready();
      client = ready;
      await this.#within(this.#timeouts.commandMs, ready, () => ready.xadd(...args));
      return { kind: 'replied', refusal: undefined };
    } catch (error) {
      const outcome = outcomeOf(error, client !== undefined);
      // After a failover the name may lead elsewhere.
      if (outcome.kind === 'failed' || outcome.refusal === 'READONLY') this.#drop(client);
      return outcome;
    }
  }

  close(): void {
    this.#drop(this.#client);
  }

  async #ready(): Promise<RedisClient> {
    if (this.#client?.status === 'ready') return this.#client;
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #open(): Promise<RedisClient> {
    this.#drop(this.#client);
    const Redis = loadRedis(this.#settings.redisModulePath);
    const client = new Redis(optionsOf(this.#url, this.#timeouts));
    this.#client = client;
    // `connect` only says that the connection was closed; why (a wrong password) comes as an event.
    let cause: unknown;
    client.on('error', (error) => {
      cause ??= error;
    });
    try {
      await this.#within(this.#timeouts.connectMs, client, () => client.connect());
    } catch (error) {
      throw cause ?? error;
    }
    if (this.#settings.sharesThread) client.stream?.unref?.();
    return client;
  }

  /** One step. When it is late the connection goes, and all that waits there: behind no answer there is no other. */
  async #within(limitMs: number, client: RedisClient, step: () => Promise<unknown>): Promise<void> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#drop(client);
    }, limitMs);
    if (this.#settings.sharesThread) timer.unref();
    try {
      await step();
    } catch (error) {
      throw isLate ? new LateAnswerError() : error;
    } finally {
      clearTimeout(timer);
    }
  }

  #drop(client: RedisClient | undefined): void {
    client?.disconnect();
    // `disconnect` asks the other side to close, which may take its time, or hang.
    client?.stream?.destroy?.();
    if (this.#client === client) this.#client = undefined;
  }
}

function loadRedis(path: string | undefined): RedisConstructor {
  const module = builtin('node:module');
  if (path === undefined || module === undefined) throw new MissingModuleError('ioredis');
  // The constructor itself, which later versions also name.
  const loaded = module.createRequire(path)(path) as RedisConstructor & { readonly Redis?: RedisConstructor };
  return loaded.Redis ?? loaded;
}

/** From the parts of the address, not its text: a query in it could change options that this file relies on. */
function optionsOf(url: URL, timeouts: RedisTimeouts): Readonly<Record<string, unknown>> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return {
    host,
    port: url.port === '' ? 6379 : Number(url.port),
    username: url.username === '' ? undefined : decodeURIComponent(url.username),
    password: url.password === '' ? undefined : decodeURIComponent(url.password),
    db: Number(url.pathname.slice(1)) || 0,
    ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
    connectTimeout: timeouts.connectMs,
    lazyConnect: true,
    retryStrategy: () => null,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  };
}

/** Only codes and the first word of what Redis says: the rest may repeat what it was sent. */
function outcomeOf(error: unknown, hadConnection: boolean): Extract<TransportOutcome, { kind: 'failed' | 'replied' }> {
  const { name, message, code } = error as { name?: unknown; message?: unknown; code?: unknown };
  const text = typeof message === 'string' ? message : '';
  // Said before the connection is closed, which is what matters.
  const isTurnedAway = text.startsWith('ERR max number of clients');
  if (name === 'ReplyError' && !isTurnedAway) return { kind: 'replied', refusal: /^[A-Z]+/.exec(text)?.[0] ?? 'ERR' };
  if (isTurnedAway) return { kind: 'failed', reason: 'too many clients', hadConnection };
  if (typeof code === 'string') return { kind: 'failed', reason: code, hadConnection };
  // `Error` is how a closed connection is told of; another name is a defect, which must be seen.
  return { kind: 'failed', reason: name === 'Error' || typeof name !== 'string' ? 'ECLOSED' : name, hadConnection };
}
