import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import type { SinkProcess } from '../runner/sink-process.js';
import type { SinkCounts } from '../sink/counts.js';
import { startSink } from '../sink/server.js';
import { type PlannedSample, PYTHON_CASES, type PythonCaseDefinition } from './cases.js';
import { findInterpreter } from './interpreter.js';
import { takePythonSample, toPythonSample } from './take-sample.js';

const interpreter = await findInterpreter();
/** The launcher of Windows takes an argument before its own, which a virtual environment never needs. */
const python = interpreter?.prefix.length === 0 ? interpreter.command : undefined;
const sink = await startSink();
afterAll(() => sink.close());

const inProcess: SinkProcess = {
  url: sink.url,
  counts: async () => sink.counts(),
  reset: async () => sink.reset(),
  settle: async () => sink.counts(),
  stop: () => sink.close(),
};
const surroundings = (command: string) => ({
  place: { python: command, pythonDirectory: fileURLToPath(new URL('../../python/', import.meta.url)) },
  sink: inProcess,
  seed: 1,
  calls: 5,
});
const planned = (id: string, over: Partial<PlannedSample> = {}): PlannedSample => {
  const definition = PYTHON_CASES.find((one) => one.id === id) as PythonCaseDefinition;
  return { definition, subject: 'untraced', variant: 'bad', round: 0, ...over };
};

test.skipIf(python === undefined)('an untraced sample is taken in a Python process of its own', async () => {
  const [sample] = await takePythonSample(planned('mistake-1.2'), surroundings(python as string));
  expect(sample).toMatchObject({ case: 'mistake-1.2', subject: 'untraced', status: 'ok', spansSent: 0 });
  expect(Object.keys(sample?.metrics ?? {})).toEqual(
    expect.arrayContaining(['addedMs', 'addedPerSpanMs', 'parentMinusChildrenMs']),
  );
});

test.skipIf(python === undefined)(
  'a program that fails is a failed sample with the error that Python named',
  async () => {
    const [sample] = await takePythonSample(
      planned('mistake-1.2', { subject: 'langfuse-2' }),
      // Without a call there is nothing to take a median of, also where this Python happens to have the library.
      { ...surroundings(python as string), calls: -1 },
    );
    expect(sample).toMatchObject({ subject: 'langfuse-2', status: 'failed', metrics: {} });
    expect(sample?.note).toMatch(/^spans: ended \(exit code 1\): \w*Error/);
  },
);

test('an interpreter that is not there is a failed sample, not an error', async () => {
  const [sample] = await takePythonSample(planned('mistake-1.2'), surroundings('no-such-python'));
  expect(sample).toMatchObject({ status: 'failed', note: expect.stringContaining('no-such-python') });
});

const counts = (over: Partial<SinkCounts>): SinkCounts => ({
  distinctSpans: 0,
  spans: 0,
  requests: 1,
  wireBytes: 0,
  bodyBytes: 900,
  otherRequests: 0,
  malformed: 0,
  ...over,
});
const traced = { variant: 'plain', spansSent: 4, metrics: {} };

test('a process that delivered fewer spans than it made is marked, and its figures stay', () => {
  const sample = toPythonSample(
    planned('method-A1', { subject: 'langfuse-3' }),
    traced,
    8,
    counts({ distinctSpans: 6 }),
  );
  expect(sample).toMatchObject({ status: 'lost', spansDelivered: 3, note: 'the process delivered 6 of 8 spans' });
  expect(sample.metrics).toEqual({ arrivedSpans: 6, bodyBytesPerSpan: 150 });
});

test('a body that cannot be counted is a loss, even where the count is right', () => {
  const whole = counts({ distinctSpans: 8 });
  const at = planned('method-A1', { subject: 'langfuse-3' });
  expect(toPythonSample(at, traced, 8, whole).status).toBe('ok');
  expect(toPythonSample(at, traced, 8, { ...whole, malformed: 1 }).status).toBe('lost');
});
