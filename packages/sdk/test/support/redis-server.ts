import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readExportRequest, type Span } from '@slipstream/wire';
import { Redis } from 'ioredis';

export const isRedisThere = spawnSync('redis-server', ['--version']).status === 0;
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

/** A real Redis on a free port, with nothing in it. Survives {@link kill} and {@link start} with what it had on disk. */
export class RedisServer {
  readonly port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'slipstream-redis-'));
  readonly #args: readonly string[];
  #server: ChildProcess | undefined;

  private constructor(port: number, args: readonly string[]) {
    this.port = port;
    this.#args = args;
  }

  static async open(...args: readonly string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), args);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const base = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder, '--save', ''];
    const durable = ['--appendonly', 'yes', '--appendfsync', 'always'];
    this.#server = spawn('redis-server', [...base, ...durable, ...this.#args], { stdio: 'ignore' });
    await this.command(async (redis) => redis.call('PING'));
  }

  #credentials(): { password?: string } {
    const index = this.#args.indexOf('--requirepass');
    const password = this.#args[index + 1];
    return index < 0 || password === undefined ? {} : { password };
  }

  /** Stops it as a power cut would. */
  async kill(): Promise<void> {
    if (this.#server === undefined) return;
    const ended = once(this.#server, 'exit');
    this.#server.kill('SIGKILL');
    await ended;
    this.#server = undefined;
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Lets it hang, and go on again. */
  freeze(isFrozen: boolean): void {
    this.#server?.kill(isFrozen ? 'SIGSTOP' : 'SIGCONT');
  }

  async command<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis({
      host: '127.0.0.1',
      port: this.port,
      retryStrategy: () => 20,
      maxRetriesPerRequest: null,
      ...this.#credentials(),
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

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
