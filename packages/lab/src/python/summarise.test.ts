import { expect, test } from 'vitest';
import type { PythonSample } from './model.js';
import { summarisePython } from './summarise.js';

const sample = (over: Partial<PythonSample> = {}): PythonSample => ({
  case: 'method-A1',
  subject: 'langfuse-5',
  variant: 'plain',
  round: 0,
  status: 'ok',
  spansSent: 4,
  spansDelivered: 4,
  metrics: { addedMs: 1 },
  ...over,
});

test('rounds of one case, subject and form are one summary with the median', () => {
  const samples = [1, 5, 2].map((addedMs, round) => sample({ round, metrics: { addedMs } }));
  const [summary, ...others] = summarisePython(samples, 1);
  expect(others).toEqual([]);
  expect(summary?.metrics.addedMs).toMatchObject({ median: 2, count: 3 });
});

test('forms and subjects are kept apart, in the order of a table', () => {
  const summaries = summarisePython([sample(), sample({ variant: 'fastapi' }), sample({ subject: 'untraced' })], 1);
  expect(summaries.map(({ subject, variant }) => `${subject} ${variant}`)).toEqual([
    'untraced plain',
    'langfuse-5 fastapi',
    'langfuse-5 plain',
  ]);
});

test('a failed sample is counted and says why, and no figure comes of it', () => {
  const failed = sample({ status: 'failed', note: 'ImportError', metrics: { addedMs: 99 } });
  const [summary] = summarisePython([failed, sample(), sample({ status: 'lost' })], 1);
  expect(summary).toMatchObject({ samples: 3, failed: 1, lossy: 1, notes: ['ImportError'] });
  expect(summary?.metrics.addedMs).toMatchObject({ median: 1, high: 1 });
});

test('the same note is kept once', () => {
  const noted = [0, 1, 2].map((round) => sample({ round, note: 'lost spans' }));
  expect(summarisePython(noted, 1)[0]?.notes).toEqual(['lost spans']);
});
