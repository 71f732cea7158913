import type {
  Charset,
  FixedConstant,
  MachineConstant,
  Pace,
  TextConstant,
  TextSize,
  WaitConstant,
} from '../constants.js';

/** What the calibrating process is told, as JSON in its first argument. */
export interface CalibrationTask {
  /** A server in another process that takes any POST. */
  readonly sinkUrl: string;
  readonly seed: number;
  /** How often each micro-benchmark is repeated, in turns with all others. */
  readonly repeats: number;
}

/** Medians of the micro-benchmarks of one process. */
export interface CalibrationResult {
  readonly fixed: Readonly<Record<Pace, Readonly<Record<FixedConstant, number>>>>;
  readonly text: Readonly<
    Record<Pace, Readonly<Record<TextSize, Readonly<Record<Charset, Readonly<Record<TextConstant, number>>>>>>>
  >;
  readonly together: Readonly<Record<Pace, number>>;
  readonly beside: number;
  readonly machine: Readonly<Record<MachineConstant, number>>;
  readonly wait: Pick<Readonly<Record<WaitConstant, number>>, 'timerMs'>;
}

/** From the calibrating process: its server may be put under load; the constants. */
export type CalibrationMessage =
  | { readonly type: 'serving'; readonly url: string }
  | { readonly type: 'result'; readonly result: CalibrationResult };

/** To it: a window of load begins, it has ended, all of them have, the process may end. */
export type CalibrationCommand =
  | { readonly type: 'loading' }
  | { readonly type: 'window' }
  | { readonly type: 'loaded' }
  | { readonly type: 'end' };
