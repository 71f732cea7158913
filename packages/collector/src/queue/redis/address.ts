import { invalidConfig } from '../../errors.js';

/** Where a Redis is and who asks. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  readonly isTls: boolean;
}

const DEFAULT_PORT = 6379;

/**
 * Reads `redis://user:password@host:port/database`, or `rediss://…` for TLS. A query in it has no meaning.
 *
 * @throws `INVALID_CONFIG`, without the address: it may hold a password.
 */
export function parseRedisAddress(text: string): RedisAddress {
  try {
    const url = new URL(text);
    const database = url.pathname.length > 1 ? Number(url.pathname.slice(1)) : 0;
    if (!/^rediss?:$/.test(url.protocol) || url.hostname === '' || !Number.isInteger(database)) throw unreadable();
    return {
      host: decodeURIComponent(url.hostname).replace(/^\[|\]$/g, ''),
      port: url.port === '' ? DEFAULT_PORT : Number(url.port),
      username: url.username === '' ? undefined : decodeURIComponent(url.username),
      password: url.password === '' ? undefined : decodeURIComponent(url.password),
      database,
      isTls: url.protocol === 'rediss:',
    };
  } catch {
    // What the parser says repeats what it was given.
    throw unreadable();
  }
}

function unreadable(): Error {
  return invalidConfig(['queueUrl (SLIPSTREAM_QUEUE) must be redis://user:password@host:port/database.']);
}
