import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run } from '../process/run.mjs';

/** Clients of the collector that are written in Python: one virtual environment for each file of requirements. */
export const PYTHON_CLIENTS = 'packages/collector/clients/python';

/** A slow mirror is waited for; one that hangs is not. */
const INSTALL_TIMEOUT_MS = 5 * 60_000;

/**
 * @param {string} root
 * @returns {string[]} the names of the environments
 */
export function pythonEnvironments(root) {
  const folder = path.join(root, PYTHON_CLIENTS, 'requirements');
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith('.txt'));
  return files.map((name) => path.basename(name, '.txt')).sort();
}

/**
 * Makes the virtual environment of one file of requirements, unless that is done. Wheels alone are taken, so that
 * nothing is compiled and no package's own script runs.
 *
 * @param {string} root
 * @param {string} name
 * @returns {Promise<{ code: number, output: string, skipped?: string }>}
 */
export async function installPython(root, name) {
  const folder = path.join(root, PYTHON_CLIENTS);
  const requirements = path.join(folder, 'requirements', `${name}.txt`);
  const environment = path.join(folder, '.venvs', name);
  const stamp = path.join(environment, 'installed.json');
  const wanted = JSON.stringify({ requirements: hashFile(requirements) });
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) {
    return { code: 0, output: '', skipped: 'up to date' };
  }
  const options = { cwd: root, capture: true, timeoutMs: INSTALL_TIMEOUT_MS };
  const pip = await openPip(root, options);
  if (pip.code !== 0) return pip;
  rmSync(environment, { recursive: true, force: true });
  const made = await run(pip.python, ['-m', 'venv', '--without-pip', environment], options);
  if (made.code !== 0) return made;
  const into = ['-m', 'pip', '--python', pythonOf(environment), 'install', '--quiet', '--disable-pip-version-check'];
  // What is never imported need not be compiled, which would take longer than all the rest.
  const exactly = ['--no-input', '--no-compile', '--no-deps', '--only-binary=:all:', '--requirement', requirements];
  const patience = ['--retries', '2', '--timeout', '30'];
  const result = await run(pip.python, [...into, ...patience, ...exactly], options);
  // Last, so that an environment that was cut short is made anew.
  if (result.code === 0) writeFileSync(stamp, wanted);
  return result;
}

/** An environment that has pip and nothing else, for all the others: many systems' Python has none. */
async function openPip(root, options) {
  const environment = path.join(root, PYTHON_CLIENTS, '.venvs', 'pip');
  const python = pythonOf(environment);
  const works = await run(python, ['-m', 'pip', '--version'], options);
  if (works.code === 0) return { ...works, python };
  const outer = await findPython(root);
  if (outer === undefined) return { code: 1, output: 'There is no Python with venv here (Debian: python3-venv).\n' };
  const made = await run(outer, ['-m', 'venv', '--clear', environment], options);
  return { ...made, python };
}

async function findPython(root) {
  for (const name of ['python3', 'python']) {
    const { code } = await run(name, ['-c', 'import ensurepip, venv'], { cwd: root, capture: true });
    if (code === 0) return name;
  }
  return undefined;
}

function pythonOf(environment) {
  return process.platform === 'win32'
    ? path.join(environment, 'Scripts', 'python.exe')
    : path.join(environment, 'bin', 'python');
}

function hashFile(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
