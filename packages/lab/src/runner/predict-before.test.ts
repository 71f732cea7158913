import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { calibrationOf } from '../../test/support/calibration.js';
import type { Predictions } from '../prediction/predict.js';
import { predictBefore, withDriftAfter } from './predict-before.js';
import { scenariosOf } from './scenarios.js';
import type { LabPlaces } from './take-sample.js';

let directory = '';
let said: string[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lab-predict-'));
  said = [];
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function moduleOf(name: string, source: string): string {
  const path = join(directory, `${name}.mjs`);
  writeFileSync(path, source);
  return path;
}

const SINK = `
  process.send({ type: 'listening', url: 'http://127.0.0.1:9' });
  process.on('message', () => process.disconnect());
`;
const LOAD = `
  process.send({ type: 'warm' });
  process.once('message', () => {
    process.send({ type: 'result', result: { p50Ms: 1, p99Ms: 2 } });
    process.disconnect();
  });
`;
const CALIBRATION = `
  process.send({ type: 'serving', url: 'http://127.0.0.1:9' });
  process.on('message', ({ type }) => {
    if (type === 'loaded') process.send({ type: 'result', result: ${JSON.stringify(calibrationOf())} });
    if (type === 'end') process.disconnect();
  });
`;

function placesOf(calibrationModule: string | undefined): LabPlaces {
  return {
    sampleModule: '',
    loadModule: moduleOf('load', LOAD),
    sinkModule: moduleOf('sink', SINK),
    collectorModule: '',
    ...(calibrationModule === undefined ? {} : { calibrationModule }),
    peersDirectory: '',
    peersUrl: '',
  };
}

function predictWith(calibrationModule: string | undefined, names: readonly string[]) {
  const scenarios = scenariosOf('quick').filter(({ name }) => names.includes(name));
  const places = placesOf(calibrationModule);
  const outDirectory = join(directory, 'out');
  return predictBefore({ scenarios, arms: ['slipstream', 'langfuse'], seed: 1, outDirectory }, places, (line) =>
    said.push(line),
  );
}

test('predictions are on disk when they are handed to the run', async () => {
  const predictions = await predictWith(moduleOf('calibration', CALIBRATION), ['4kb-paced', 'startup']);
  const written = JSON.parse(readFileSync(join(directory, 'out', 'predictions.json'), 'utf8')) as Predictions;
  expect(written).toEqual(predictions);
  expect(written.cells.map(({ scenario, arm }) => `${scenario} ${arm}`)).toEqual([
    '4kb-paced slipstream',
    '4kb-paced langfuse',
  ]);
  expect(written.calibration.wait).toMatchObject({ bareP50Ms: 1, bareP99Ms: 2 });
  expect(said.join('\n')).toContain('predicted 2 cells');
});

test('a calibration that fails costs the predictions and not the run', async () => {
  await expect(predictWith(moduleOf('calibration', 'process.exit(3)'), ['4kb-paced'])).resolves.toBeUndefined();
  expect(said.at(-1)).toMatch(/^no predictions: .*exit code 3/);
  expect(existsSync(join(directory, 'out'))).toBe(false);
});

test('nothing is calibrated where nothing is predicted', async () => {
  await expect(predictWith(moduleOf('calibration', CALIBRATION), ['startup'])).resolves.toBeUndefined();
  await expect(predictWith(undefined, ['4kb-paced'])).resolves.toBeUndefined();
  expect(said).toEqual([]);
});

test('when the run is over the machine is looked at again, and no prediction is changed by it', async () => {
  const predictions = (await predictWith(moduleOf('calibration', CALIBRATION), ['4kb-paced']))!;
  const slower = CALIBRATION.replaceAll('"requestUs":100', '"requestUs":150');
  const after = await withDriftAfter(predictions, placesOf(moduleOf('calibration', slower)), 1, (line) =>
    said.push(line),
  );
  expect(after.drift).toEqual({ fixed: 1, text: 1, requestCpu: 1.5, requestLatency: 1 });
  expect(after.cells).toEqual(predictions.cells);
});

test('a second calibration that fails costs what it would have said, and nothing else', async () => {
  const predictions = (await predictWith(moduleOf('calibration', CALIBRATION), ['4kb-paced']))!;
  const places = placesOf(moduleOf('calibration', 'process.exit(3)'));
  expect(await withDriftAfter(predictions, places, 1, (line) => said.push(line))).toBe(predictions);
  expect(said.at(-1)).toMatch(/^no second calibration: .*exit code 3/);
  expect(await withDriftAfter(predictions, placesOf(undefined), 1, () => undefined)).toBe(predictions);
});
