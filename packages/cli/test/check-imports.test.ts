import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeTree, type Tree } from './tree.js';

const SCRIPT = fileURLToPath(new URL('../../../scripts/check-imports.mjs', import.meta.url));
const RULES = fileURLToPath(new URL('../../../import-rules.json', import.meta.url));

const TABLE = {
  packages: {
    'packages/wire': { name: '@x/wire', imports: [], builtIns: false, external: false },
    'packages/sdk': { name: '@x/sdk', imports: ['@x/wire'], external: false, bundled: true },
    'packages/collector': { name: '@x/collector', imports: ['@x/wire'] },
    'packages/cli': { name: '@x/cli', imports: [], lazy: ['@x/collector'] },
  },
  tests: { imports: ['@x/sdk'] },
  folders: [
    {
      in: ['packages/collector/src/receivers'],
      mustNotImport: ['packages/collector/src/store'],
      except: ['packages/collector/src/store/names.ts'],
      why: 'reasons',
    },
  ],
  doors: [
    {
      folder: 'packages/collector/src/queue',
      open: ['packages/collector/src/queue/contract.ts'],
      keys: ['packages/collector/src/app.ts'],
      why: 'reasons',
    },
  ],
  environment: { readers: ['packages/collector/src/config.ts'] },
};

const manifest = (name: string, more: object = {}): object => ({ name, exports: { '.': './src/index.ts' }, ...more });

/** A tree in which everything is as the table says. */
const GOOD: Readonly<Record<string, unknown>> = {
  'import-rules.json': TABLE,
  'package.json': { name: 'root', devDependencies: { vitest: '1.0.0' } },
  'packages/wire/package.json': manifest('@x/wire'),
  'packages/wire/src/index.ts': "export { a } from './a.js';\n",
  'packages/wire/src/a.ts': "import type { B } from './b.js';\nexport const a: B = 1;\n",
  'packages/wire/src/b.ts': "import { a } from './a.js';\nexport type B = number;\nexport const c = a;\n",
  'packages/sdk/package.json': manifest('@x/sdk', { devDependencies: { '@x/wire': '1.0.0' } }),
  'packages/sdk/src/index.ts': "import { a } from '@x/wire';\nimport fs from 'node:fs';\nexport const s = [a, fs];\n",
  'packages/collector/package.json': manifest('@x/collector', { dependencies: { '@x/wire': '1', fastify: '5' } }),
  'packages/collector/src/index.ts':
    "import fastify from 'fastify';\nimport { a } from '@x/wire';\nexport { a, fastify };\n",
  'packages/collector/src/config.ts': 'export const port = process.env.PORT;\n',
  'packages/collector/src/app.ts': "import { q } from './queue/log.js';\nexport const app = q;\n",
  'packages/collector/src/queue/log.ts': "import type { Q } from './contract.js';\nexport const q: Q = 1;\n",
  'packages/collector/src/queue/contract.ts': 'export type Q = number;\n',
  'packages/collector/src/store/names.ts': "export const NAME = 'store';\n",
  'packages/collector/src/store/duck.ts': 'export const duck = 1;\n',
  'packages/collector/src/receivers/otlp.ts': "import { NAME } from '../store/names.js';\nexport const r = NAME;\n",
  'packages/collector/src/otlp.test.ts':
    "import { it } from 'vitest';\nimport { s } from '@x/sdk';\nit('x', () => s);\n",
  'packages/cli/package.json': manifest('@x/cli', { dependencies: { '@x/collector': '1' } }),
  'packages/cli/src/index.ts': "export const load = () => import('@x/collector');\n",
  'packages/cli/dist/index.js': "import '@x/nowhere';\n",
};

interface Checked {
  readonly code: number | null;
  readonly output: string;
}

function check(root: string): Promise<Checked> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [SCRIPT, '--root', root], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.on('close', (code) => resolve({ code, output }));
  });
}

let tree: Tree | undefined;

afterEach(() => {
  tree?.remove();
  tree = undefined;
});

async function checkWith(changes: Readonly<Record<string, unknown>>): Promise<Checked> {
  tree = makeTree({ ...GOOD, ...changes });
  return check(tree.root);
}

