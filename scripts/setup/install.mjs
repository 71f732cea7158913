import { statSync } from 'node:fs';
import path from 'node:path';
import { runNpm } from '../process/run.mjs';
import { hashInputs, stampFile } from './fingerprint.mjs';

/**
 * Whether the installed packages are those of package-lock.json. npm leaves `node_modules/.package-lock.json` at the
 * end of an installation, so an interrupted one counts as none.
 *
 * @param {string} root
 */
export function isInstalled(root) {
  const done = timeOf(path.join(root, 'node_modules', '.package-lock.json'));
  if (done === undefined) return false;
  if (stampFile(root, 'install').read()?.lock === hashLock(root)) return true;
  // Somebody ran npm by hand. If that was after the last change of the lock file, it stands.
  return done >= (timeOf(path.join(root, 'package-lock.json')) ?? 0);
}

/**
 * Installs what package-lock.json says, unless it is there.
 *
 * @param {string} root
 * @returns {Promise<{ code: number, output: string, skipped?: string }>}
 */
export async function install(root) {
  const stamp = stampFile(root, 'install');
  if (isInstalled(root)) {
    stamp.write({ lock: hashLock(root) });
    return { code: 0, output: '', skipped: 'up to date' };
  }
  // `npm test --silent` would silence this npm too, by its environment.
  const result = await runNpm(['ci', '--loglevel=warn', '--no-progress'], { cwd: root, capture: true });
  if (result.code === 0) stamp.write({ lock: hashLock(root) });
  return result;
}

function hashLock(root) {
  return hashInputs(root, ['package-lock.json']);
}

function timeOf(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}
