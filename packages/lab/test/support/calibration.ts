import {
  type Calibration,
  FIXED_CONSTANTS,
  MACHINE_CONSTANTS,
  TEXT_CONSTANTS,
  type TextConstant,
  WAIT_CONSTANTS,
} from '../../src/prediction/constants.js';

/** What a made-up machine has that is not as usual. */
export interface CalibrationChange {
  /** Replaces text constants at every size and charset. */
  readonly text?: Partial<Record<TextConstant, number>>;
  /** How many times the fixed constants cost after a rest. */
  readonly paced?: number;
}

/** A machine on which everything costs the same round figures. */
export function calibrationOf({ text = {}, paced = 2 }: CalibrationChange = {}): Calibration {
  const fixed = all(FIXED_CONSTANTS, 100);
  const table = { ...all(TEXT_CONSTANTS, 1_000), ...text };
  const bySize = { oneByte: table, twoByte: table };
  const texts = { short: bySize, long: bySize };
  return {
    fixed: { tight: fixed, paced: all(FIXED_CONSTANTS, 100 * paced) },
    text: { tight: texts, paced: texts },
    together: { tight: 1, paced: 1 },
    beside: 1,
    machine: { ...all(MACHINE_CONSTANTS, 100), timerUs: 20 },
    wait: { ...all(WAIT_CONSTANTS, 1), bareP99Ms: 3 },
    tookMs: 1_000,
  };
}

function all<Name extends string>(names: Readonly<Record<Name, string>>, value: number): Record<Name, number> {
  return Object.fromEntries(Object.keys(names).map((name) => [name, value])) as Record<Name, number>;
}
