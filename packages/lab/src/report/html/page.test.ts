import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { around, makeReport, type ScenarioRounds } from '../../../test/support/report.js';
import type { PythonResults } from '../../python/model.js';
import type { LabReport } from '../model.js';
import { BENCHED_GOALS } from '../other-benches.js';
import { renderHtml } from './page.js';

const COST: ScenarioRounds = {
  name: '4kb-paced',
  title: '4 KB a span, paced',
  arms: [
    { arm: 'untraced', rounds: around(4.95) },
    { arm: 'untraced-again', rounds: around(5.05) },
    { arm: 'slipstream', rounds: around(8) },
    { arm: 'langfuse', rounds: around(105) },
    { arm: 'opentelemetry', rounds: around(50), lost: 182 },
    { arm: 'dd-trace', rounds: around(5.05) },
  ],
};

/** The text of the table row that begins with a library's name. */
function rowOf(page: string, library: string): string {
  const row = page
    .split('<tr')
    .filter((text) => text.includes(`<th scope="row">${library}</th>`))
    .find((text) => text.includes('class="wide"'));
  return (row ?? '').replaceAll(/<[^>]*>/g, ' ').replaceAll('&#39;', "'");
}

const FULL = new URL('../../../results/full.json', import.meta.url);
const FULL_RUN = JSON.parse(readFileSync(FULL, 'utf8')) as LabReport;
const FULL_PAGE = renderHtml(FULL_RUN, 'lab.json');
const SMALL_PAGE = renderHtml(makeReport([COST]), 'lab.json');

