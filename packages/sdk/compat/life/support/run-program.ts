import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** Both streams, in the order in which they came. */
  readonly output: string;
}

export interface ProgramOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Called with the output so far, whenever there is more; a program that waits can be ended there. */
  readonly onOutput?: (output: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Of the runner that runs these tests: a program that is started here must not think that it is part of it. */
const RUNNER_VARIABLE = /^(VITEST|JEST|TEST$|NODE_TEST|NODE_ENV$|NODE_OPTIONS$|TINYPOOL)/;

/** Runs a file with Node, to its own end. */
export async function runProgram(file: string, options: ProgramOptions = {}): Promise<ProgramEnd> {
  const own = Object.entries(process.env).filter(([name]) => !RUNNER_VARIABLE.test(name));
  const child = spawn(process.execPath, [file, ...(options.args ?? [])], {
    env: { ...Object.fromEntries(own), SLIPSTREAM_EXIT_TIMEOUT_MS: '10000', ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      options.onOutput?.(output, (signal) => void child.kill(signal));
    });
  }
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { code, signal, output };
}
