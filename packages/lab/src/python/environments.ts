import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { processEnvironment } from '../config.js';
import type { Interpreter } from './interpreter.js';
import type { PythonEnvironmentName } from './subjects.js';

const run = promisify(execFile);
const ANSWER_LIMIT_MS = 30_000;
/** A slow network takes minutes for some 60 packages; an index that hangs must not hang the lab. */
const INSTALL_LIMIT_MS = 600_000;
const STDERR_TAIL_CHARS = 2_000;
/** What an environment was made from; without it, or with another content, it is made again. */
const STAMP = 'lab-requirements.sha256';

/** An environment that is ready, or why there is none. */
export type EnvironmentOutcome =
  | { readonly kind: 'ready'; readonly python: string }
  | { readonly kind: 'missing'; readonly reason: string };

/** Where a virtual environment keeps its interpreter. */
export function interpreterIn(environment: string, platform: NodeJS.Platform = process.platform): string {
  return platform === 'win32' ? join(environment, 'Scripts', 'python.exe') : join(environment, 'bin', 'python');
}

/** Whether an environment is there and was made from these requirements. */
export async function isEnvironmentCurrent(environment: string, requirements: string): Promise<boolean> {
  if (!existsSync(interpreterIn(environment))) return false;
  try {
    return (await readFile(join(environment, STAMP), 'utf8')) === digestOf(requirements);
  } catch {
    // No stamp: an installation that was cut off.
    return false;
  }
}

/**
 * Makes a subject's virtual environment from its pinned requirements, unless it is there.
 *
 * @param say gets a line before an installation
 */
export async function ensureEnvironment(
  pythonDirectory: string,
  name: PythonEnvironmentName,
  interpreter: Interpreter,
  say: (line: string) => void,
): Promise<EnvironmentOutcome> {
  const environment = join(pythonDirectory, '.venvs', name);
  const requirementsPath = join(pythonDirectory, 'requirements', `${name}.txt`);
  const requirements = await readFile(requirementsPath, 'utf8');
  const python = interpreterIn(environment);
  if (await isEnvironmentCurrent(environment, requirements)) return { kind: 'ready', python };
  say(`installing ${name} for Python (once, into ${environment})`);
  await rm(environment, { recursive: true, force: true });
  await mkdir(join(pythonDirectory, '.venvs'), { recursive: true });
  const made = await runPython(interpreter.command, [...interpreter.prefix, '-m', 'venv', environment]);
  if (made !== undefined) return { kind: 'missing', reason: `no virtual environment could be made: ${made}` };
  const installed = await runPython(python, [
    ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input'],
    ...['--require-hashes', '--only-binary', ':all:', '--requirement', requirementsPath],
  ]);
  if (installed !== undefined) return { kind: 'missing', reason: `pip could not install it: ${installed}` };
  await writeFile(join(environment, STAMP), digestOf(requirements));
  return { kind: 'ready', python };
}

/** The version of a package in an environment; undefined where it is not installed. */
export async function packageVersion(python: string, name: string): Promise<string | undefined> {
  const program = 'import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))';
  try {
    const { stdout } = await run(python, ['-c', program, name], {
      env: processEnvironment(),
      timeout: ANSWER_LIMIT_MS,
      windowsHide: true,
    });
    return stdout.trim();
  } catch {
    // Python says that it is not there with an error; the report then has no version for it.
    return undefined;
  }
}

function digestOf(text: string): string {
  // A checkout on Windows may have other line ends, and the same requirements.
  return createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex');
}

/** Runs Python to its end. @returns undefined when it went well, else the last line that it said */
function runPython(command: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      env: processEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: INSTALL_LIMIT_MS,
      windowsHide: true,
    });
    let tail = '';
    child.stderr.on('data', (chunk: Buffer) => {
      tail = (tail + chunk.toString()).slice(-STDERR_TAIL_CHARS);
    });
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code) => {
      const last = tail
        .split('\n')
        .map((line) => line.trim())
        .findLast((line) => line !== '');
      resolve(code === 0 ? undefined : (last ?? `it ended with ${code ?? 'a time-out'}`));
    });
  });
}
