import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { npmScript } from '../config.js';
import { PeerInstallError } from '../errors.js';

/** Longer than a slow network needs; a registry that hangs must not hang the lab. */
const INSTALL_LIMIT_MS = 300_000;

/** The version of a package in a `node_modules` folder; undefined when it is not there. */
export function installedVersion(directory: string, name: string): string | undefined {
  const path = join(directory, 'node_modules', ...name.split('/'), 'package.json');
  if (!existsSync(path)) return undefined;
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version?: string };
  return version;
}

/** The peers that are missing, or there in another version than `package.json` pins. */
export function missingPeers(directory: string): string[] {
  const { dependencies } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return Object.entries(dependencies)
    .filter(([name, version]) => installedVersion(directory, name) !== version)
    .map(([name, version]) => `${name}@${version}`);
}

/**
 * Installs the peers from their own lock file when any is missing.
 *
 * @param say gets one line before the installation and one after it
 * @throws PeerInstallError when npm is not found or fails
 */
export async function ensurePeers(directory: string, say: (line: string) => void): Promise<void> {
  const missing = missingPeers(directory);
  if (missing.length === 0) return;
  say(`installing the peers to compare with (once, about 720 MB, into ${directory}): ${missing.join(', ')}`);
  const begin = performance.now();
  await npmCi(directory);
  say(`peers installed in ${((performance.now() - begin) / 1_000).toFixed(0)} s`);
}

/**
 * Installs what a folder's lock file has, without install scripts.
 *
 * @throws PeerInstallError when npm is not found or fails
 */
export function npmCi(directory: string): Promise<void> {
  const npm = findNpm();
  if (npm === undefined) {
    throw new PeerInstallError(
      `npm was not found beside Node. Run "npm ci --ignore-scripts" in ${directory} yourself.`,
    );
  }
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [npm, 'ci', '--ignore-scripts', '--no-engine-strict', '--no-audit', '--no-fund'],
      {
        cwd: directory,
        stdio: ['ignore', 'ignore', 'pipe'],
        timeout: INSTALL_LIMIT_MS,
      },
    );
    let tail = '';
    child.stderr.on('data', (chunk: Buffer) => {
      tail = (tail + chunk.toString()).slice(-2_000);
    });
    child.on('error', (error) => reject(new PeerInstallError(`npm could not be started: ${error.message}`)));
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new PeerInstallError(`"npm ci" in ${directory} ended with ${code ?? 'a time-out'}:\n${tail}`));
    });
  });
}

/** npm as a script, which Node runs on every system without a shell. */
function findNpm(): string | undefined {
  const beside = dirname(process.execPath);
  const candidates = [
    npmScript(),
    join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(beside, '..', 'share', 'nodejs', 'npm', 'bin', 'npm-cli.js'),
  ];
  return candidates.find((path) => path?.endsWith('npm-cli.js') === true && existsSync(path));
}
