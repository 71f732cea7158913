import { parseArgs } from 'node:util';
import { ARMS, type ArmName, isArmName } from './arms/registry.js';
import { LabArgumentError } from './errors.js';
import { type LabMode, scenariosOf } from './runner/scenarios.js';

/** What a run of the lab does. */
export interface LabOptions {
  readonly mode: LabMode;
  /** Folder for the JSON file and the report. */
  readonly outDirectory: string;
  readonly arms: readonly ArmName[];
  readonly scenarios: readonly string[];
  readonly rounds: number;
  /** No round begins that would probably end later than this. */
  readonly budgetMinutes: number;
  readonly seed: number;
  /** JSON on standard output instead of the table. */
  readonly json: boolean;
}

const MODE_DEFAULTS: Readonly<Record<LabMode, { rounds: number; budgetMinutes: number }>> = {
  // Five rounds give intervals that mean something; the budget leaves room for the peers' installation in 10 minutes.
  quick: { rounds: 5, budgetMinutes: 8 },
  full: { rounds: 30, budgetMinutes: 24 * 60 },
};

const DEFAULT_SEED = 20_260_101;

/** What `--help` prints. */
export const LAB_USAGE = `What tracing costs, measured on this machine.

  npm run lab -- [--quick | --full] [options]

  --quick             first figures, in under 10 minutes (the default)
  --full              30 rounds, for figures worth quoting (hours)
  --out DIR           folder for lab-<date>.json and report.md (default lab-report)
  --arms a,b          only these ways to trace (and untraced): ${ARMS.map((arm) => arm.name).join(', ')}
  --scenarios a,b     only these questions: ${scenariosOf('quick')
    .map((scenario) => scenario.name)
    .join(', ')}
  --rounds N          at most N rounds
  --budget-minutes N  begin no round that would probably end later
  --seed N            seed of order, payloads and resampling
  --json              print the result as JSON instead of the table
  --help              this text

Exit codes: 0 done, 1 the lab failed, 2 wrong arguments.
`;

/**
 * Reads the command line.
 *
 * @returns `help` when that was asked for
 * @throws LabArgumentError for unknown options, arms or scenarios and for numbers that are none
 */
export function parseLabArguments(args: readonly string[]): LabOptions | 'help' {
  const values = readFlags(args);
  if (values.help === true) return 'help';
  if (values.quick === true && values.full === true) {
    throw new LabArgumentError('--quick and --full exclude each other.');
  }
  const mode: LabMode = values.full === true ? 'full' : 'quick';
  const defaults = MODE_DEFAULTS[mode];
  return {
    mode,
    outDirectory: values.out ?? 'lab-report',
    arms: parseArms(values.arms),
    scenarios: parseScenarios(mode, values.scenarios),
    rounds: parsePositive('--rounds', values.rounds, defaults.rounds),
    budgetMinutes: parsePositive('--budget-minutes', values['budget-minutes'], defaults.budgetMinutes),
    seed: parsePositive('--seed', values.seed, DEFAULT_SEED),
    json: values.json === true,
  };
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean' },
        full: { type: 'boolean' },
        out: { type: 'string' },
        arms: { type: 'string' },
        scenarios: { type: 'string' },
        rounds: { type: 'string' },
        'budget-minutes': { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new LabArgumentError(error instanceof Error ? error.message : String(error));
  }
}

function parseArms(list: string | undefined): ArmName[] {
  if (list === undefined) return ARMS.map((arm) => arm.name);
  const wanted = splitList(list);
  const unknown = wanted.filter((name) => !isArmName(name));
  if (unknown.length > 0) throw new LabArgumentError(`--arms: there is no ${unknown.join(', ')}; see --help.`);
  return ARMS.filter((arm) => arm.side === 'none' || wanted.includes(arm.name)).map((arm) => arm.name);
}

function parseScenarios(mode: LabMode, list: string | undefined): string[] {
  const names = scenariosOf(mode).map((scenario) => scenario.name);
  if (list === undefined) return names;
  const wanted = splitList(list);
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new LabArgumentError(`--scenarios: there is no ${unknown.join(', ')}; see --help.`);
  return names.filter((name) => wanted.includes(name));
}

function parsePositive(flag: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new LabArgumentError(`${flag} takes a whole number from 1 up, not "${text}".`);
  }
  return value;
}

function splitList(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
