/**
 * Builds what `tsc` does not: the worker as one text, once as nearly all applications need it and once in full, and
 * the package's entry points as ESM and CommonJS. `--worker-only` stops before those, and `--no-types` copies no types.
 */
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
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

/**
 * A text that runs the worker when it is evaluated. Packed, because it is the greater part of what an application
 * loads, and unpacking it is the worker's own business. Not by `eval`, which Node can be told to forbid.
 */
async function workerText(entryPoint) {
  const { outputFiles } = await build({
    ...shared,
    entryPoints: [entryPoint],
    format: 'cjs',
    minify: true,
    write: false,
  });
  const packed = brotliCompressSync(outputFiles[0].contents).toString('base64');
  return (
    `const v=require("node:vm");v.compileFunction(require("node:zlib").brotliDecompressSync(Buffer.from("${packed}",` +
    '"base64")).toString(),["require"],{filename:"slipstream-worker",importModuleDynamically:' +
    'v.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER})(require)'
  );
}

async function buildWorkers() {
  const [text, fullText] = await Promise.all(['src/worker/entry.ts', 'src/worker/entry-full.ts'].map(workerText));
  await mkdir(join(root, 'dist'), { recursive: true });
  await writeFile(join(root, 'dist/worker-source.js'), `export const workerSource = ${JSON.stringify(text)};\n`);
  await writeFile(join(root, 'dist/worker-source.cjs'), `exports.workerSource = ${JSON.stringify(text)};\n`);
  await build({
    ...shared,
    entryPoints: ['src/full/entry.ts'],
    outfile: 'dist/full.cjs',
    format: 'cjs',
    define: { FULL_WORKER_SOURCE: JSON.stringify(fullText) },
  });
}

/**
 * Modules with a file of their own, which the others import: one copy of the core for all entry points, and what the
 * core loads when it is needed: the inline transport where there is no worker, and the full worker. The usual worker
 * is by itself because nothing can pack it any further, and gzip packs a file worse that is like that in part.
 */
function apart(extension) {
  return {
    name: 'apart',
    setup({ onResolve }) {
      for (const [filter, file] of [
        [/\/core\.js$/, `core${extension}`],
        [/\/inline\/entry\.js$/, `inline${extension}`],
        [/^#worker-source$/, `worker-source${extension}`],
        [/^#full$/, 'full.cjs'],
      ]) {
        onResolve({ filter }, ({ kind }) =>
          kind === 'entry-point' ? undefined : { path: `./${file}`, external: true },
        );
      }
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
    const settings = {
      ...shared,
      format,
      outdir: 'dist',
      outExtension: { '.js': extension },
      sourcemap: true,
      plugins: [apart(extension)],
    };
    const isModule = format === 'esm';
    const core = {
      ...settings,
      // How the core loads what is apart: `import()` in CommonJS does not work everywhere (Jest).
      supported: { 'dynamic-import': isModule },
      define: isModule ? {} : { 'import.meta.url': '__filename' },
    };
    await build({ ...core, entryPoints: { core: 'src/core.ts' } });
    await build({ ...settings, entryPoints: { inline: 'src/inline/entry.ts' } });
    await build({ ...settings, entryPoints, packages: 'external' });
  }
}

/**
 * The types once more, as CommonJS: those of the package itself say that `require()` gives an ES module, which
 * TypeScript then forbids. `tsc` writes them before this runs.
 */
async function copyTypesForCommonJs() {
  const [types, copy] = [join(root, 'dist/types'), join(root, 'dist/types-cjs')];
  if (!existsSync(types)) return;
  await rm(copy, { recursive: true, force: true });
  await cp(types, copy, { recursive: true, filter: (path) => !path.endsWith('.map') });
  await writeFile(join(copy, 'package.json'), '{"type":"commonjs"}\n');
}

await buildWorkers();
if (!process.argv.includes('--worker-only')) {
  await buildEntries();
  if (!process.argv.includes('--no-types')) await copyTypesForCommonJs();
}
