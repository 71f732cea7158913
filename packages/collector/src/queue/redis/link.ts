import type { Redis, RedisOptions } from 'ioredis';
import type { RedisAddress } from './address.js';
import { CLOSED_FAULT, type RedisFault, type RedisOutcome, TIMEOUT_FAULT, toFault } from './fault.js';
import { createRetryPace, type RetryPace } from './retry-pace.js';

export interface LinkSettings {
  readonly address: RedisAddress;
  /** To a connection, TLS and authentication included. */
  readonly connectMs: number;
  /** From a command to its answer. */
  readonly commandMs: number;
  /** The first and the longest wait before a connection is tried again. */
  readonly firstRetryMs: number;
  readonly lastRetryMs: number;
}

/**
 * One connection, opened when it is needed. Several commands may be under way on it. One that gets no answer in time
 * takes the connection down, and all that wait with it: behind no answer there is no other.
 */
export class RedisLink {
  readonly #settings: LinkSettings;
  readonly #pace: RetryPace;
  #client: Redis | undefined;
  #opening: Promise<RedisOutcome<Redis>> | undefined;
  #lastFault: RedisFault = CLOSED_FAULT;
  #retryAt = 0;
  #connections = 0;
  #isClosed = false;

  constructor(settings: LinkSettings) {
    this.#settings = settings;
    this.#pace = createRetryPace(settings.firstRetryMs, settings.lastRetryMs);
  }

  /** How many connections there have been: what was found out about the server holds for one of them. */
  get connections(): number {
    return this.#connections;
  }

  /** Runs commands. While Redis is away only one call in a while tries it, and the others fail at once. */
  async run<T>(
    work: (client: Redis) => Promise<T>,
    limitMs: number = this.#settings.commandMs,
  ): Promise<RedisOutcome<T>> {
    const ready = await this.#ready();
    if (ready.kind === 'failed') return ready;
    const outcome = await this.#within(limitMs, ready.value, () => work(ready.value));
    // After a failover the name may lead elsewhere.
    if (outcome.kind === 'failed' && outcome.fault.refusal === 'READONLY') this.#drop(ready.value);
    return outcome;
  }

  close(): void {
    this.#isClosed = true;
    this.#drop(this.#client);
  }

  async #ready(): Promise<RedisOutcome<Redis>> {
    if (this.#isClosed) return { kind: 'failed', fault: CLOSED_FAULT };
    if (this.#client?.status === 'ready') return { kind: 'ok', value: this.#client };
    if (this.#opening === undefined && performance.now() < this.#retryAt) {
      return { kind: 'failed', fault: this.#lastFault };
    }
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #open(): Promise<RedisOutcome<Redis>> {
    this.#drop(this.#client);
    // Loaded by those who use it: half of a hundred milliseconds that a collector without Redis does not spend.
    const { Redis: Client } = await import('ioredis');
    if (this.#isClosed) return { kind: 'failed', fault: CLOSED_FAULT };
    const client = new Client(optionsOf(this.#settings));
    this.#client = client;
    // `connect` only says that the connection was closed; why (a wrong password) comes as an event.
    let cause: unknown;
    client.on('error', (error: unknown) => {
      cause ??= error;
    });
    const outcome = await this.#within(this.#settings.connectMs, client, () => client.connect());
    if (outcome.kind === 'ok') {
      this.#connections++;
      return { kind: 'ok', value: client };
    }
    this.#lastFault = cause === undefined ? outcome.fault : toFault(cause);
    this.#retryAt = performance.now() + this.#pace.nextMs();
    this.#drop(client);
    return { kind: 'failed', fault: this.#lastFault };
  }

  async #within<T>(limitMs: number, client: Redis, step: () => Promise<T>): Promise<RedisOutcome<T>> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#drop(client);
    }, limitMs);
    try {
      return { kind: 'ok', value: await step() };
    } catch (error) {
      if (this.#isClosed) return { kind: 'failed', fault: CLOSED_FAULT };
      return { kind: 'failed', fault: isLate ? TIMEOUT_FAULT : toFault(error) };
    } finally {
      clearTimeout(timer);
    }
  }

  #drop(client: Redis | undefined): void {
    client?.disconnect();
    // `disconnect` asks the other side to close, which may take its time, or hang.
    client?.stream?.destroy();
    if (this.#client === client) this.#client = undefined;
  }
}

/** When to try again is decided here and not by the client, and nothing is sent twice unasked. */
function optionsOf({ address, connectMs }: LinkSettings): RedisOptions & { replyMapping?: 'legacy' } {
  return {
    host: address.host,
    port: address.port,
    ...(address.username === undefined ? {} : { username: address.username }),
    ...(address.password === undefined ? {} : { password: address.password }),
    db: address.database,
    ...(address.isTls ? { tls: {} } : {}),
    connectTimeout: connectMs,
    // Answers of one shape, whatever the server speaks.
    protocol: 2,
    lazyConnect: true,
    retryStrategy: () => null,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    disableClientInfo: true,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  };
}
