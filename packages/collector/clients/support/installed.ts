import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';

/** Twice what a program may take, since the machine may be busy with others. */
const TIMEOUT_MS = 90_000;

const FOLDER = fileURLToPath(new URL('../', import.meta.url));

/** A client library in the version that its lock or requirements file says, and the program that uses it. */
export interface ClientProgram {
  readonly language: 'javascript' | 'python';
  /** Its file in the language's folder, without the ending. */
  readonly program: string;
  /** Python only: the file in `python/requirements`, without the ending. */
  readonly requirements?: string;
  readonly args?: readonly string[];
}

/** What runs a program, and its arguments; `undefined` where the libraries are not installed. */
export function commandOf({
  language,
  program,
  requirements,
  args = [],
}: ClientProgram): readonly string[] | undefined {
  if (language === 'javascript') {
    const isInstalled = existsSync(join(FOLDER, 'javascript', 'node_modules', '.package-lock.json'));
    return isInstalled ? [process.execPath, join(FOLDER, 'javascript', `${program}.mjs`), ...args] : undefined;
  }
  const environment = join(FOLDER, 'python', '.venvs', requirements ?? program);
  const isWindows = process.platform === 'win32';
  const python = isWindows ? join(environment, 'Scripts', 'python.exe') : join(environment, 'bin', 'python');
  const isInstalled = existsSync(join(environment, 'installed.json')) && existsSync(python);
  return isInstalled ? [python, join(FOLDER, 'python', `${program}.py`), ...args] : undefined;
}

/** The tests of one client: skipped by name where its libraries are missing, unless they are asked for. */
export function describeClient(name: string, program: ClientProgram, tests: () => void): void {
  const isMissing = commandOf(program) === undefined;
  if (isMissing && process.env.SLIPSTREAM_REQUIRE_COMPAT !== '1') {
    it.skip(`${name}: its libraries are not installed`);
    return;
  }
  // A program may take as long as its own deadline says.
  describe(name, { timeout: TIMEOUT_MS }, tests);
}
