import { existsSync } from 'node:fs';
import path from 'node:path';
import { runNpm } from '../process/run.mjs';
import { hashInputs, stampFile } from './fingerprint.mjs';

/** The other people's libraries that the SDK's entry points are tested with, and Node's own binaries. */
export const COMPAT = 'packages/sdk/compat';
export const COMPAT_NEXT = 'packages/sdk/compat/next';
export const NODE_VERSIONS = 'packages/sdk/compat/node-versions';

/** Clients of the collector that are written in JavaScript; each of their tests skips itself where they are missing. */
export const CLIENTS = 'packages/collector/clients/javascript';

/** ClickHouse's engine for the tests of the ClickHouse store, a download of 178 MB: only where it is asked for. */
export const CHDB = 'packages/collector/chdb';

/**
 * Installs a folder that has a lock file of its own, unless that is done.
 *
 * @param {string} root
 * @param {string} folder relative to `root`
 * @returns {Promise<{ code: number, output: string, skipped?: string }>}
 */
export async function installApart(root, folder) {
  const stamp = stampFile(root, `install-${folder.replaceAll('/', '-')}`);
  const lock = hashInputs(root, [`${folder}/package-lock.json`]);
  const isThere = existsSync(path.join(root, folder, 'node_modules', '.package-lock.json'));
  if (isThere && stamp.read()?.lock === lock) return { code: 0, output: '', skipped: 'up to date' };
  // Libraries for newer Nodes are among them; npm hands the strictness of the root on to the npm that it starts.
  const args = ['ci', '--no-engine-strict', '--loglevel=error', '--no-progress', '--no-audit'];
  const result = await runNpm(args, { cwd: path.join(root, folder), capture: true });
  if (result.code === 0) stamp.write({ lock });
  return result;
}
