import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ANSWER_LIMIT_MS = 20_000;
const MAX_ANSWER_BYTES = 64 * 1024;
/** Below this none of the programs runs; a library may need more. */
export const OLDEST_PYTHON = '3.9';

/** A Python that can be started without a shell. */
export interface Interpreter {
  readonly command: string;
  /** Before its own arguments: `-3` for the launcher of Windows. */
  readonly prefix: readonly string[];
  /** `3.11.7` */
  readonly version: string;
}

type Candidate = Omit<Interpreter, 'version'>;

/** Where a Python 3 may be, in the order in which they are tried. */
export const INTERPRETER_CANDIDATES: readonly Candidate[] = [
  { command: 'python3', prefix: [] },
  { command: 'python', prefix: [] },
  { command: 'py', prefix: ['-3'] },
];

/** Asks a candidate for its version; undefined where it cannot be started or does not answer as Python does. */
export type AskVersion = (candidate: Candidate) => Promise<string | undefined>;

/** The first candidate that is new enough; undefined where there is none. */
export async function findInterpreter(ask: AskVersion = askVersion): Promise<Interpreter | undefined> {
  for (const candidate of INTERPRETER_CANDIDATES) {
    const version = parsePythonVersion((await ask(candidate)) ?? '');
    if (version !== undefined && isAtLeast(version, OLDEST_PYTHON)) return { ...candidate, version };
  }
  return undefined;
}

/** `3.11.7` of `Python 3.11.7`; undefined for anything else, such as the text of a shop's stub. */
export function parsePythonVersion(text: string): string | undefined {
  return /^Python (\d+\.\d+\.\d+)/.exec(text.trim())?.[1];
}

/** Compares versions part by part, as numbers; a missing part is 0. */
export function isAtLeast(version: string, oldest: string): boolean {
  const have = version.split('.').map(Number);
  const want = oldest.split('.').map(Number);
  for (const [index, part] of want.entries()) {
    const own = have[index] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}

async function askVersion({ command, prefix }: Candidate): Promise<string | undefined> {
  try {
    const { stdout } = await run(command, [...prefix, '--version'], {
      timeout: ANSWER_LIMIT_MS,
      maxBuffer: MAX_ANSWER_BYTES,
      windowsHide: true,
    });
    return stdout;
  } catch {
    // It is not there, or it is a stub that opens a shop: the next candidate is tried.
    return undefined;
  }
}
