import { type CalibrationChoice, type CalibrationPlaces, calibrate } from './calibrate.js';
import { driftBetween } from './drift.js';
import type { Predictions } from './predict.js';

/** A median needs a few; fewer than before the run, since nothing is predicted by them. */
const REPEATS = 7;
const LOAD_MS = 400;

/**
 * Calibrates once more when a run is over, and hands the predictions back with what had changed. The predictions
 * themselves stay as they were written.
 *
 * @throws LabProcessError as `calibrate` does
 */
export async function withDrift(
  predictions: Predictions,
  places: CalibrationPlaces,
  choice: Pick<CalibrationChoice, 'sinkUrl' | 'seed'>,
): Promise<Predictions> {
  const after = await calibrate(places, { ...choice, repeats: REPEATS, loadMs: LOAD_MS });
  return { ...predictions, drift: driftBetween(predictions.calibration, after) };
}
