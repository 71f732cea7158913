import { parseArgs } from 'node:util';
import { LessonError, messageOf } from './errors.js';

/** Command line options, all of them `--name value`. */
export type OptionValues = Readonly<Record<string, string | undefined>>;

/** @throws LessonError `INVALID_ARGUMENTS` for an unknown option or a missing value */
export function parseOptions(args: readonly string[], names: readonly string[]): OptionValues {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  try {
    return parseArgs({ args: [...args], options, allowPositionals: false }).values as OptionValues;
  } catch (error) {
    const known = names.map((name) => `--${name}`).join(', ');
    throw new LessonError('INVALID_ARGUMENTS', `${messageOf(error)} (options: ${known})`, { cause: error });
  }
}

/** The range of a numeric option. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
}

/** @throws LessonError `INVALID_ARGUMENTS` for anything but a number in range. `undefined` where it is not given. */
export function numberOption(values: OptionValues, name: string, { min, max }: NumberRange): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !(value >= min && value <= max)) {
    throw new LessonError('INVALID_ARGUMENTS', `--${name} must be a number from ${min} to ${max}, not "${text}"`);
  }
  return value;
}
