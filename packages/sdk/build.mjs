/**
 * Builds what `tsc` does not: the worker as one text, and the package's entry points as ESM and CommonJS.
 * `--worker-only` stops after the first, which the type check and the tests need.
 */
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
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

/**
 * Modules with a file of their own, which the others import: one copy of the core for all entry points, and the inline
 * transport, which the core loads when there is no worker.
 */
function apart(extension) {
  return {
    name: 'apart',
    setup({ onResolve }) {
      for (const [filter, name] of [
        [/\/core\.js$/, 'core'],
        [/\/inline\/entry\.js$/, 'inline'],
      ]) {
        onResolve({ filter }, ({ kind }) =>
          kind === 'entry-point' ? undefined : { path: `./${name}${extension}`, external: true },
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
    // How the core loads the inline transport: `import()` in CommonJS does not work everywhere (Jest).
    const supported = { 'dynamic-import': format === 'esm' };
    await build({ ...settings, supported, entryPoints: { core: 'src/core.ts' } });
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

if (!process.argv.includes('--worker-only')) {
  await buildEntries();
  await copyTypesForCommonJs();
}
