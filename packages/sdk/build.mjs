/**
 * Builds what `tsc` does not: the worker as one text, and the package's entry points as ESM and CommonJS.
 * `--worker-only` stops after the first, which the type check and the tests need.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
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

/** One copy of the core for all entry points: a file of its own, which the others import. */
function coreApart(extension) {
  return {
    name: 'core-apart',
    setup({ onResolve }) {
      onResolve({ filter: /\/core\.js$/ }, ({ kind }) =>
        kind === 'entry-point' ? undefined : { path: `./core${extension}`, external: true },
      );
    },
  };
}

async function buildEntries() {
  const { exports } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const entryPoints = Object.fromEntries(
    Object.values(exports).map((entry) => [entry.import.replace(/^\.\/dist\/|\.js$/g, ''), entry['slipstream-source']]),
  );
  for (const [format, extension] of [
    ['esm', '.js'],
    ['cjs', '.cjs'],
  ]) {
    const settings = { ...shared, format, outdir: 'dist', outExtension: { '.js': extension }, sourcemap: true };
    await build({ ...settings, entryPoints: { core: 'src/core.ts' } });
    await build({ ...settings, entryPoints, packages: 'external', plugins: [coreApart(extension)] });
  }
}

if (!process.argv.includes('--worker-only')) await buildEntries();
