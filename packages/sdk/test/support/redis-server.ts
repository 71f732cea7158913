import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { startRedisServer, type RedisServer as TestkitServer } from '@slipstream/testkit';
import { readExportRequest, type Span } from '@slipstream/wire';
import { Redis } from 'ioredis';

export { isRedisThere } from '@slipstream/testkit';
export const isRedisRequired = process.env.SLIPSTREAM_REQUIRE_REDIS === '1';

export interface StreamEntry {
  readonly fields: Readonly<Record<string, string>>;
  readonly spans: readonly Span[];
  readonly resource: ReadonlyMap<string, unknown>;
}

/** A certificate for this machine that signs itself, in `folder`; `undefined` where there is no openssl. */
export function makeCertificate(folder: string): { cert: string; key: string } | undefined {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const made = spawnSync('openssl', [...args, ...subject, '-keyout', key, '-out', cert]);
  return made.status === 0 ? { cert, key } : undefined;
}

/** The test kit's Redis, and a look into what is in it. */
export class RedisServer {
  readonly port: number;
  readonly url: string;
  readonly #server: TestkitServer;
  readonly #password: string | undefined;

  private constructor(server: TestkitServer, password: string | undefined) {
    this.port = server.port;
    this.url = server.url;
    this.#server = server;
    this.#password = password;
  }

  static async open(...args: readonly string[]): Promise<RedisServer> {
    const index = args.indexOf('--requirepass');
    return new RedisServer(await startRedisServer(args), index < 0 ? undefined : args[index + 1]);
  }

  start(): Promise<void> {
    return this.#server.start();
  }

  kill(): Promise<void> {
    return this.#server.kill();
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  freeze(isFrozen: boolean): void {
    this.#server.freeze(isFrozen);
  }

  async command<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis({
      host: '127.0.0.1',
      port: this.port,
      retryStrategy: () => 20,
      maxRetriesPerRequest: null,
      ...(this.#password === undefined ? {} : { password: this.#password }),
    });
    redis.on('error', () => undefined);
    try {
      return await work(redis);
    } finally {
      redis.disconnect();
    }
  }

  /** What is in the stream, read with the wire package. */
  entries(database = 0): Promise<StreamEntry[]> {
    return this.command(async (redis) => {
      await redis.select(database);
      const entries = await redis.xrangeBuffer('slipstream:traces', '-', '+');
      return entries.map(([, fields]) => toEntry(fields));
    });
  }

  async spans(): Promise<Span[]> {
    return (await this.entries()).flatMap((entry) => [...entry.spans]);
  }
}

function toEntry(flat: readonly Buffer[]): StreamEntry {
  const fields: Record<string, string> = {};
  let body: Buffer = Buffer.alloc(0);
  for (let index = 0; index < flat.length; index += 2) {
    const [name, value] = [String(flat[index]), flat[index + 1] ?? Buffer.alloc(0)];
    if (name === 'd') body = value;
    else fields[name] = String(value);
  }
  const { request, rejections } = readExportRequest(gunzipSync(body));
  if (rejections.length > 0) throw new TypeError(`refused by the reader: ${rejections[0]?.reason}`);
  const [resourceSpans] = request.resourceSpans;
  return {
    fields,
    spans: resourceSpans?.scopeSpans.flatMap((scope) => scope.spans) ?? [],
    resource: new Map(resourceSpans?.resource.attributes.map(({ key, value }) => [key, value])),
  };
}
