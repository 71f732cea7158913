/** The collector under test, in a process of its own that can be killed, started again and given faults. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath, pathToFileURL } from 'node:url';

const READY = /^Slipstream collector is ready: (http:\/\/\S+)$/m;
const HOOKS = pathToFileURL(fileURLToPath(new URL('./fault-hooks.mjs', import.meta.url))).href;

export type DiskFault = 'ok' | 'full' | 'broken' | 'fsync' | 'slow';

export interface VictimHooks {
  readonly disk?: DiskFault;
  readonly clockOffsetMs?: number;
}

export class Victim {
  readonly #mainPath: string;
  readonly #environment: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #url: string | undefined;
  #messages = 0;
  /** Standard error of all its lives, for a failure's message. */
  log = '';

  constructor(mainPath: string, environment: Readonly<Record<string, string>>) {
    this.#mainPath = mainPath;
    this.#environment = environment;
  }

  /** Where it listens; `undefined` while it is dead. */
  get url(): string | undefined {
    return this.#url;
  }

  async start(): Promise<string> {
    const child = spawn(process.execPath, ['--import', HOOKS, this.#mainPath], {
      env: { ...process.env, SLIPSTREAM_COLLECTOR_PORT: '0', ...this.#environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    let output = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      this.log += chunk.toString();
    });
    this.#url = await new Promise<string>((resolve, reject) => {
      child.stdout?.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        const ready = READY.exec(output);
        if (ready?.[1] !== undefined) resolve(ready[1]);
      });
      child.once('exit', () => reject(new TypeError(`the collector ended before it was ready: ${this.log}`)));
    });
    return this.#url;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#url = undefined;
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  /** Resolves when the fault is in place. */
  async hook(hooks: VictimHooks): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const id = ++this.#messages;
    const isDone = new Promise<void>((resolve) => {
      const finish = (): void => {
        child.off('message', listen).off('exit', finish);
        resolve();
      };
      const listen = (message: unknown): void => {
        if ((message as { done?: number }).done === id) finish();
      };
      child.on('message', listen).on('exit', finish);
    });
    child.send({ ...hooks, id });
    await isDone;
  }
}
