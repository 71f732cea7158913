import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeTree, type Tree } from './tree.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

interface Problem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** Scripts of the root are no package that could be imported by name. */
function load<T>(name: string): Promise<T> {
  return import(new URL(`../../../scripts/docs/${name}`, import.meta.url).href) as Promise<T>;
}

const { reportApi } = await load<{
  reportApi(
    root: string,
    folder: string,
    command: string,
  ): { text: string; problems: { file: string; line: number; name: string; problem: string }[] };
}>('api/report.mjs');
const { compareTranslation } = await load<{
  compareTranslation(
    original: { name: string; text: string },
    translation: { name: string; text: string },
  ): { line: number; message: string }[];
}>('translation/compare.mjs');
const { checkSnippets } = await load<{
  checkSnippets(root: string, files: string[]): Promise<{ problems: Problem[]; checked: number; ignored: number }>;
}>('snippets/check.mjs');
const { findBrokenLinks, findPages } = await load<{
  findBrokenLinks(root: string, pages: string[]): Problem[];
  findPages(root: string): string[];
}>('links.mjs');

let tree: Tree | undefined;

afterEach(() => {
  tree?.remove();
  tree = undefined;
});

function read(name: string): string {
  return readFileSync(path.join(ROOT, name), 'utf8').replaceAll('\r\n', '\n');
}

describe('the API report', () => {
  const PACKAGE = {
    name: '@x/kit',
    exports: {
      '.': { 'slipstream-source': './src/index.ts' },
      './more': { 'slipstream-source': './src/more/index.ts' },
    },
  };
  const run = (root: string, ...args: string[]): { status: number | null; stdout: string } =>
    spawnSync(process.execPath, [path.join(ROOT, 'scripts/docs/api-report.mjs'), '--root', root, ...args], {
      encoding: 'utf8',
    });

  function makeSdk(files: Readonly<Record<string, string>>): string {
    const sources = Object.entries(files).map(([name, text]) => [`packages/sdk/src/${name}`, text]);
    tree = makeTree({
      'packages/sdk/package.json': PACKAGE,
      'packages/sdk/src/index.ts': 'export {};',
      'packages/sdk/src/more/index.ts': 'export {};',
      ...Object.fromEntries(sources),
    });
    return tree.root;
  }

  function report(files: Readonly<Record<string, string>>): ReturnType<typeof reportApi> {
    return reportApi(makeSdk(files), 'packages/sdk', 'npm run report');
  }

  it('says what the sources of the SDK say', () => {
    const { text } = reportApi(ROOT, 'packages/sdk', 'node scripts/docs/api-report.mjs');
    expect(read('docs/api/sdk.md'), 'run: node scripts/docs/api-report.mjs').toBe(text);
  });

  it('finds a comment at everything that the SDK exports', () => {
    const { problems } = reportApi(ROOT, 'packages/sdk', '');
    expect(problems.map(({ file, line, name, problem }) => `${file}:${line}  ${name} ${problem}`)).toEqual([]);
  });

  it('follows names through other files and shows them as callers see them', () => {
    const { text, problems } = report({
      'index.ts': "export { type Options, run as start } from './core.js';",
      'core.ts':
        "import { work } from './work.js';\nexport { work as run };\nexport type { Options } from './work.js';",
      'work.ts': `
/** How to work. Not shown. */
export interface Options extends Base {
  /** Which way, e.g. Fast. @default 'fast' */
  readonly mode?: string;
}
interface Base {
  /** For how long. */
  readonly timeMs: number;
}
/** Works. Not shown. */
export function work(options: Options): string;
export function work(options: unknown): string { return String(options); }`,
    });
    expect(problems).toEqual([]);
    expect(text).toContain('### function `start`\n\nWorks.\n\n```ts\nfunction work(options: Options): string;\n```');
    expect(text).toContain("  /** Which way, e.g. Fast. @default 'fast' */\n  readonly mode?: string;");
    expect(text).toContain('exported nowhere\n\n### interface `Base`');
    expect(text).not.toContain('Not shown');
    expect(text).not.toContain('unknown');
  });

  it('leaves out what is private or internal, and bodies', () => {
    const { text, problems } = report({
      'index.ts': `
/** Counts. */
export class Counter {
  #count = 1;
  private step = 1;
  /** @internal */
  reset(): void {}
  /** The count. */
  get value(): number { return this.#count * this.step; }
}`,
    });
    expect(problems).toEqual([]);
    expect(text).toContain('class Counter {\n  /** The count. */\n  get value(): number;\n}');
  });

  it('shows a name that two entry points export once', () => {
    const { text } = report({
      'index.ts': '/** A. */\nexport type A = string;',
      'more/index.ts': "export type { A } from '../index.js';",
    });
    expect(text).toContain('## `@x/kit/more`\n\n### type `A`\n\nThe same as in [`@x/kit`](#xkit).');
  });

  it('names exports, members and inherited members without a comment, and signatures without a type', () => {
    const { problems } = report({
      'index.ts': `/** About the file. */

export const limit = 3;
class Base { open(): void {} }
/** B. */
export class B extends Base { close() {} }
/** C. */
export interface C { size: number }
/** A span as another library has it. @see that library's Span */
export interface D { size: number }`,
    });
    expect(problems.map(({ line, name, problem }) => `${line} ${name} ${problem}`)).toEqual([
      '3 limit has no TSDoc comment',
      '3 limit has no type written down',
      '6 B.close has no TSDoc comment',
      '6 B.close has no return type written down',
      '8 C.size has no TSDoc comment',
      '4 Base.open has no TSDoc comment',
    ]);
  });

  it('is checked against the sources, and by what it misses', () => {
    const root = makeSdk({ 'index.ts': '/** A. */\nexport type A = string;' });
    const change = (text: string): void => writeFileSync(path.join(root, 'packages/sdk/src/index.ts'), text);
    expect(run(root, '--check')).toMatchObject({ status: 1 });
    expect(run(root).status).toBe(0);
    expect(run(root, '--check').status).toBe(0);
    change('/** A. */\nexport type A = number;');
    const old = run(root, '--check');
    expect(old.status).toBe(1);
    expect(old.stdout).toContain('node scripts/docs/api-report.mjs');
    change('export type A = number;');
    run(root);
    expect(run(root, '--check')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('packages/sdk/src/index.ts:1  A has no TSDoc comment'),
    });
  });
});

