import { median } from '../statistics/quantile.js';
import {
  type Calibration,
  FIXED_CONSTANTS,
  type FixedConstant,
  TEXT_CONSTANTS,
  type TextConstant,
} from './constants.js';

/** How many times as much the machine took for the same operations when the run was over as before it began. */
export interface Drift {
  /** What is done once for a span, after a rest: the median of its constants. */
  readonly fixed: number;
  /** What grows with a text. */
  readonly text: number;
  /** A request that only waits: its CPU, and its median latency. */
  readonly requestCpu: number;
  readonly requestLatency: number;
}

/** Compares two calibrations of one machine. A prediction is never corrected by it: it only may explain a miss. */
export function driftBetween(before: Calibration, after: Calibration): Drift {
  const fixed = (Object.keys(FIXED_CONSTANTS) as FixedConstant[]).map((name) =>
    ratio(after.fixed.paced[name] * after.together.paced, before.fixed.paced[name] * before.together.paced),
  );
  const text = (['short', 'long'] as const).flatMap((size) =>
    (Object.keys(TEXT_CONSTANTS) as TextConstant[]).map((name) =>
      ratio(after.text.paced[size].oneByte[name], before.text.paced[size].oneByte[name]),
    ),
  );
  return {
    fixed: median(fixed),
    text: median(text),
    requestCpu: ratio(after.machine.requestUs, before.machine.requestUs),
    requestLatency: ratio(after.wait.bareP50Ms, before.wait.bareP50Ms),
  };
}

function ratio(after: number, before: number): number {
  return before > 0 ? after / before : 1;
}
