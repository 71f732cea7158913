import { describe, expect, it } from 'vitest';
import { around, makeReport } from '../../../test/support/report.js';
import type { PythonResults } from '../../python/model.js';
import type { Estimate } from '../../statistics/bootstrap.js';
import type { LabReport } from '../model.js';
import { answerMethods, answerMistakes, claimsTables } from './claims-table.js';
import { judgeRange, judgeVersions } from './judge.js';

const estimate = (low: number, median: number, high: number): Estimate => ({ low, median, high, count: 5 });

describe('a range of the notes', () => {
  const range = { low: 5, high: 15 };
  it.each([
    ['holds where the interval touches it', estimate(3, 4, 5), 'the claim holds'],
    ['is too high where the interval lies below it', estimate(0.1, 0.2, 0.25), '20 times less than the notes say'],
    ['is too low where the interval lies above it', estimate(30, 31, 32), '2.00 times what the notes say'],
    [
      'is about nothing where even the upper end is none',
      estimate(-2, -1, 0),
      'nothing that can be told from untraced',
    ],
    ['is not judged without a figure', undefined, 'not measured in this run'],
  ])('%s', (_what, measured, text) => {
    expect(judgeRange(measured, range).text).toBe(text);
  });
});

describe('a mistake', () => {
  const good = estimate(9, 10, 11);
  it.each([
    [
      'is reproduced where the bad version lies above',
      estimate(95, 100, 105),
      'reproduced: 10 times what the good version takes',
    ],
    ['is not where both overlap', estimate(10, 12, 14), 'not reproduced: the two versions cannot be told apart'],
    [
      'is not where the bad version is cheaper',
      estimate(1, 2, 3),
      'not reproduced: the version that is called bad is the cheaper one',
    ],
    ['is not measured without its bad version', undefined, 'not measured in this run'],
  ])('%s', (_what, bad, text) => {
    expect(judgeVersions({ bad, good, asks: 'mistake' }).text).toBe(text);
  });

  it.each([
    [{ low: 80, high: 100 }, 'about as much as the notes say'],
    [{ low: 900, high: 1_000 }, 'but its price is 10 times less than the notes say'],
    [{ low: 1, high: 9 }, 'and its price is 10 times what the notes say'],
  ])('is held against its price in the notes: %o', (cost, text) => {
    expect(judgeVersions({ bad: estimate(95, 100, 105), good, cost, asks: 'mistake' }).text).toContain(text);
  });

  it('is decided by the difference within rounds where there is one', () => {
    const bad = estimate(9, 11, 13);
    const judged = (difference: Estimate) => judgeVersions({ bad, good, difference, asks: 'mistake' }).outcome;
    expect(judged(estimate(0.5, 1, 1.5))).toBe('holds');
    expect(judged(estimate(-0.5, 1, 1.5))).toBe('level');
    expect(judged(estimate(-2, -1, -0.5))).toBe('reversed');
  });

  it('whose cure is the question is judged by what the cure costs', () => {
    expect(judgeVersions({ bad: good, good: estimate(9, 10, 11), asks: 'cure' }).outcome).toBe('cure-free');
    expect(judgeVersions({ bad: good, good: estimate(19, 20, 21), asks: 'cure' }).text).toContain('2.00 times');
  });
});