describe('check-imports', () => {
  it('accepts a tree that follows its table, built files aside', async () => {
    expect(await checkWith({})).toMatchObject({ code: 0, output: expect.stringMatching(/^\d+ files, \d+ imports/) });
  });

  const broken: readonly (readonly [title: string, file: string, text: string, place: string])[] = [
    ['a package that the table does not allow', 'packages/sdk/src/x1.ts', "import '@x/collector';\n", ':1  package'],
    [
      'a type from a package that the table does not allow',
      'packages/sdk/src/x2.ts',
      "export const a = 1;\nexport type T = import('@x/collector').T;\n",
      ':2  package',
    ],
    ['a re-export of it', 'packages/sdk/src/x3.ts', "\nexport { a } from '@x/collector';\n", ':2  package'],
    ['a dynamic import of it', 'packages/sdk/src/x4.ts', 'await import(`@x/collector`);\n', ':1  package'],
    ['a Node built-in where there must be none', 'packages/wire/src/x5.ts', "import 'node:fs';\n", ':1  built-in'],
    ['a built-in without its prefix', 'packages/wire/src/x6.ts', "import 'fs';\n", ':1  built-in'],
    ['a dependency of a package that has none', 'packages/sdk/src/x7.ts', "import 'zod';\n", ':1  external'],
    ['a dependency that is not declared', 'packages/collector/src/x8.ts', "import 'zod/v4';\n", ':1  undeclared'],
    ['a test dependency that nobody declares', 'packages/wire/src/x9.test.ts', "import 'zod';\n", ':1  undeclared'],
    [
      'a relative way out of the package',
      'packages/sdk/src/x10.ts',
      "import '../../wire/src/a.js';\n",
      ':1  leaves-package',
    ],
    [
      'a test that leaves its package',
      'packages/sdk/test/x11.ts',
      "import '../../wire/src/a.js';\n",
      ':1  leaves-package',
    ],
    [
      'a script that reaches into a package',
      'scripts/x12.mjs',
      "import '../packages/wire/src/a.js';\n",
      ':1  leaves-package',
    ],
    ['a deep import', 'packages/collector/src/x13.ts', "import '@x/wire/src/a.js';\n", ':1  deep-import'],
    ['a lazy package that is loaded at once', 'packages/cli/src/x14.ts', "import '@x/collector';\n", ':1  lazy'],
    ['a forbidden folder', 'packages/collector/src/receivers/x15.ts', "import '../store/duck.js';\n", ':1  folder'],
    ['an implementation behind a contract', 'packages/collector/src/x16.ts', "import './queue/log.js';\n", ':1  door'],
    ['a file that imports itself', 'packages/wire/src/x17.ts', "export * from './x17.js';\n", ':1  cycle'],
    ['process.env', 'packages/collector/src/x18.ts', 'export const e =\n  process.env.X;\n', ':2  environment'],
    [
      'process.env by another name',
      'packages/sdk/src/x19.ts',
      'const { env } = process;\nexport { env };\n',
      ':1  environment',
    ],
    [
      'env of node:process',
      'packages/sdk/src/x20.ts',
      "import { env } from 'node:process';\nexport { env };\n",
      ':1  environment',
    ],
    ['a file that cannot be parsed', 'packages/sdk/src/x21.ts', 'const = ;\n', ':1  syntax'],
  ];

  describe('in a tree that breaks every rule once', () => {
    let outcome: Checked;

    beforeAll(async () => {
      const bad = makeTree({ ...GOOD, ...Object.fromEntries(broken.map(([, file, text]) => [file, text])) });
      outcome = await check(bad.root);
      bad.remove();
    });

    it('fails, with one line for each', () => {
      expect(outcome.code).toBe(1);
      expect(outcome.output.trim().split('\n')).toHaveLength(broken.length + 1);
      expect(outcome.output).toContain(`${broken.length} broken import rules`);
    });

    it.each(broken)('names file and line of %s', (_title, file, _text, place) => {
      expect(outcome.output).toContain(`${file}${place}`);
    });
  });

  it('shows the whole way round a cycle of files', async () => {
    const { code, output } = await checkWith({
      'packages/wire/src/p.ts': "import './q.js';\n",
      'packages/wire/src/q.ts': "import './r.js';\n",
      'packages/wire/src/r.ts': "import './p.js';\n",
    });
    const file = (name: string): string => `packages/wire/src/${name}.ts`;
    expect(output).toContain(['p', 'q', 'r', 'p'].map(file).join(' → '));
    expect(code).toBe(1);
  });

  it('wants a row in the table for each package', async () => {
    const { code, output } = await checkWith({
      'packages/new/package.json': manifest('@x/new'),
      'packages/new/src/index.ts': 'export const n = 1;\n',
    });
    expect(output).toContain('import-rules.json:1  table  has no row for packages/new');
    expect(code).toBe(1);
  });

  it('refuses a table in which packages import each other', async () => {
    const wire = { ...TABLE.packages['packages/wire'], imports: ['@x/sdk'] };
    const { output } = await checkWith({
      'import-rules.json': { ...TABLE, packages: { ...TABLE.packages, 'packages/wire': wire } },
    });
    expect(output).toContain('packages import each other: @x/sdk → @x/wire');
  });

  it('is given a real table that says what the design says', () => {
    const { packages } = JSON.parse(readFileSync(RULES, 'utf8'));
    expect(packages['packages/wire']).toMatchObject({ imports: [], builtIns: false, external: false });
    expect(packages['packages/sdk']).toMatchObject({ imports: ['@slipstream/wire'], external: false });
    expect(packages['packages/web'].imports).toEqual(['@slipstream/query-api']);
    expect(packages['packages/collector'].imports).toEqual(['@slipstream/wire', '@slipstream/query-api']);
  });
});
