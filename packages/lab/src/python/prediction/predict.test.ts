import { expect, test } from 'vitest';
import { PYTHON_CASES } from '../cases.js';
import type { PythonPrediction } from '../model.js';
import { predictPython } from './predict.js';

const CONSTANTS = {
  pythonCallUs: 0.3,
  builtinCallUs: 0.05,
  nodesPerKib: 24,
  walkUsPerNode: 0.8,
  walkExactUsPerNode: 0.1,
  jsonDumpsUsPerKib: 4,
  jsonLoadsUsPerKib: 3,
  jsonEscapedUsPerKib: 3,
  largeCopyUsPerKib: 0.8,
  queuePutUs: 3,
  certificatesMs: 30,
  threadMs: 0.1,
  switchIntervalMs: 5,
};
const all = predictPython(CONSTANTS, () => true);
const of = (id: string, subject: string, variant: string, from = all): PythonPrediction | undefined =>
  from.find((one) => one.case === id && one.subject === subject && one.variant === variant);
const value = (id: string, subject: string, variant: string, from = all): number =>
  of(id, subject, variant, from)?.value ?? Number.NaN;

test('a method is its calls and its text, and version 2 also waits for the interpreter', () => {
  const five = (526 * 0.3 + 840 * 0.05 + 5 * 4) / 1_000;
  expect(value('method-A1', 'langfuse-5', 'plain')).toBeCloseTo(five);
  expect(of('method-A1', 'langfuse-2', 'plain')?.because).toContain('waiting for the interpreter');
});

test('both places of a form are predicted alike, and each form by its own counts', () => {
  expect(value('method-A2', 'langfuse-3', 'alone-fastapi')).toBe(value('method-A2', 'langfuse-3', 'alone-plain'));
  expect(value('method-A2', 'langfuse-3', 'with-A1-plain')).not.toBe(value('method-A2', 'langfuse-3', 'alone-plain'));
});

test('a client made lazily costs its certificates and threads in the first call, one made at start does not', () => {
  const bad = value('mistake-1.1', 'langfuse-5', 'bad-observe-on');
  const good = value('mistake-1.1', 'langfuse-5', 'good-observe-on');
  expect(bad - good).toBeCloseTo(2 * 30 + 4 * 0.1);
});

test('capture of a large value grows with the walk over it', () => {
  const slower = predictPython({ ...CONSTANTS, walkUsPerNode: 1.6 }, () => true);
  const more = value('mistake-1.3', 'langfuse-3', 'bad', slower) - value('mistake-1.3', 'langfuse-3', 'bad');
  expect(more).toBeCloseTo((900 * 2 * 24 * 0.8) / 1_000);
  expect(value('mistake-1.3', 'langfuse-3', 'good', slower)).toBe(value('mistake-1.3', 'langfuse-3', 'good'));
});

test('the service waits for the interpreter where batches are at work, and not with another process', () => {
  // On a slow machine a batch takes long, and enough requests meet it.
  const slow = { ...CONSTANTS, pythonCallUs: 3 };
  const short = predictPython(slow, () => true);
  const long = predictPython({ ...slow, switchIntervalMs: 10 }, () => true);
  const growth = (id: string, subject: string): number => value(id, subject, '', long) - value(id, subject, '', short);
  for (const subject of ['langfuse-2', 'langfuse-3', 'langfuse-5', 'opentelemetry']) {
    expect(growth('gil', subject), subject).toBeGreaterThan(4);
  }
  expect(growth('gil-multiprocessing', 'multiprocessing')).toBe(0);
});

test('a batch of long conversations holds the interpreter for as long as it is copied', () => {
  const slow = predictPython({ ...CONSTANTS, largeCopyUsPerKib: 1.6 }, () => true);
  for (const subject of ['langfuse-3', 'langfuse-5']) {
    const more = value('gil-large', subject, '', slow) - value('gil-large', subject, '');
    expect(more, subject).toBeGreaterThan(5 * (value('gil', subject, '', slow) - value('gil', subject, '')));
  }
});

test('what fewer than one request in a hundred meets does not move the 99th percentile', () => {
  const fast = predictPython(
    { ...CONSTANTS, pythonCallUs: 0.01, largeCopyUsPerKib: 0, switchIntervalMs: 5 },
    () => true,
  );
  const faster = predictPython(
    { ...CONSTANTS, pythonCallUs: 0.01, largeCopyUsPerKib: 0, switchIntervalMs: 50 },
    () => true,
  );
  expect(value('gil', 'opentelemetry', '', faster)).toBe(value('gil', 'opentelemetry', '', fast));
});

test('every prediction is of a case that is run, a number, and says its sum in words', () => {
  const ids = new Set(PYTHON_CASES.map(({ id }) => id));
  for (const { case: id, value: predicted, because } of all) {
    expect(ids).toContain(id);
    expect(predicted).toBeGreaterThanOrEqual(0);
    expect(because).toMatch(/ = [\d.e-]+ ms$/);
  }
});

test('what cannot run is not predicted', () => {
  expect(predictPython(CONSTANTS, (subject) => subject === 'langfuse-2').map(({ subject }) => subject)).not.toContain(
    'langfuse-5',
  );
});
