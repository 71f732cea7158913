import { parseArgs } from 'node:util';
import { ARMS, type ArmName, isArmName } from './arms/registry.js';
import { LabArgumentError } from './errors.js';
import { type LabMode, type LabSuite, scenariosOf } from './runner/scenarios.js';

/** What a run of the lab does. */
export interface LabOptions {
  readonly mode: LabMode;
  readonly suites: readonly LabSuite[];
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

const MODE_ROUNDS: Readonly<Record<LabMode, number>> = { quick: 5, full: 30 };
/** Five quick rounds of a set and some to spare; the matrix leaves room for the peers' installation in 10 minutes. */
const QUICK_BUDGET_MINUTES: Readonly<Record<LabSuite, number>> = {
  matrix: 8,
  baseline: 60,
  ways: 20,
  mistakes: 10,
  faults: 30,
  python: 30,
};
const FULL_BUDGET_MINUTES = 24 * 60;

const DEFAULT_SEED = 20_260_101;
const EVERY_SUITE: readonly LabSuite[] = ['baseline', 'ways', 'mistakes', 'faults', 'python'];

/** What `--help` prints. */
export const LAB_USAGE = `What tracing costs, measured on this machine.

  npm run lab -- [--quick | --full] [--baseline] [--ways] [--mistakes] [--faults] [--python] [options]

  --quick             first figures, in under 10 minutes (the default)
  --full              every set of questions, with samples and rounds for figures worth quoting (hours)
  --baseline          the same questions with every peer in them, and the table of the baseline from one run
  --faults            a server whose backend is down, hangs, answers 503 or is too slow, and one with a collector
                      beside it; alone, or together with --quick or --baseline in one report
  --ways              every other way to make a span and to send it
  --mistakes          what the mistakes of examples/mistakes cost, each beside its cure
  --python            Python libraries: the notes' methods and mistakes, and the shared interpreter
  --out DIR           folder for lab-<date>.json and report.md (default lab-report)
  --arms a,b          only these ways to trace (and untraced): ${ARMS.map((arm) => arm.name).join(', ')}
  --scenarios a,b     only these questions: ${scenariosOf('quick', EVERY_SUITE)
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
  const suites = parseSuites(values);
  return {
    mode,
    suites,
    outDirectory: values.out ?? 'lab-report',
    arms: parseArms(values.arms),
    scenarios: parseScenarios(mode, suites, values.scenarios),
    rounds: parsePositive('--rounds', values.rounds, MODE_ROUNDS[mode]),
    budgetMinutes: parsePositive('--budget-minutes', values['budget-minutes'], budgetOf(mode, suites)),
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
        baseline: { type: 'boolean' },
        ways: { type: 'boolean' },
        mistakes: { type: 'boolean' },
        faults: { type: 'boolean' },
        python: { type: 'boolean' },
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

interface SuiteFlags {
  readonly quick?: boolean | undefined;
  readonly full?: boolean | undefined;
  readonly baseline?: boolean | undefined;
  readonly ways?: boolean | undefined;
  readonly mistakes?: boolean | undefined;
  readonly faults?: boolean | undefined;
  readonly python?: boolean | undefined;
}

/** The baseline holds the matrix. A set that was asked for by name stands alone unless the mode was named too. */
function parseSuites(flags: SuiteFlags): LabSuite[] {
  if (flags.full === true) return [...EVERY_SUITE];
  const named = EVERY_SUITE.filter((suite) => flags[suite as keyof SuiteFlags] === true);
  const isMatrixWanted = flags.baseline !== true && (flags.quick === true || named.length === 0);
  return isMatrixWanted ? ['matrix', ...named] : named;
}

function budgetOf(mode: LabMode, suites: readonly LabSuite[]): number {
  if (mode === 'full') return FULL_BUDGET_MINUTES;
  return suites.reduce((minutes, suite) => minutes + QUICK_BUDGET_MINUTES[suite], 0);
}

function parseArms(list: string | undefined): ArmName[] {
  if (list === undefined) return ARMS.map((arm) => arm.name);
  const wanted = splitList(list);
  const unknown = wanted.filter((name) => !isArmName(name));
  if (unknown.length > 0) throw new LabArgumentError(`--arms: there is no ${unknown.join(', ')}; see --help.`);
  return ARMS.filter((arm) => arm.side === 'none' || wanted.includes(arm.name)).map((arm) => arm.name);
}

function parseScenarios(mode: LabMode, suites: readonly LabSuite[], list: string | undefined): string[] {
  const names = scenariosOf(mode, suites).map((scenario) => scenario.name);
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
