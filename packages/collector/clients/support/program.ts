import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type ClientProgram, commandOf } from './installed.js';

/** More than any of them takes on a slow machine. */
const DEADLINE_MS = 45_000;

/** What a program prints: what its library told it. */
export interface Told {
  readonly traceId: string;
  /** Span ids by the names that the program and its expectation have for them. */
  readonly spans: Readonly<Record<string, string>>;
  /** Times that the program gave, by the same names, in microseconds since the epoch. */
  readonly times: Readonly<Record<string, ToldTimes>>;
  readonly [more: string]: unknown;
}

export interface ToldTimes {
  readonly startUs?: number;
  readonly endUs?: number;
  readonly completionStartUs?: number;
}

export interface ProgramResult {
  readonly exitCode: number | null;
  readonly told: Told;
  readonly stderr: string;
  readonly startedMs: number;
  readonly endedMs: number;
}

/** Runs a client's program to its end, with nothing of this process's own settings of tracing. */
export async function runProgram(
  program: ClientProgram,
  environment: Readonly<Record<string, string>>,
): Promise<ProgramResult> {
  const [command, ...args] = commandOf(program) ?? [];
  if (command === undefined) throw new TypeError(`${program.program}: its libraries are not installed`);
  const startedMs = Date.now();
  const child = spawn(command, args, {
    env: {
      ...ownEnvironment(),
      PYTHONIOENCODING: 'utf-8',
      PYTHONWARNINGS: 'ignore::DeprecationWarning',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: DEADLINE_MS,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  if (signal !== null) throw new TypeError(`${program.program} was ended by ${signal}:\n${stdout}\n${stderr}`);
  return { exitCode: code, told: readTold(stdout), stderr, startedMs, endedMs: Date.now() };
}

/** The last line; a program that failed may have printed none. */
function readTold(stdout: string): Told {
  const line = stdout.trimEnd().split('\n').at(-1) ?? '';
  const told = line.startsWith('{') ? (JSON.parse(line) as Partial<Told>) : {};
  return { traceId: '', spans: {}, times: {}, ...told };
}

function ownEnvironment(): NodeJS.ProcessEnv {
  const isForeign = (name: string) => /^(OTEL|LANGFUSE|TRACELOOP|OPENAI|SLIPSTREAM|NODE_OPTIONS|VITEST)/.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isForeign(name)));
}
