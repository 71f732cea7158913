import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runInThisContext } from 'node:vm';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadMaskFunction } from './load.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipstream-load-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function moduleWith(source: string, name = 'mask.mjs'): string {
  const path = join(folder, name);
  writeFileSync(path, source);
  return pathToFileURL(path).href;
}

const FIELD = { kind: 'input', observationType: 'span', name: 'a' } as const;

describe('a mask module', () => {
  it.each([
    ['export default (text) => text + 1;', 'a.mjs'],
    ['export const mask = (text) => text + 1;', 'b.mjs'],
    ['module.exports = (text) => text + 1;', 'c.cjs'],
    ['exports.mask = (text) => text + 1;', 'd.cjs'],
    ['exports.default = (text) => text + 1;', 'tên có dấu.cjs'],
  ])('gives its function: %s', async (source, name) => {
    const mask = await loadMaskFunction(moduleWith(source, name));
    expect(mask('a', FIELD)).toBe('a1');
  });

  it('that exports none is refused with what it should', async () => {
    await expect(loadMaskFunction(moduleWith('export const other = () => 1;'))).rejects.toThrow(/default or as "mask"/);
  });

  it('that never finishes is given up', async () => {
    const source = 'await new Promise(() => setInterval(() => {}, 1e6).unref()); export default (text) => text;';
    await expect(loadMaskFunction(moduleWith(source), 50)).rejects.toThrow('did not load within 50 ms');
  });

  it('is found where there is no import(), as in tests that run in a context of their own', async () => {
    const bundle = await build({
      entryPoints: [fileURLToPath(new URL('./load.ts', import.meta.url))],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      write: false,
    });
    // Compiled without a callback for imports.
    const run = runInThisContext(`(module, exports, require) => {${bundle.outputFiles[0]!.text}}`);
    const module = { exports: {} as { loadMaskFunction: typeof loadMaskFunction } };
    run(module, module.exports, createRequire(import.meta.url));
    const mask = await module.exports.loadMaskFunction(moduleWith('module.exports = (text) => text + 1;', 'bé.cjs'));
    expect(mask('a', FIELD)).toBe('a1');
    await expect(module.exports.loadMaskFunction(pathToFileURL(join(folder, 'none.cjs')).href)).rejects.toThrow(
      /find module/,
    );
  });
});