describe('the Vietnamese README', () => {
  const ORIGINAL = `# Title
[vi](b.md) costs 2.5 µs, or 10–2,600 ms in 10 minutes; see [more](docs/more.md).

| a | \`x\` |
|---|---|
| 1 | 4 KB |

\`\`\`sh
npm start # 5
\`\`\`
## Next
`;
  const TRANSLATED = ORIGINAL.replace('[vi](b.md) costs', '[en](a.md) tốn')
    .replace('minutes; see', 'phút; xem')
    .replace('Title', 'Tiêu đề');

  const compare = (translation: string): string[] =>
    compareTranslation({ name: 'a.md', text: ORIGINAL }, { name: 'b.md', text: translation }).map(
      ({ line, message }) => `${line} ${message}`,
    );

  it('has the code, figures, links and structure of the English one', () => {
    const [original, translation] = ['README.md', 'README.vi.md'].map((name) => ({ name, text: read(name) }));
    expect(compareTranslation(original!, translation!)).toEqual([]);
  });

  it('may say everything else in its own words', () => {
    expect(compare(TRANSLATED)).toEqual([]);
  });

  it.each([
    ['a figure', '2,600', '2,060', '2 the figure: "10–2,060 ms", where a.md:2 has "10–2,600 ms"'],
    ['a unit', '4 KB', '4 MB', '6 the figure: "4 MB", where a.md:6 has "4 KB"'],
    ['a unit in words', '10 phút', '10 giây', '2 the figure: "10 s", where a.md:2 has "10 min"'],
    ['a command', 'npm start', 'npm run', '9 the block of code: "sh⏎npm run # 5", where a.md:9 has "sh⏎npm start # 5"'],
    ['code in a line', '`x`', '`y`', '4 the code: "y", where a.md:4 has "x"'],
    ['a link', 'docs/more', 'docs/less', '2 a link to: "docs/less.md", where a.md:2 has "docs/more.md"'],
    ['a row', '| 1 | 4 KB |', '1 4 KB', '5 a table row of: nothing, where a.md:6 has "2 cells"'],
    ['the level of a heading', '## Next', '### Next', '11 a heading of level: "###", where a.md:11 has "##"'],
  ])('must not change %s', (_what, before, after, message) => {
    expect(compare(TRANSLATED.replace(before, after))).toEqual([message]);
  });

  it('must not leave anything out', () => {
    expect(compare(TRANSLATED.replace('## Next\n', ''))).toEqual([
      '1 a heading of level: nothing, where a.md:11 has "##"',
    ]);
  });
});

