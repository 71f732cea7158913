import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isOnPath } from '../config.js';
import { TestkitError } from '../errors.js';

/** Whether this machine has `redis-server`. */
export const isRedisThere = isOnPath('redis-server');

const START_TRIES = 500;
const START_PAUSE_MS = 10;

/** Starts a {@link RedisServer}. */
export function startRedisServer(args: readonly string[] = []): Promise<RedisServer> {
  return RedisServer.open(...args);
}

/** A port that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A real Redis on a free port, with nothing in it. */
export class RedisServer {
  readonly port: number;
  /** `redis://127.0.0.1:port`, without a password. */
  readonly url: string;
  readonly #folder: string;
  readonly #args: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(port: number, folder: string, args: readonly string[]) {
    this.port = port;
    this.url = `redis://127.0.0.1:${port}`;
    this.#folder = folder;
    this.#args = args;
  }

  /**
   * Starts the machine's `redis-server` so that each write is synced (`appendonly yes`, `appendfsync always`); `args`
   * come after that and win.
   *
   * @throws `LISTEN_FAILED` where it does not come up.
   */
  static async open(...args: readonly string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), await mkdtemp(join(tmpdir(), 'slipstream-redis-')), args);
    await server.start();
    return server;
  }

  /** Starts it again after {@link kill}, with what it had on disk. */
  async start(): Promise<void> {
    const base = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder, '--save', ''];
    const durable = ['--appendonly', 'yes', '--appendfsync', 'always'];
    this.#process = spawn('redis-server', [...base, ...durable, ...this.#args], { stdio: 'ignore' });
    for (let tries = 0; tries < START_TRIES; tries++) {
      const answer = await ping(this.port);
      // One that wants a password is up, too; one that reads its file back is not.
      if (answer.startsWith('+PONG') || answer.startsWith('-NOAUTH')) return;
      await delay(START_PAUSE_MS);
    }
    throw new TestkitError('LISTEN_FAILED', `redis-server does not answer on port ${this.port}.`);
  }

  /** Stops it as a power cut would. */
  async kill(): Promise<void> {
    const server = this.#process;
    this.#process = undefined;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  }

  /** Lets it hang, and go on again. */
  freeze(isFrozen: boolean): void {
    this.#process?.kill(isFrozen ? 'SIGSTOP' : 'SIGCONT');
  }

  /** Stops it and removes what it had. */
  async close(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** What the server says to `PING`; `''` where it says nothing. */
function ping(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const end = (answer: string) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1000, () => end(''));
    socket.once('data', (data) => end(String(data)));
    socket.once('error', () => end(''));
    socket.once('close', () => end(''));
  });
}
