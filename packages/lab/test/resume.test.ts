import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { LabOptions } from '../src/arguments.js';
import { LabPreparationError, LabResumeError } from '../src/errors.js';
import type { SampleRecord } from '../src/report/sample-record.js';
import type { RunPlan } from '../src/runner/plan.js';
import { runLab } from '../src/runner/run.js';
import type { Scenario } from '../src/runner/scenarios.js';
import { bundleProcesses } from './support/bundle.js';

const LOOP: Scenario = {
  name: 'loop',
  title: 'Loop',
  kind: 'loop',
  arms: ['untraced', 'untraced-again'],
  payload: 'tiny',
  tracesPerCycle: 1,
  restMs: 0,
  warmupCycles: 20,
  cycles: 5,
};

let directory = '';
let outDirectory = '';
let said: string[];
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'lab-resume-'));
  await bundleProcesses(['sample', 'load', 'sink'], join(directory, 'dist'));
  // A Node that says of itself that it is another one: the test's own, under a name of the folder for others.
  const nodes = join(directory, 'nodes');
  mkdirSync(nodes);
  writeFileSync(join(nodes, 'package.json'), JSON.stringify({ optionalDependencies: { 'node-22': 'npm:x@22.0.0' } }));
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));
beforeEach(() => {
  outDirectory = mkdtempSync(join(directory, 'out-'));
  said = [];
});

const OPTIONS: LabOptions = {
  mode: 'quick',
  suites: ['matrix'],
  outDirectory: '',
  arms: ['untraced', 'untraced-again'],
  scenarios: [],
  rounds: 3,
  budgetMinutes: 5,
  seed: 1,
  json: false,
};

function run(change: Partial<LabOptions> = {}, onLine: (line: string, abort: AbortController) => void = () => {}) {
  const abort = new AbortController();
  const module = (name: string): string => join(directory, 'dist', name, 'main.mjs');
  return runLab(
    { ...OPTIONS, outDirectory, ...change },
    {
      places: {
        sampleModule: module('sample'),
        loadModule: module('load'),
        sinkModule: module('sink'),
        collectorModule: '',
        peersDirectory: '',
        peersUrl: pathToFileURL(directory).href,
        nodeVersionsDirectory: join(directory, 'nodes'),
      },
      scenarios: [LOOP],
      // No checkout, so that nobody's edits meanwhile are in it.
      checkout: directory,
      command: 'test',
      signal: abort.signal,
      say(line) {
        said.push(line);
        onLine(line, abort);
      },
    },
  );
}

const readSamples = (): SampleRecord[] =>
  readFileSync(join(outDirectory, 'samples.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as SampleRecord);

const stepOf = ({ round, arm }: SampleRecord): string => `${round} ${arm}`;

/** Stops a run after so many samples. */
const stopAfter = (samples: number) => (line: string, abort: AbortController) => {
  if (line.startsWith(`round`) && said.filter((one) => one.startsWith('round')).length === samples) abort.abort();
};

test('a run that was stopped has a report of what there is, and goes on with what is missing', async () => {
  const first = await run({}, stopAfter(3));
  expect(first.isInterrupted).toBe(true);
  expect(first.report.samples).toHaveLength(3);
  expect(readSamples()).toEqual(first.report.samples);

  const second = await run({ resume: 'as-planned', rounds: 99 });
  expect(second.isInterrupted).toBe(false);
  expect(said.join('\n')).toContain('which has 3 samples');
  expect(second.report.samples.slice(0, 3)).toEqual(first.report.samples);
  // Three rounds of two arms by the plan, whatever else the command line says, each once.
  expect(second.report.samples.map(stepOf).sort()).toEqual(
    [0, 1, 2].flatMap((round) => [`${round} untraced`, `${round} untraced-again`]).sort(),
  );
  expect(second.report.startedAt).toBe(first.report.startedAt);
});

test('each sample says how long is left, is in the journal, and says how its warm-up ended', async () => {
  await run({ rounds: 1 });
  expect(said.filter((line) => /^round 1\/1, [12]\/2: loop untraced.* ok; about \d+ s left$/.test(line))).toHaveLength(
    2,
  );
  for (const sample of readSamples()) {
    expect(sample.warmup?.cycles).toBeGreaterThanOrEqual(20);
    expect(sample.warmup?.cycles).toBeLessThanOrEqual(40);
    expect(sample.metrics).toMatchObject({ gcCount: expect.any(Number), rssPeakMb: expect.any(Number) });
    if (process.platform === 'linux') {
      expect(sample.threads?.filter(({ role }) => role === 'main')).toHaveLength(1);
      expect(sample.threads?.filter(({ role }) => role === 'worker')).toEqual([]);
    }
  }
});

test('no round begins that would exceed the time, but the least rounds are taken', async () => {
  const budgetMinutes = 0.0001;
  expect((await run({ rounds: 5, budgetMinutes })).report.rounds).toBe(1);
  expect(said.at(-1)).toMatch(/^stopping after round 1: .* time budget/);
  expect((await run({ rounds: 5, budgetMinutes, minRounds: 2 })).report.rounds).toBe(2);
});

test('a sample whose line was torn is taken again', async () => {
  await run({}, stopAfter(2));
  const path = join(outDirectory, 'samples.jsonl');
  const [kept, torn] = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, `${kept}\n`);
  appendFileSync(path, (torn ?? '').slice(0, 40));
  const { report } = await run({ resume: 'as-planned' });
  expect(report.samples).toHaveLength(6);
  expect(readSamples()).toEqual(report.samples);
});

test('another machine, another commit and other options are refused by name', async () => {
  await run({ rounds: 1 });
  await expect(run({ resume: 'same-options', rounds: 1, seed: 2 })).rejects.toThrow(/seed was 1 and is 2/);
  const path = join(outDirectory, 'run.json');
  const plan = JSON.parse(readFileSync(path, 'utf8')) as RunPlan;
  const environment = { ...plan.environment, cpuModel: 'another', commit: 'feed' };
  writeFileSync(path, JSON.stringify({ ...plan, environment }));
  const refused = run({ resume: 'as-planned' });
  await expect(refused).rejects.toBeInstanceOf(LabResumeError);
  await expect(refused).rejects.toThrow(/commit was "feed".*cpuModel was "another"/);
});

test('a Node that cannot be had is refused before anything is measured', async () => {
  await expect(run({ nodes: ['99'] })).rejects.toThrow(/no Node 99 .*22 can be had/);
  await expect(run({ nodes: ['99'] })).rejects.toBeInstanceOf(LabPreparationError);
});
