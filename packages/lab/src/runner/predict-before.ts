import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LabProcessError } from '../errors.js';
import { calibrate } from '../prediction/calibrate.js';
import { withDrift } from '../prediction/drift-after.js';
import { type Predictions, type PredictionTask, predictRun } from '../prediction/predict.js';
import { isPredicted } from '../prediction/span-facts.js';
import { startSinkProcess } from './sink-process.js';
import type { LabPlaces } from './take-sample.js';

/** What will be measured, and where its predictions go. */
export interface PredictionChoice extends PredictionTask {
  readonly outDirectory: string;
}

/**
 * Calibrates the cost model and writes `predictions.json`, before a sample is taken.
 *
 * @returns undefined where nothing that will be measured is predicted, or where the calibration failed: the run goes
 * on without, and its report has no predictions
 */
export async function predictBefore(
  choice: PredictionChoice,
  { calibrationModule, loadModule, sinkModule }: LabPlaces,
  say: (line: string) => void,
): Promise<Predictions | undefined> {
  if (calibrationModule === undefined || !choice.scenarios.some(isPredicted)) return undefined;
  say('calibrating the cost model: micro-benchmarks for less than a minute');
  const sink = await startSinkProcess(sinkModule);
  try {
    const calibration = await calibrate({ calibrationModule, loadModule }, { sinkUrl: sink.url, seed: choice.seed });
    const predictions = predictRun(calibration, choice, new Date().toISOString());
    const path = await writePredictions(predictions, choice.outDirectory);
    say(`predicted ${predictions.cells.length} cells in ${Math.round(calibration.tookMs / 1_000)} s: ${path}`);
    return predictions;
  } catch (error) {
    if (!(error instanceof LabProcessError)) throw error;
    say(`no predictions: ${error.message}`);
    return undefined;
  } finally {
    await sink.stop();
  }
}

/**
 * Looks how the machine has changed since the predictions were written, when the run is over.
 *
 * @returns the same predictions with that beside them, or as they were where it could not be found out
 */
export async function withDriftAfter(
  predictions: Predictions,
  { calibrationModule, loadModule, sinkModule }: LabPlaces,
  seed: number,
  say: (line: string) => void,
): Promise<Predictions> {
  if (calibrationModule === undefined) return predictions;
  say('calibrating once more, to see whether the machine changed');
  const sink = await startSinkProcess(sinkModule);
  try {
    return await withDrift(predictions, { calibrationModule, loadModule }, { sinkUrl: sink.url, seed });
  } catch (error) {
    if (!(error instanceof LabProcessError)) throw error;
    say(`no second calibration: ${error.message}`);
    return predictions;
  } finally {
    await sink.stop();
  }
}

async function writePredictions(predictions: Predictions, outDirectory: string): Promise<string> {
  const directory = resolve(outDirectory);
  await mkdir(directory, { recursive: true });
  const path = join(directory, 'predictions.json');
  await writeFile(path, `${JSON.stringify(predictions, undefined, 1)}\n`);
  return path;
}