describe('the examples on the pages', () => {
  const FAULTY = `
\`\`\`ts
import { configure } from '@slipstream/sdk';
import { nothing } from '@slipstream/sdk/nowhere';
import { mine } from './mine.js';

configure({ servce: 'x' });
observe(theirs, { input });
observe(mine);
\`\`\`

\`\`\`ts
const other: number = 'no import of ours, so nobody looks';
\`\`\`

\`\`\`ts ignore-check
import { configure } from '@slipstream/sdk';
\`\`\`

<!-- it shows what is refused -->
\`\`\`ts ignore-check
import { configure } from '@slipstream/sdk';
configure({ servce: 'x' });
\`\`\`
`;
  let faulty: Tree;
  let page = '';
  let result: Awaited<ReturnType<typeof checkSnippets>>;

  beforeAll(async () => {
    const guide = readdirSync(path.join(ROOT, 'docs/guide')).filter((name) => name.endsWith('.md'));
    faulty = makeTree({ 'faulty.md': FAULTY });
    page = path.join(faulty.root, 'faulty.md');
    // One run of the compiler for all, because it reads the SDK's sources each time.
    result = await checkSnippets(ROOT, ['README.md', ...guide.map((name) => `docs/guide/${name}`), page]);
    faulty.remove();
  }, 120_000);

  it('are what the compiler accepts', () => {
    const problems = result.problems.filter(({ file }) => file !== page);
    expect(problems.map(({ file, line, message }) => `${file}:${line}  ${message}`)).toEqual([]);
    expect(result.checked).toBeGreaterThan(5);
  });

  it('would not be, with a wrong option, a missing import or a wrong entry point', () => {
    const problems = result.problems.filter(({ file }) => file === page);
    expect(problems.map(({ line, message }) => `${line} ${message}`).sort()).toEqual([
      '17 says ignore-check and gives no reason in a comment',
      expect.stringMatching(/^4 TS2307 .*@slipstream\/sdk\/nowhere/),
      expect.stringMatching(/^7 TS2561 .*'servce'/),
      expect.stringMatching(/^8 TS2304 .*'observe'/),
      expect.stringMatching(/^9 TS2304 .*'observe'/),
    ]);
  });
});

describe('the links between pages', () => {
  it('lead somewhere', () => {
    const broken = findBrokenLinks(ROOT, findPages(ROOT));
    expect(broken.map(({ file, line, message }) => `${file}:${line}  ${message}`)).toEqual([]);
  });

  it('would not, without their file or heading', () => {
    tree = makeTree({
      'README.md':
        '[a](docs/a.md#what-it-does) [b](docs/b.md)\n`[c](d)` <https://x> [e](https://y)\n[up](#top-1)\n# Top\n# Top',
      'docs/a.md': '## What it `does`?\n[z](../README.md#no)\n```\n[no](link)\n```',
    });
    expect(findBrokenLinks(tree.root, findPages(tree.root))).toEqual([
      { file: 'README.md', line: 1, message: 'docs/b.md is not there' },
      { file: 'docs/a.md', line: 2, message: 'README.md has no heading #no' },
    ]);
  });
});

describe('the migration guide', () => {
  const VARIABLE = /\b(?:LANGFUSE|OTEL)_[A-Z_]+\b/g;
  const section = read('docs/guide/migrate.md').split('## Environment variables')[1] ?? '';
  const [areRead = '', notRead = ''] = section.split('| not read |');

  it('names the variables that are read, and none that are not', () => {
    const settings = read('packages/sdk/src/config.ts');
    const rows = areRead.split('\n').filter((line) => line.startsWith('| `'));
    const named = rows.join('\n').match(VARIABLE) ?? [];
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !settings.includes(`'${name}'`))).toEqual([]);
    const firstCells = notRead.split('\n').map((line) => line.split('|')[1] ?? '');
    const others = firstCells.join('\n').match(VARIABLE) ?? [];
    expect(others.length).toBeGreaterThan(10);
    expect(others.filter((name) => settings.includes(`'${name}'`))).toEqual([]);
  });
});
