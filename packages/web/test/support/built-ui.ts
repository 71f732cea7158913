import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
const DIST = path.join(PACKAGE, 'dist');

/** The folder of the built UI; built first where it is missing or older than its sources. */
export async function ensureBuiltUi(): Promise<string> {
  const builtPage = path.join(DIST, 'index.html');
  const builtMs = existsSync(builtPage) ? (await stat(builtPage)).mtimeMs : 0;
  const sourcesMs = Math.max(
    await newestMs(path.join(PACKAGE, 'src')),
    ...(await Promise.all(
      ['index.html', 'vite.config.ts'].map(async (file) => (await stat(path.join(PACKAGE, file))).mtimeMs),
    )),
  );
  if (builtMs < sourcesMs) await build();
  return DIST;
}

async function newestMs(folder: string): Promise<number> {
  let newest = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.includes('.test.')) continue;
    newest = Math.max(newest, (await stat(path.join(entry.parentPath, entry.name))).mtimeMs);
  }
  return newest;
}

/** In a process of its own, since under the test runner Vite would build React's development version. */
async function build(): Promise<void> {
  const manifest = createRequire(import.meta.url).resolve('vite/package.json');
  const vite = path.join(path.dirname(manifest), 'bin', 'vite.js');
  const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'error'], {
    cwd: PACKAGE,
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  });
  if (code !== 0) throw new Error(`vite build ended with ${code}`);
}
