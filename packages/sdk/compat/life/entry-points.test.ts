import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runProgram } from './support/run-program.js';

const SDK = fileURLToPath(new URL('../..', import.meta.url));
const CONSUMER = fileURLToPath(new URL('./apps/consumer', import.meta.url));
const LOADER = fileURLToPath(new URL('./apps/load-entry.mjs', import.meta.url));
const { exports } = JSON.parse(readFileSync(join(SDK, 'package.json'), 'utf8')) as {
  exports: Record<string, Record<string, unknown>>;
};
const ENTRIES = Object.keys(exports).map((name) => name.replace(/^\./, '@slipstream/sdk'));

describe.each(ENTRIES)('%s', (entry) => {
  it('gives the same names to import and to require', async () => {
    const { code, output } = await runProgram(LOADER, { args: [entry] });
    expect([code, output.slice(-500)]).toEqual([0, expect.stringMatching(/^\[.*\]\n$/)]);
    const [imported, required] = JSON.parse(output) as [string[], string[]];
    expect(required).toEqual(imported);
  });

  it('names files that exist', () => {
    const {
      import: module,
      require,
      types,
    } = exports[entry.replace('@slipstream/sdk', '.')] as {
      import: string;
      require: { types: string; default: string };
      types: string;
    };
    const isTyped = existsSync(join(SDK, 'dist/types'));
    const files = [module, require.default, ...(isTyped ? [types, require.types] : [])];
    expect(files.filter((file) => !existsSync(join(SDK, file)))).toEqual([]);
  });
});

describe.skipIf(!existsSync(join(SDK, 'dist/types-cjs')))('the types (needs npm run build)', () => {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

  it.each([
    ['node16', 'node16'],
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('are found from ES modules and from CommonJS with module %s, resolution %s', async (module, resolution) => {
    const args = ['-p', CONSUMER, '--module', module, '--moduleResolution', resolution];
    expect(await runProgram(tsc, { args })).toMatchObject({ code: 0, output: '' });
  });
});
