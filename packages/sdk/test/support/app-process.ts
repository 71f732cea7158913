import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface AppEnd {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface AppOptions {
  readonly args?: readonly (string | number)[];
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments of Node itself. */
  readonly execArgv?: readonly string[];
  readonly execPath?: string;
  readonly cwd?: string;
}

/** A program of `test/apps`, in a process of its own, with the built package. */
export interface App {
  readonly process: ChildProcess;
  /** The next message that it sends. */
  message(): Promise<unknown>;
  readonly ended: Promise<AppEnd>;
}

export function startApp(name: string, options: AppOptions = {}): App {
  return startProgram(fileURLToPath(new URL(`../apps/${name}`, import.meta.url)), options);
}

export function startProgram(path: string, options: AppOptions = {}): App {
  const child = fork(path, (options.args ?? []).map(String), {
    // A machine that is busy with other tests must not fail one.
    env: { ...process.env, SLIPSTREAM_EXIT_TIMEOUT_MS: '10000', ...options.env },
    execArgv: [...(options.execArgv ?? [])],
    ...(options.execPath === undefined ? {} : { execPath: options.execPath }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const text = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    text.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    text.stderr += chunk;
  });
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as string | null,
    ...text,
  }));
  const message = async (): Promise<unknown> => {
    const first = await Promise.race([once(child, 'message'), ended]);
    if (!Array.isArray(first)) throw new Error(`ended without a message: ${JSON.stringify(first)}`);
    return first[0];
  };
  return { process: child, message, ended };
}

/** What it wrote to standard error itself, without Node's own warnings about experiments. */
export function linesOfOurs(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line.includes('lipstream'));
}
