/**
 * Builds what `tsc` does not: the worker as one text, and the package's two bundles.
 * `--worker-only` stops after the first, which the type check and the tests need.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(fileURLToPath(import.meta.url));
const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  conditions: ['slipstream-source'],
  logLevel: 'warning',
};

const worker = await build({
  ...shared,
  entryPoints: ['src/worker/entry.ts'],
  format: 'cjs',
  minify: true,
  write: false,
});
await mkdir(join(root, 'dist'), { recursive: true });
const [{ text }] = worker.outputFiles;
await writeFile(join(root, 'dist/worker-source.js'), `export const workerSource = ${JSON.stringify(text)};\n`);

if (!process.argv.includes('--worker-only')) {
  for (const [format, file] of [
    ['esm', 'dist/index.js'],
    ['cjs', 'dist/index.cjs'],
  ]) {
    await build({ ...shared, entryPoints: ['src/index.ts'], format, outfile: file, sourcemap: true });
  }
}
