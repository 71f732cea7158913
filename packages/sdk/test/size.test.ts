import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { transform } from 'esbuild';
import { expect, it } from 'vitest';

const SDK = fileURLToPath(new URL('../', import.meta.url));
const LIMIT_BYTES = 40 * 1024;

const { exports } = JSON.parse(readFileSync(`${SDK}package.json`, 'utf8')) as {
  exports: Readonly<Record<string, { readonly import: string }>>;
};

/** A built file and what it loads with itself, each minified and gzipped; `without` is counted elsewhere. */
async function loadedBytes(file: string, without: readonly string[] = []): Promise<Record<string, number>> {
  const sizes: Record<string, number> = {};
  const files = [file];
  // A list grows while it is walked.
  for (const name of files) {
    const source = readFileSync(`${SDK}dist/${name}`, 'utf8');
    const { code } = await transform(source, { minify: true, format: 'esm' });
    sizes[name] = gzipSync(code, { level: 9 }).length;
    for (const [, imported] of source.matchAll(/^(?:import|export|\})[^;'"]*["']\.\/([\w-]+\.js)["'];$/gm)) {
      if (imported !== undefined && !without.includes(imported) && !files.includes(imported)) files.push(imported);
    }
  }
  return sizes;
}

function expectSmall(sizes: Record<string, number>): void {
  const total = Object.values(sizes).reduce((sum, bytes) => sum + bytes, 0);
  expect(total, `${total} bytes: ${JSON.stringify(sizes)}`).toBeLessThanOrEqual(LIMIT_BYTES);
}

it('the core, with the worker that nearly all applications run, is at most 40 KB, minified and gzipped', async () => {
  const sizes = await loadedBytes('core.js');
  expect(Object.keys(sizes)).toEqual(['core.js', 'worker-source.js']);
  expectSmall(sizes);
});

it('what import of the package itself loads is at most 40 KB, too', async () => {
  const sizes = await loadedBytes('index.js');
  expect(Object.keys(sizes)).toEqual(['index.js', 'core.js', 'worker-source.js']);
  expectSmall(sizes);
});

it.each(Object.keys(exports))('what %s adds to the core is at most 40 KB', async (name) => {
  const file = exports[name]?.import.replace('./dist/', '') ?? '';
  const sizes = await loadedBytes(file, ['core.js']);
  expect(Object.keys(sizes)).toEqual([file]);
  expectSmall(sizes);
});
