import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { around, makeReport } from '../../test/support/report.js';
import type { LabReport } from '../report/model.js';
import { runCompareCommand } from './command.js';
import { compareReports } from './compare.js';
import { readReport } from './read-report.js';

const run = (own: number, langfuse = 105, more: Partial<LabReport> = {}): LabReport =>
  makeReport(
    [
      {
        name: '4kb-paced',
        arms: [
          { arm: 'untraced', rounds: around(5) },
          // Not in step with the others: else their ratio would have no interval.
          { arm: 'slipstream', rounds: around(own, 'mainCpuUsPerSpan', [1.1, 1, 0.9]) },
          { arm: 'langfuse', rounds: around(langfuse) },
        ],
      },
    ],
    more,
  );

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'lab-compare-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: unknown): string {
  const file = path.join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

async function compare(...args: string[]): Promise<{ code: number; result: string; talk: string }> {
  let [result, talk] = ['', ''];
  const code = await runCompareCommand(args, {
    result: (text) => {
      result += text;
    },
    talk: (text) => {
      talk += text;
    },
  });
  return { code, result, talk };
}

describe('two runs beside each other', () => {
  it('agree with themselves in every ratio and figure', () => {
    const comparison = compareReports(run(8), run(8));
    expect(comparison.headline).toMatchObject({ agree: 2, judged: 2 });
    expect(comparison.cells.map(({ arm, overlaps, ratio }) => [arm, overlaps, ratio])).toEqual([
      ['untraced', true, 1],
      ['slipstream', true, 1],
      ['langfuse', true, 1],
    ]);
    expect(comparison.warnings).toEqual([]);
  });

  it('are apart where the intervals have no value in common', () => {
    const { headline, cells } = compareReports(run(8), run(20));
    expect(headline.ratios.find(({ other }) => other === 'langfuse')).toMatchObject({ overlaps: false });
    expect(cells.find(({ arm }) => arm === 'slipstream')).toMatchObject({ overlaps: false, ratio: 5 });
    expect(cells.find(({ arm }) => arm === 'langfuse')).toMatchObject({ overlaps: true });
  });

  it.each([1, 2])('have no verdict on samples of %d rounds', (rounds) => {
    const few = (us: number): LabReport =>
      makeReport([
        {
          name: '4kb-paced',
          arms: [
            { arm: 'untraced', rounds: around(5).slice(0, rounds) },
            { arm: 'slipstream', rounds: around(us).slice(0, rounds) },
          ],
        },
      ]);
    const { headline, cells } = compareReports(few(8), few(80));
    expect(headline.judged).toBe(0);
    expect(cells.every(({ overlaps }) => overlaps === undefined)).toBe(true);
  });

  it('warn of another machine, Node and version', () => {
    const first = run(8);
    const environment = { ...first.environment, node: 'v24.1.0', cores: 8, packages: { '@langfuse/tracing': '6.0.0' } };
    const { warnings } = compareReports(first, { ...run(8), environment });
    expect(warnings).toHaveLength(3);
    expect(warnings.map((warning) => warning.split(':')[0])).toEqual([
      'the machine differs',
      'Node differs',
      '@langfuse/tracing differs',
    ]);
  });

  it('name the cells that only one of them has', () => {
    const more = makeReport([{ name: 'tiny-paced', arms: [{ arm: 'untraced', rounds: around(1) }] }]);
    expect(compareReports(run(8), more)).toMatchObject({
      onlyFirst: ['4kb-paced untraced', '4kb-paced slipstream', '4kb-paced langfuse'],
      onlySecond: ['tiny-paced untraced'],
    });
  });
});

describe('slipstream lab compare', () => {
  it('exits with 0 where the ratios agree, and prints both figures', async () => {
    const { code, result } = await compare(write('a.json', run(8)), write('b.json', run(8.1)));
    expect(result).toContain('2 of 2 ratios agree within their intervals');
    expect(result).toMatch(/4kb-paced +slipstream .*3\.00 \([\d. to]+\) +3\.10 \([\d. to]+\) +1\.03 × +overlap/);
    expect(code).toBe(0);
  });

  it('exits with 1 where they do not, or have nothing in common', async () => {
    expect((await compare(write('a.json', run(8)), write('b.json', run(30)))).code).toBe(1);
    expect((await compare(write('a.json', run(8)), write('b.json', makeReport([])))).code).toBe(1);
  });

  it('prints JSON, and writes a page that shows names as text', async () => {
    const page = path.join(folder, 'page.html');
    const [a, b] = [write('<i>a.json', run(8)), write('b.json', run(8))];
    const { result } = await compare(a, b, '--json', '--html', page);
    expect(JSON.parse(result)).toMatchObject({ format: 'slipstream-lab-comparison/1', headline: { agree: 2 } });
    const html = readFileSync(page, 'utf8');
    expect(html).toContain('&lt;i&gt;a.json');
    expect(html).not.toMatch(/https?:\/\/|<script/);
  });

  it('prints no control character of a file', async () => {
    const report = run(8);
    const [summary] = report.summaries;
    const evil = { ...report, startedAt: '\u001b[2J', summaries: [{ ...summary, title: '\u001b]0;x\u0007' }] };
    const { result } = await compare(write('a.json', evil), write('b.json', evil));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there
    expect(result).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it.each([
    ['no file', () => path.join(folder, 'nowhere.json'), 'cannot be read'],
    ['a folder', () => folder, 'is no file'],
    ['no JSON', () => write('c.json', '{'), 'is no JSON'],
    ['another JSON', () => write('c.json', { format: 'x' }), 'the file.format is none of slipstream-lab/1'],
    ['a list', () => write('c.json', []), 'the file is no object'],
    ['a figure that is a text', () => write('c.json', withMedian('8')), 'median is no number'],
    ['a status of its own', () => write('c.json', withStatus('fine')), 'samples[0].status is none of ok'],
  ])('exits with 2 for %s, and says what is wrong', async (_what, file, message) => {
    const { code, talk } = await compare(write('a.json', run(8)), file());
    expect(talk).toContain(message);
    expect(code).toBe(2);
  });

  it.each([[[]], [['a.json']], [['a', 'b', 'c']], [['a', 'b', '--what']]])('exits with 2 for %j', async (args) => {
    expect((await compare(...args)).code).toBe(2);
  });

  it('explains itself', async () => {
    const { code, result } = await compare('--help');
    expect(result).toContain('Exit codes');
    expect(code).toBe(0);
  });

  it('reads a report of exactly the limit, and none that is one byte longer', async () => {
    const file = write('a.json', run(8));
    const size = readFileSync(file).length;
    await expect(readReport(file, size)).resolves.toBeDefined();
    await expect(readReport(file, size - 1)).rejects.toThrow(/has \d+ bytes; a report has at most/);
  });
});

function withStatus(status: string): unknown {
  const report = run(8);
  return { ...report, samples: report.samples.map((sample) => ({ ...sample, status })) };
}

function withMedian(median: unknown): unknown {
  const report = run(8);
  const [summary] = report.summaries;
  const [arm] = summary?.arms ?? [];
  const metrics = { mainCpuUsPerSpan: { median, low: 1, high: 2, count: 3 } };
  return { ...report, summaries: [{ ...summary, arms: [{ ...arm, metrics }] }] };
}
