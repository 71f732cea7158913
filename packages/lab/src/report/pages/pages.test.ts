import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { around, makeReport } from '../../../test/support/report.js';
import { renderHtml } from '../html/page.js';
import type { LabReport } from '../model.js';
import { BLOCK_NAMES, pageBlock } from './blocks.js';
import { fillPage, PUBLISHED_PAGES, RESULT_FILES } from './published-pages.js';
import { rewriteBlocks } from './rewrite.js';
import { slimReport } from './slim-report.js';

const inRoot = (path: string): URL => new URL(`../../../../../${path}`, import.meta.url);
const read = (path: string): string => readFileSync(inRoot(path), 'utf8').replaceAll('\r\n', '\n');
const readReport = (path: string): LabReport => JSON.parse(read(path)) as LabReport;

describe('a page with generated blocks', () => {
  it('gets a block on lines of its own, and one within a sentence', () => {
    const page = 'It costs <!-- lab:cost -->1 µs<!-- /lab:cost -->.\n<!-- lab:table -->\nold\n<!-- /lab:table -->\n';
    const find = (name: string): string => (name === 'cost' ? '2 µs' : '| a |');
    const { text, filled } = rewriteBlocks(page, find);
    expect(text).toBe(
      'It costs <!-- lab:cost -->2 µs<!-- /lab:cost -->.\n<!-- lab:table -->\n\n| a |\n\n<!-- /lab:table -->\n',
    );
    expect(filled).toEqual(['cost', 'table']);
    expect(rewriteBlocks(text, find).text).toBe(text);
  });

  it('keeps a block that nothing is known for, and names it', () => {
    const page = '<!-- lab:constructor -->x<!-- /lab:constructor -->';
    expect(rewriteBlocks(page, (name) => pageBlock(makeReport([]), 'en', name))).toEqual({
      text: page,
      filled: [],
      unknown: ['constructor'],
    });
  });

  it('takes a text with a dollar sign as it is', () => {
    expect(rewriteBlocks('<!-- lab:a -->x<!-- /lab:a -->', () => '$& $1').text).toContain('>$& $1<');
  });
});

describe('the published pages', () => {
  const source = RESULT_FILES.find((path) => existsSync(inRoot(path))) ?? '';

  it.each(PUBLISHED_PAGES)('$path says what the published run says (node scripts/docs/lab-numbers.mjs)', (page) => {
    const before = read(page.path);
    const { text, filled, unknown } = fillPage(readReport(source), before, page.language);
    expect(unknown).toEqual([]);
    expect(filled.length).toBeGreaterThan(2);
    expect(text).toBe(before);
  });

  it('would be found old, with another run', () => {
    const other = makeReport([
      {
        name: '4kb-paced',
        arms: [
          { arm: 'untraced', rounds: around(1) },
          { arm: 'slipstream', rounds: around(3) },
        ],
      },
    ]);
    for (const { path, language } of PUBLISHED_PAGES)
      expect(fillPage(other, read(path), language).text).not.toBe(read(path));
  });

  it('can be made from a run that has next to nothing', () => {
    for (const name of BLOCK_NAMES) {
      expect(pageBlock(makeReport([]), 'vi', name), name).not.toMatch(/NaN|undefined|Infinity/);
    }
  });
});

describe('the table of the READMEs', () => {
  const report = makeReport([
    {
      name: '4kb-paced',
      arms: [
        { arm: 'untraced', rounds: around(5) },
        { arm: 'slipstream', rounds: around(8) },
        { arm: 'opentelemetry', rounds: around(105), lost: 70 },
        { arm: 'langfuse', rounds: around(55) },
      ],
    },
  ]);

  it('has ours first, then the others by their price, and marks what lost spans', () => {
    const rows = pageBlock(report, 'en', 'cost-table')?.split('\n').slice(2);
    expect(rows?.[0]).toMatch(/^\| Slipstream \| – \| 3\.0 \|/);
    expect(rows?.[1]).toMatch(/^\| @langfuse\/\* 5\.11\.1 \| – \| 50 \|/);
    expect(rows?.[2]).toMatch(/^\| OpenTelemetry, batch \| – \| 100 \\\* \|/);
    expect(rows?.at(-1)).toContain('lost spans or text');
  });

  it('has the same figures in both languages', () => {
    const figures = (language: 'en' | 'vi') => pageBlock(report, language, 'cost-table')?.match(/[\d.,]+/g);
    expect(figures('vi')).toEqual(figures('en'));
  });
});