describe('the page of a run', () => {
  it.each([
    ['the published run', FULL_PAGE],
    ['a run of one question', SMALL_PAGE],
  ])('loads nothing from elsewhere and runs nothing (%s)', (_name, page) => {
    expect(page).not.toMatch(/https?:\/\//);
    expect(page).not.toMatch(/<(?:script|link|img|iframe|object|embed|form)\b/i);
    expect(page).not.toMatch(/\son\w+=/i);
    expect(page).not.toMatch(/url\(|@import/i);
    expect(page).toContain("default-src 'none'");
  });

  it('shows untrusted text as text', () => {
    const attack = '<script>alert(1)</script> "\' & \u202e';
    const report = makeReport([{ ...COST, title: attack, arms: COST.arms.map((arm) => ({ ...arm, note: attack })) }]);
    const page = renderHtml({ ...report, command: attack }, attack);
    expect(page).not.toContain('<script>alert');
    expect(page).not.toContain('\u202e');
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &quot;&#39; &amp; \ufffd');
  });

  it('has each anchor of its contents once', () => {
    const page = FULL_PAGE;
    const targets = [...page.matchAll(/href="#([^"]+)"/g)].map(([, target]) => target ?? '');
    expect(targets.length).toBeGreaterThan(10);
    for (const target of targets) expect(page.split(`id="${target}"`), target).toHaveLength(2);
  });

  it('says where Slipstream loses before it says anything else of it', () => {
    const page = FULL_PAGE;
    const headings = [...page.matchAll(/<h2 id="([^"]+)"/g)].map(([, id]) => id);
    expect(headings[0]).toBe('losses');
    expect(headings[1]).toBe('verdicts');
    const judged = FULL_RUN.goals.filter(({ met }) => met !== undefined);
    const missed = judged.filter(({ met }) => met === false);
    expect(page).toContain(`${missed.length} of ${judged.length} goals were missed`);
  });

  it('closes what it opens', () => {
    const page = FULL_PAGE;
    for (const tag of ['table', 'tr', 'section', 'svg', 'figure', 'g', 'ul', 'p']) {
      const opened = page.match(new RegExp(`<${tag}[\\s>]`, 'g'))?.length ?? 0;
      expect(page.match(new RegExp(`</${tag}>`, 'g'))?.length ?? 0, tag).toBe(opened);
    }
  });

  it('draws no coordinate that is no number', () => {
    const page = FULL_PAGE;
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe('the verdict of a row', () => {
  const page = renderHtml(makeReport([COST]), 'lab.json');

  it('holds ours against Langfuse and the best peer', () => {
    expect(rowOf(page, 'Slipstream')).toMatch(/adds 3\.00 µs \(2\.70 to 3\.30\) a span: 1\/33 of Langfuse/);
  });

  it('holds a peer against ours', () => {
    expect(rowOf(page, 'Langfuse')).toContain('adds 100 µs (90.0 to 110) a span: 33 × Slipstream');
  });

  it('says first that spans were lost', () => {
    expect(rowOf(page, 'OpenTelemetry, batch')).toMatch(/lost 26 % of its spans: a run that loses spans is not a fast/);
  });

  it('calls no difference within the noise an effect', () => {
    expect(rowOf(page, 'dd-trace')).toMatch(/not distinguishable from untraced: 0\.05\d* µs .* noise 0\.10 µs/);
  });

  it('says what failed, and why', () => {
    const failing = makeReport([COST]);
    const samples = failing.samples.map((sample) =>
      sample.arm === 'langfuse'
        ? { ...sample, status: 'failed' as const, note: 'no such module', metrics: {} }
        : sample,
    );
    const summaries = makeReport([COST]).summaries.map((summary) => ({
      ...summary,
      arms: summary.arms.map((arm) =>
        arm.arm === 'langfuse' ? { ...arm, failed: 3, metrics: {}, added: {}, notes: ['no such module'] } : arm,
      ),
    }));
    const other = renderHtml({ ...failing, samples, summaries }, 'lab.json');
    expect(rowOf(other, 'Langfuse')).toContain('failed in every run (no such module)');
  });
});

describe('where ours lose', () => {
  it('names the figure, the peer and by how much', () => {
    const page = renderHtml(
      makeReport([
        {
          name: '4kb-paced',
          arms: [
            { arm: 'untraced', rounds: around(5) },
            { arm: 'slipstream', rounds: around(45) },
            { arm: 'langfuse', rounds: around(25) },
          ],
        },
      ]),
      'lab.json',
    );
    const section = page.slice(page.indexOf('id="losses"'), page.indexOf('id="verdicts"'));
    expect(section).toContain('better in 0 of 1, worse in 1');
    expect(section).toContain('Slipstream against Langfuse');
    expect(section).toContain('2.0 × (2.0 to 2.0)');
  });

  it('does not hold ours against a peer that lost spans', () => {
    const page = renderHtml(
      makeReport([
        {
          name: '4kb-paced',
          arms: [
            { arm: 'untraced', rounds: around(5) },
            { arm: 'slipstream', rounds: around(45) },
            { arm: 'langfuse', rounds: around(25), lost: 7 },
          ],
        },
      ]),
      'lab.json',
    );
    expect(page).not.toContain('worse in 1');
  });
});

describe('the Python part', () => {
  const python: PythonResults = {
    format: 'slipstream-lab-python/1',
    python: '3.12.4',
    packages: { 'langfuse-3': '3.15.0' },
    cases: [
      { id: 'gil', title: 'The shared interpreter', claim: '30 ms become 1.5 s', principalMetric: 'p99Ms', unit: 'ms' },
    ],
    constants: {},
    predictions: [],
    samples: [
      {
        case: 'gil',
        subject: 'langfuse-3',
        variant: '',
        round: 0,
        status: 'ok',
        spansSent: 1,
        spansDelivered: 1,
        metrics: { p99Ms: 900 },
        series: [
          { atMs: 0, p50Ms: 3, p99Ms: 30 },
          { atMs: 1_000, p50Ms: 4, p99Ms: 900, isExporting: true },
          { atMs: 2_000, p50Ms: 3, p99Ms: 31 },
        ],
      },
    ],
    summaries: [
      {
        case: 'gil',
        subject: 'langfuse-3',
        variant: '',
        samples: 1,
        failed: 0,
        lossy: 0,
        metrics: { p99Ms: { median: 900, low: 900, high: 900, count: 1 } },
        notes: ['<b>note</b>'],
      },
    ],
    skipped: [{ subject: 'multiprocessing', reason: 'no <python>' }],
  };
  const page = renderHtml({ ...makeReport([COST]), python }, 'lab.json');

  it('draws latency over time, with the export shaded', () => {
    expect(page).toMatch(/<polyline class="curve peer" points="0\.00,[\d.]+ 50\.00,[\d.]+ 100\.00,/);
    expect(page).toContain('<rect class="busy" x="50.00" y="0" width="50.00"');
  });

  it('says what was not run, and shows notes as text', () => {
    expect(page).toContain('multiprocessing: no &lt;python&gt;');
    expect(page).toContain('&lt;b&gt;note&lt;/b&gt;');
  });
});

describe('numbers that other benches measure', () => {
  it.each(
    BENCHED_GOALS.flatMap(({ text, source, figure }) => (source === undefined ? [] : [{ text, source, figure }])),
  )('$text: stands on its page', ({ source, figure }) => {
    const page = readFileSync(new URL(`../../../../../${source.page}`, import.meta.url), 'utf8');
    expect(page).toContain(source.quote);
    if (figure !== undefined) expect(source.quote).toContain(figure.replace(/ (?:ms|s)$/, ''));
  });

  it('have no figure where nobody measured them', () => {
    for (const { outcome, figure } of BENCHED_GOALS) {
      if (outcome === 'not measured') expect(figure).toBeUndefined();
    }
  });
});
