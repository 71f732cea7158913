import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CHDB = fileURLToPath(new URL('../../chdb/', import.meta.url));

/** A lock file of its own, since it is a download of 178 MB: `npm test` fetches it where it is asked for. */
export const isChdbThere = existsSync(join(CHDB, 'node_modules', 'chdb', 'package.json'));
export const isChdbRequired = process.env.SLIPSTREAM_REQUIRE_COMPAT === '1';

/** A real server to run the same tests on, such as `clickhouse://default:@127.0.0.1:8123`. */
export const realClickHouseUrl = process.env.SLIPSTREAM_TEST_CLICKHOUSE_URL;

/** ClickHouse's engine in a process of its own, over HTTP as `@clickhouse/client` speaks it. */
export class ClickHouseServer {
  readonly #directory: string;
  #process: ChildProcess | undefined;
  #port = 0;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async open(): Promise<ClickHouseServer> {
    const server = new ClickHouseServer(await mkdtemp(join(tmpdir(), 'slipstream-chdb-')));
    await server.start();
    return server;
  }

  get port(): number {
    return this.#port;
  }

  /** Of a database, which the store makes. */
  url(database: string): string {
    return `clickhouse://default:@127.0.0.1:${this.#port}/${database}`;
  }

  /** On the data that is there, at the same port as before. */
  async start(): Promise<void> {
    const args = [join(CHDB, 'server.mjs'), this.#directory, String(this.#port)];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#process = child;
    const [line] = await Promise.race([
      once(child.stdout, 'data'),
      once(child, 'exit').then(() => {
        throw new Error('the engine did not start');
      }),
    ]);
    this.#port = Number(String(line).trim());
  }

  /** As a power cut would end it. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async close(): Promise<void> {
    await this.kill();
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }
}