describe('the table of claims', () => {
  it('has every method and mistake, and says so where the run has nothing', () => {
    const [methods, mistakes] = claimsTables(makeReport([]));
    expect(methods?.rows.map(([claim]) => claim?.slice(0, 2))).toEqual(
      ['A1', 'A2', 'A3', 'A4', 'A5'].flatMap((id) => [id, id, id]),
    );
    expect(new Set(mistakes?.rows.map(([claim]) => claim?.slice(0, 3)))).toEqual(
      new Set(['1.1', '1.2', '1.3', '1.4', '1.5', '1.6']),
    );
    for (const table of [methods, mistakes]) {
      for (const row of table?.rows ?? []) expect(row.at(-1)).toBe('not measured in this run');
    }
  });

  it('answers a method with what the serving thread pays, in milliseconds', () => {
    const report = makeReport([
      {
        name: '4kb-paced',
        arms: [
          { arm: 'untraced', rounds: around(5) },
          { arm: 'slipstream', rounds: around(8) },
          { arm: 'langfuse', rounds: around(5_005) },
        ],
      },
    ]);
    const observe = answerMethods(report).find(({ claim }) => claim.id === 'A2');
    const verdicts = observe?.answers.map(({ subject, verdict }) => [subject, verdict.text]);
    expect(verdicts).toContainEqual(['Langfuse', 'the claim holds']);
    expect(verdicts).toContainEqual(['Slipstream', '1,515 times less than the notes say']);
  });

  it('answers a mistake with its versions, of the same rounds', () => {
    const version = (name: string, us: number) => ({
      name: `mistake-1.1-${name}`,
      kind: 'mistake' as const,
      arms: [
        { arm: 'untraced', rounds: around(100, 'mainCpuUsPerRequest') },
        { arm: 'langfuse', rounds: around(us, 'mainCpuUsPerRequest') },
      ],
    });
    const report = makeReport([version('bad', 90_100), version('good', 200)]);
    const answers = answerMistakes(report).find(({ claim }) => claim.id === '1.1')?.answers ?? [];
    const inJavaScript = answers.filter(({ language }) => language === 'JavaScript');
    expect(inJavaScript.find(({ subject }) => subject === 'Langfuse, a client a request')).toMatchObject({
      measured: expect.stringMatching(/^bad 90,000 µs \(81,000 to 99,000\), good 100 µs .*main-thread CPU a request/),
      verdict: {
        outcome: 'holds',
        text: 'reproduced: 900 times what the good version takes, about as much as the notes say',
      },
    });
    const others = inJavaScript.filter(({ subject }) => subject.startsWith('Slipstream'));
    expect(others.length).toBeGreaterThan(0);
    for (const { verdict } of others) expect(verdict.outcome).toBe('not-measured');
  });

  it('answers a mistake that leaves something out with what arrives', () => {
    const version = (name: string, labels: number) => ({
      name: `mistake-1.4-${name}`,
      kind: 'mistake' as const,
      arms: [{ arm: 'slipstream', rounds: [{ labels }, { labels }] }],
    });
    const answers = answerMistakes(makeReport([version('bad', 0), version('good', 10)]));
    const ours = answers
      .find(({ claim }) => claim.id === '1.4')
      ?.answers.find(({ subject }) => subject.startsWith('Slipstream'));
    expect(ours?.verdict.text).toBe('reproduced: 0.00 arrive, and 10.0 with the cure');
  });

  it('has what the cost model said beside what was measured', () => {
    const report = makeReport([
      { name: 'ways-4kb', kind: 'loop', arms: [{ arm: 'slipstream-low-level', rounds: [{ mainCpuUsPerSpan: 5 }] }] },
    ]);
    const cell = { scenario: 'ways-4kb', arm: 'slipstream-low-level', metrics: { mainCpuUsPerSpan: 7.6 } };
    const predictions = { cells: [cell] } as unknown as NonNullable<LabReport['predictions']>;
    const ours = answerMethods({ ...report, predictions })
      .find(({ claim }) => claim.id === 'A1')
      ?.answers.find(({ subject }) => subject === 'Slipstream, by hand');
    expect(ours?.predicted).toBe('7.60 µs a span');
  });

  it('answers in Python by version and form, in the unit of the case', () => {
    const summary = (subject: string, variant: string, median: number) => ({
      case: variant === '' ? 'method-A1' : 'mistake-1.5',
      subject,
      variant,
      samples: 5,
      failed: 0,
      lossy: 0,
      metrics: { callUs: estimate(median * 0.9, median, median * 1.1) },
      notes: [],
    });
    const python: PythonResults = {
      format: 'slipstream-lab-python/1',
      python: '3.12.4',
      packages: { 'langfuse-2': '2.60.10' },
      cases: [
        { id: 'method-A1', title: 'A1', principalMetric: 'callUs', unit: 'µs a call' },
        { id: 'mistake-1.5', title: '1.5', principalMetric: 'callUs', unit: 'µs' },
      ],
      constants: {},
      predictions: [{ case: 'method-A1', subject: 'langfuse-2', variant: '', value: 190, because: '' }],
      samples: [],
      summaries: [
        summary('untraced', '', 1),
        summary('langfuse-2', '', 200),
        summary('langfuse-5', 'bad', 10),
        summary('langfuse-5', 'good', 1),
        summary('langfuse-5', 'bad-per-call', 30),
      ],
      skipped: [],
    };
    const report = { ...makeReport([]), python };
    expect(answerMethods(report)[0]?.answers[0]).toMatchObject({
      subject: 'langfuse-2 (2.60.10)',
      predicted: '190 µs a call',
      measured: '200 µs a call (180 to 220)',
      verdict: { outcome: 'holds' },
    });
    const lookUps = answerMistakes(report).find(({ claim }) => claim.id === '1.5')?.answers;
    const second = lookUps?.[0];
    expect(second).toMatchObject({ subject: 'langfuse-5, bad', verdict: { outcome: 'holds' } });
    expect(second?.verdict.text).toContain('10 times what the good version takes, about as much');
    expect(lookUps?.[1]?.measured).toMatch(/^bad 30\.0 µs .*, good 1\.00 µs/);
  });

  it("asks of the notes' own remedy what it costs, and names a mistake by its number once", () => {
    const summary = (subject: string, median: number) => ({
      case: 'gil-multiprocessing',
      subject,
      variant: '',
      samples: 5,
      failed: 0,
      lossy: 0,
      metrics: { p99Ms: estimate(median * 0.9, median, median * 1.1) },
      notes: [],
    });
    const title = '1.6: with another process';
    const python: PythonResults = {
      format: 'slipstream-lab-python/1',
      python: '3.12.4',
      packages: {},
      cases: [{ id: 'gil-multiprocessing', title, principalMetric: 'p99Ms', unit: 'ms' }],
      constants: {},
      predictions: [],
      samples: [],
      summaries: [summary('untraced', 20), summary('multiprocessing', 19)],
      skipped: [],
    };
    const [answer] =
      answerMistakes({ ...makeReport([]), python }).find(({ claim }) => claim.id === '1.6')?.answers ?? [];
    expect(answer).toMatchObject({ title: 'with another process', verdict: { outcome: 'cure-free' } });
    expect(answer?.measured).toMatch(/^cured 19\.0 ms .*, untraced 20\.0 ms/);
  });
});
