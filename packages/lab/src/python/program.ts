import { type ChildProcess, spawn } from 'node:child_process';
import { processEnvironment } from '../config.js';
import { LabProcessError } from '../errors.js';
import { MAX_LINE_CHARS } from './program-output.js';

const STDERR_TAIL_CHARS = 4_000;

/** What a program is told, as JSON in its first argument. */
export interface PythonTask {
  readonly case: string;
  readonly subject: string;
  readonly variant: string;
  readonly sinkUrl: string;
  readonly seed: number;
  readonly calls: number;
}

/** A Python program of the lab that is running. */
export interface PythonProgram {
  /** The next line on standard output; rejects when the program ends first, or the time is up. */
  nextLine(limitMs: number): Promise<string>;
  /** Closes its standard input, which tells a server to stop. */
  closeInput(): void;
  /** Resolves when it has ended; kills it when that takes longer. */
  waitForEnd(limitMs: number): Promise<void>;
  kill(): void;
}

/** Where programs are and which interpreter runs one. */
export interface ProgramPlace {
  readonly python: string;
  readonly pythonDirectory: string;
}

/** Starts a program of `lab_python` in a fresh interpreter. */
export function startProgram(place: ProgramPlace, module: string, task: PythonTask): PythonProgram {
  const child = spawn(place.python, ['-m', `lab_python.${module}`, JSON.stringify(task)], {
    cwd: place.pythonDirectory,
    // No compiled files in the checkout, and text in UTF-8 on Windows too.
    env: { ...processEnvironment(), PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  // A program that has ended before its input is closed is no fault of ours.
  child.stdin.on('error', () => undefined);
  const lines = createLines(child, module);
  const end = new Promise<void>((resolve) => child.on('close', () => resolve()));
  return {
    nextLine: lines.next,
    closeInput: () => void child.stdin.end(),
    waitForEnd: (limitMs) => {
      const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
      return end.finally(() => clearTimeout(limit));
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

interface Waiter {
  readonly resolve: (line: string) => void;
  readonly reject: (error: Error) => void;
}

function createLines(child: ChildProcess, module: string): { next(limitMs: number): Promise<string> } {
  const ready: string[] = [];
  let rest = '';
  let stderr = '';
  let failure: LabProcessError | undefined;
  let waiter: Waiter | undefined;
  const settle = (): void => {
    if (waiter === undefined) return;
    const line = ready.shift();
    if (line !== undefined) waiter.resolve(line);
    else if (failure !== undefined) waiter.reject(failure);
  };
  const fail = (text: string): void => {
    failure ??= new LabProcessError(`${module}: ${text}`);
    settle();
  };
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-STDERR_TAIL_CHARS);
  });
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    rest += chunk;
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    // Libraries print on standard output too; the lab's own lines are JSON objects.
    ready.push(...lines.filter((line) => line.startsWith('{')));
    if (rest.length > MAX_LINE_CHARS) {
      child.kill('SIGKILL');
      fail('a line longer than the lab reads');
    } else settle();
  });
  child.on('error', (error) => fail(error.message));
  child.on('close', (code, signal) => fail(`ended (${signal ?? `exit code ${code}`}): ${pythonErrorIn(stderr)}`));
  return {
    next: (limitMs) =>
      new Promise<string>((resolve, reject) => {
        const limit = setTimeout(() => {
          child.kill('SIGKILL');
          fail(`said nothing for ${limitMs} ms`);
        }, limitMs);
        const done = <Value>(use: (value: Value) => void) => {
          return (value: Value): void => {
            clearTimeout(limit);
            waiter = undefined;
            use(value);
          };
        };
        waiter = { resolve: done(resolve), reject: done(reject) };
        settle();
      }),
  };
}

/** The line that names the error, which stands last in a traceback. */
export function pythonErrorIn(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const named = lines.findLast((line) => /^[\w.]*(Error|Exception|Exit)\b/.test(line));
  return named ?? lines.findLast((line) => line !== '') ?? 'nothing on stderr';
}
