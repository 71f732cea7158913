import { fileURLToPath } from 'node:url';
import { numberOption, parseOptions } from '../arguments.js';
import { LessonError } from '../errors.js';

/** What the driver's command line says. */
export interface DriverOptions {
  /** The service. */
  readonly url: string;
  readonly speed: number;
  readonly limit: number;
  readonly durationMs: number;
  readonly seed: string;
  readonly faultRate: number;
  readonly tracePath: string;
}

/** The options of the driver, for those who pass them on. */
export const DRIVER_OPTION_NAMES = [
  'url',
  'speed',
  'limit',
  'duration-seconds',
  'seed',
  'fault-rate',
  'trace',
] as const;

/** The recording in this repository; three folders up from `src/driver` and from `dist/driver`. */
const DEFAULT_TRACE_PATH = fileURLToPath(
  new URL('../../../../data/azure-llm-inference-2023-conv.csv', import.meta.url),
);
const DEFAULT_FAULT_RATE = 0.03;

/** @throws LessonError `INVALID_ARGUMENTS` */
export function parseDriverOptions(args: readonly string[]): DriverOptions {
  const values = parseOptions(args, DRIVER_OPTION_NAMES);
  const { url } = values;
  if (url === undefined || !URL.canParse(url)) {
    throw new LessonError('INVALID_ARGUMENTS', '--url must be the address of the service, e.g. http://127.0.0.1:8000');
  }
  const seconds = numberOption(values, 'duration-seconds', { min: 0, max: 31_536_000 });
  return {
    url,
    speed: numberOption(values, 'speed', { min: 1, max: 100 }) ?? 1,
    limit: numberOption(values, 'limit', { min: 1, max: Number.MAX_SAFE_INTEGER }) ?? Number.POSITIVE_INFINITY,
    durationMs: seconds === undefined ? Number.POSITIVE_INFINITY : seconds * 1000,
    seed: values.seed ?? 'lesson',
    faultRate: numberOption(values, 'fault-rate', { min: 0, max: 1 }) ?? DEFAULT_FAULT_RATE,
    tracePath: values.trace ?? DEFAULT_TRACE_PATH,
  };
}
