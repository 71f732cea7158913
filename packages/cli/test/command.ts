import { type ChildProcess, spawn } from 'node:child_process';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const FAKE_COLLECTOR = fileURLToPath(new URL('./fake-collector.ts', import.meta.url));
const FAKE_LAB = fileURLToPath(new URL('./fake-lab.ts', import.meta.url));
const DEADLINE_MS = 15_000;

/** Bundles the command into one file of a folder, with the stand-ins for the collector and the lab. */
export async function bundleCommand(file: string): Promise<void> {
  await build({
    entryPoints: [MAIN],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    conditions: ['slipstream-source'],
    alias: { '@slipstream/collector': FAKE_COLLECTOR, '@slipstream/lab': FAKE_LAB },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  });
}

/** A running command and all that it has written. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  readonly text: { out: string; err: string };
  /** Waits for a text on either stream and gives its match; fails when the command ends or the deadline passes. */
  saw(pattern: RegExp): Promise<RegExpExecArray>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** With a message channel to us. */
  readonly ipc?: boolean;
  /** What it finds on its standard input; nothing unless given. */
  readonly input?: string;
  /** The working directory. */
  readonly folder?: string;
}

/** Variables of this machine that would change what the command does. */
const CLEARED = ['SLIPSTREAM_', 'OTEL_', 'LANGFUSE_', 'NO_COLOR', 'FORCE_COLOR', 'COLUMNS', 'NODE_OPTIONS'];

/** Starts Node with a script. */
export function start(script: string, args: readonly string[], options: RunOptions = {}): Running {
  const inherited = Object.entries(process.env).filter(([name]) => !CLEARED.some((start) => name.startsWith(start)));
  const child = spawn(process.execPath, [script, ...args], {
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', ...(options.ipc ? ['ipc' as const] : [])],
    env: { ...Object.fromEntries(inherited), ...options.env },
    ...(options.folder === undefined ? {} : { cwd: options.folder }),
  });
  child.stdin?.end(options.input);
  const text = { out: '', err: '' };
  const listeners = new Set<() => void>();
  const collect = (name: 'out' | 'err') => (chunk: string) => {
    text[name] += chunk;
    for (const listener of listeners) listener();
  };
  child.stdout?.setEncoding('utf8').on('data', collect('out'));
  child.stderr?.setEncoding('utf8').on('data', collect('err'));
  const ended = endOf(child);
  const saw = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const fail = (why: string) => () => {
        listeners.delete(look);
        reject(new Error(`${why} before ${pattern}:\n${text.out}${text.err}`));
      };
      const timer = setTimeout(fail('the deadline passed'), DEADLINE_MS);
      const look = (): void => {
        const match = pattern.exec(text.out) ?? pattern.exec(text.err);
        if (match === null) return;
        clearTimeout(timer);
        listeners.delete(look);
        resolve(match);
      };
      listeners.add(look);
      look();
      void ended.then(() => {
        clearTimeout(timer);
        fail('the command ended')();
      });
    });
  return { child, ended, text, saw };
}

/** Not `close`: that never comes where we broke the message channel ourselves (Node 20). */
async function endOf(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  const exit = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const drained = [child.stdout, child.stderr].map((stream) => stream && finished(stream));
  await Promise.all([exit, ...drained]);
  return exit;
}
