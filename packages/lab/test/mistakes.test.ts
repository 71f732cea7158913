import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ArmName } from '../src/arms/registry.js';
import { mistakeScenarios } from '../src/mistakes/scenarios.js';
import type { SampleRecord } from '../src/report/sample-record.js';
import { type SinkProcess, startSinkProcess } from '../src/runner/sink-process.js';
import { type LabPlaces, takeSample } from '../src/runner/take-sample.js';
import { bundleProcesses } from './support/bundle.js';

const directory = mkdtempSync(join(tmpdir(), 'lab-mistakes-'));
const MISTAKES = fileURLToPath(new URL('../../../examples/mistakes', import.meta.url));
let sink: SinkProcess | undefined;

beforeAll(async () => {
  await bundleProcesses(['sample', 'sink'], join(directory, 'dist'));
  sink = await startSinkProcess(places().sinkModule);
});
afterAll(async () => {
  await sink?.stop();
  rmSync(directory, { recursive: true, force: true });
});

function places(mistakesDirectory = MISTAKES): LabPlaces {
  const module = (name: string): string => join(directory, 'dist', name, 'main.mjs');
  const modules = { sampleModule: module('sample'), sinkModule: module('sink'), loadModule: '', collectorModule: '' };
  return { ...modules, peersDirectory: directory, peersUrl: pathToFileURL(`${directory}/`).href, mistakesDirectory };
}

async function take(name: string, arm: ArmName, mistakesDirectory?: string): Promise<SampleRecord> {
  const scenario = mistakeScenarios('quick').find((candidate) => candidate.name === name);
  if (scenario === undefined || sink === undefined) throw new RangeError(name);
  return takeSample({ scenario, arm, round: 0 }, { places: places(mistakesDirectory), sink, seed: 1 });
}

test('the good version of a program is sampled beside the work alone, and the labels that arrive are counted', async () => {
  const untraced = await take('mistake-1.4-good', 'untraced');
  expect(untraced).toMatchObject({ status: 'ok', spansSent: 0, spansDelivered: 0 });
  expect(untraced.metrics.labels).toBeUndefined();

  const traced = await take('mistake-1.4-good', 'slipstream');
  expect(traced).toMatchObject({ status: 'ok', spansSent: 600, spansDelivered: 600 });
  expect(traced.metrics).toMatchObject({ labels: 10, spansPerRequest: 3, spansOverAsked: 1 });

  const bare = await take('mistake-1.4-bad', 'slipstream');
  expect(bare.metrics).toMatchObject({ labels: 0, spansPerRequest: 3 });
});

test('a client whose settings were refused keeps more than was asked for, and is told so', async () => {
  const { status, metrics } = await take('mistake-1.5-bad', 'slipstream');
  expect(status).toBe('ok');
  expect(metrics.told).toBe(1);
  expect(metrics.spansOverAsked).toBeGreaterThan(3);
});

test('a program that is not there is a failed sample that names it', async () => {
  const { status, note } = await take('mistake-1.1-bad', 'slipstream', directory);
  expect(status).toBe('failed');
  expect(note).toContain('lesson/requests.mjs');
});