describe('the notes below the table', () => {
  it('say what a span costs now and then, from the least to the most', () => {
    const arms = [
      { arm: 'untraced', rounds: around(5) },
      { arm: 'untraced-again', rounds: around(5) },
      { arm: 'langfuse', rounds: around(105) },
      { arm: 'slipstream', rounds: around(25) },
    ] as const;
    const report = makeReport([{ name: '4kb-single-paced', arms }]);
    expect(pageBlock(report, 'en', 'notes')).toContain('a span of 4 KB costs: Slipstream 20 µs, Langfuse 100 µs.');
    expect(pageBlock(report, 'vi', 'notes')).toContain('một span 4 KB tốn: Slipstream 20 µs, Langfuse 100 µs.');
  });
});

describe('whether 10 ms hold', () => {
  const server = (own: number): LabReport =>
    makeReport([
      {
        name: 'server-4kb',
        kind: 'server',
        arms: [
          { arm: 'untraced', rounds: around(10, 'p99Ms').map((metrics) => ({ ...metrics, p50Ms: 5 })) },
          { arm: 'langfuse', rounds: around(own, 'p99Ms').map((metrics) => ({ ...metrics, p50Ms: 6 })) },
        ],
      },
    ]);
  it.each([
    [12, 'yes'],
    [20, 'in doubt: the interval holds 10 ms'],
    [40, 'no'],
  ])('is decided by the interval of what is added: p99 of %d ms', (p99, verdict) => {
    const row = pageBlock(server(p99), 'en', 'ten-ms-load')?.split('\n').at(-1);
    expect(row?.split('|').at(-2)?.trim()).toBe(verdict);
  });
});

/** Figures with more digits than are kept. */
function unevenReport(): LabReport {
  const arms = [
    { arm: 'untraced', rounds: around(1 / 3) },
    { arm: 'slipstream', rounds: around(10 / 3) },
    { arm: 'langfuse', rounds: around(1_000 / 7) },
  ] as const;
  return makeReport([{ name: '4kb-paced', arms }]);
}

describe('a run as the repository keeps it', () => {
  const original = unevenReport();
  const slim = slimReport(original);

  it('has every sample, and comes to the same figures in three digits', () => {
    expect(slim.samples).toHaveLength(original.samples.length);
    const figure = (report: LabReport) =>
      report.summaries.map(({ arms }) => arms.map(({ added }) => added.mainCpuUsPerSpan?.median.toPrecision(3)));
    expect(figure(slim)).toEqual(figure(original));
    // A goal that is younger than the run was not asked for then.
    const asked = slim.goals.filter(({ id }) => original.goals.some((goal) => goal.id === id));
    expect(asked.map(({ met }) => met)).toEqual(original.goals.map(({ met }) => met));
  });

  it('does not say where the files of the run were', () => {
    const command = (text: string): string => slimReport({ ...original, command: text }).command;
    expect(command('lab --full --out /home/a/runs --rounds 3')).toBe('lab --full --rounds 3');
    expect(command('lab --full --out=C:\\my runs\\a')).toBe('lab --full');
    expect(command('lab --full')).toBe('lab --full');
  });

  it('makes itself again', () => {
    expect(slimReport(slim)).toEqual(slim);
  });

  const folder = 'packages/lab/results';
  const kept = existsSync(inRoot(folder)) ? readdirSync(inRoot(folder)).filter((name) => name.endsWith('.json')) : [];
  it.runIf(kept.length > 0)('stands beside the page that is made from it, and is under 5 MB', () => {
    for (const name of kept) {
      const json = read(`${folder}/${name}`);
      expect(json.length, name).toBeLessThan(5 * 1024 * 1024);
      const page = `${folder}/${name === 'full.json' ? 'report' : name.replace('.json', '')}.html`;
      if (existsSync(inRoot(page))) expect(read(page)).toBe(renderHtml(JSON.parse(json) as LabReport, name));
    }
  });
});
