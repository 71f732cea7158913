import { parseArgs } from 'node:util';
import { AGAINST_ARM, ARMS, type ArmName, isArmName } from './arms/registry.js';
import { LabArgumentError } from './errors.js';
import { isGitRef } from './runner/against.js';
import { EVERY_SUITE, type LabMode, type LabSuite, scenariosOf } from './runner/scenarios.js';

export { LAB_USAGE } from './usage.js';

/**
 * Whether a run goes on with an earlier one. `as-planned`: by its plan, whatever that is. `same-options`: options were
 * named too, and have to be those of the plan.
 */
export type ResumeChoice = 'none' | 'as-planned' | 'same-options';

/** What a run of the lab does. */
export interface LabOptions {
  readonly mode: LabMode;
  readonly suites: readonly LabSuite[];
  /** Folder for the JSON file and the report. */
  readonly outDirectory: string;
  readonly arms: readonly ArmName[];
  readonly scenarios: readonly string[];
  /** Arms of single scenarios; untraced is always beside them. */
  readonly only?: Readonly<Record<string, readonly ArmName[]>>;
  /** At most so many. */
  readonly rounds: number;
  /** At least so many, whatever they take. @default 1 */
  readonly minRounds?: number;
  /** At most so many of the Python part. @default as many as of the others */
  readonly pythonRounds?: number;
  /** No round begins that would probably end later than this. */
  readonly budgetMinutes: number;
  readonly seed: number;
  /** Major versions of the Nodes that scenarios run under besides this one. */
  readonly nodes?: readonly string[];
  /** The commit whose SDK is measured beside this one. */
  readonly against?: string;
  /** @default 'none' */
  readonly resume?: ResumeChoice;
  /** JSON on standard output instead of the table. */
  readonly json: boolean;
}

/** As many as fit the budget: a run of a thousand rounds would take weeks. */
const AS_MANY_AS_FIT = 1_000;
const MODE_ROUNDS: Readonly<Record<LabMode, number>> = { quick: 5, full: AS_MANY_AS_FIT };
/** An interval of two rounds is none. */
const LEAST_ROUNDS: Readonly<Record<LabMode, number>> = { quick: 1, full: 3 };
/**
 * From the command's begin to its last sample. Of ten minutes the matrix leaves three quarters of one for the root's own
 * installation and build, and as much for the second calibration.
 */
const QUICK_BUDGET_MINUTES: Readonly<Record<LabSuite, number>> = {
  matrix: 8.5,
  baseline: 60,
  ways: 20,
  mistakes: 10,
  faults: 30,
  python: 30,
};
const FULL_BUDGET_MINUTES = 240;
const DEFAULT_SEED = 20_260_101;
/** More Nodes than there are majors with support. */
const MOST_NODES = 8;

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
  if (values.only !== undefined && (values.scenarios ?? values.arms) !== undefined) {
    throw new LabArgumentError('--only says what --scenarios and --arms say: use one or the other.');
  }
  const mode: LabMode = values.full === true ? 'full' : 'quick';
  const only = values.only === undefined ? undefined : parseOnly(mode, values.only);
  const suites = only === undefined ? parseSuites(values) : suitesOf(mode, only);
  const nodes = values.node === undefined ? [] : parseNodes(values.node);
  const against = parseAgainst(values.against);
  const rounds = parsePositive('--rounds', values.rounds, MODE_ROUNDS[mode]);
  return {
    mode,
    suites,
    outDirectory: values.out ?? 'lab-report',
    arms: parseArms(values.arms, against !== undefined),
    scenarios: parseScenarios(mode, suites, only === undefined ? values.scenarios : Object.keys(only).join(',')),
    ...(only === undefined ? {} : { only }),
    rounds,
    minRounds: Math.min(rounds, LEAST_ROUNDS[mode]),
    ...pythonRoundsOf(values, rounds),
    budgetMinutes: parsePositive('--budget-minutes', values['budget-minutes'], budgetOf(mode, suites, nodes)),
    seed: parsePositive('--seed', values.seed, DEFAULT_SEED),
    ...(nodes.length === 0 ? {} : { nodes }),
    ...(against === undefined ? {} : { against }),
    resume: resumeChoice(values),
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
        resume: { type: 'boolean' },
        only: { type: 'string' },
        arms: { type: 'string' },
        scenarios: { type: 'string' },
        node: { type: 'string' },
        against: { type: 'string' },
        rounds: { type: 'string' },
        'python-rounds': { type: 'string' },
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

type Flags = ReturnType<typeof readFlags>;

function pythonRoundsOf(values: Flags, rounds: number): Pick<LabOptions, 'pythonRounds'> {
  const asked = values['python-rounds'];
  return asked === undefined ? {} : { pythonRounds: parsePositive('--python-rounds', asked, rounds) };
}

/** Where a run is written and how it is printed says nothing of what it measures. */
const NOT_PLANNED: ReadonlySet<string> = new Set(['resume', 'out', 'json']);

function resumeChoice(flags: Flags): ResumeChoice {
  if (flags.resume !== true) return 'none';
  return Object.keys(flags).some((flag) => !NOT_PLANNED.has(flag)) ? 'same-options' : 'as-planned';
}

/** The baseline holds the matrix. A set that was asked for by name stands alone unless the mode was named too. */
function parseSuites(flags: Flags): LabSuite[] {
  const named = EVERY_SUITE.filter((suite) => suite !== 'matrix' && flags[suite] === true);
  if (flags.full === true) return named.length === 0 ? [...EVERY_SUITE] : named;
  const isMatrixWanted = flags.baseline !== true && (flags.quick === true || named.length === 0);
  return isMatrixWanted ? ['matrix', ...named] : named;
}

/** The sets that have these scenarios; the matrix where it has them all, as the baseline's would be dearer. */
function suitesOf(mode: LabMode, only: Readonly<Record<string, readonly ArmName[]>>): LabSuite[] {
  const owners: readonly LabSuite[] = ['matrix', ...EVERY_SUITE];
  const firstOwner = ([name, arms]: [string, readonly ArmName[]]): LabSuite | undefined =>
    owners.find((suite) =>
      scenariosOf(mode, [suite]).some(
        (scenario) => scenario.name === name && arms.every((arm) => scenario.arms.includes(arm)),
      ),
    );
  const wanted = new Set(Object.entries(only).map(firstOwner));
  // One of both: a scenario would stand in the list twice.
  if (wanted.has('baseline')) wanted.delete('matrix');
  return owners.filter((suite) => wanted.has(suite));
}

function parseOnly(mode: LabMode, list: string): Record<string, ArmName[]> {
  const only: Record<string, ArmName[]> = {};
  for (const item of splitList(list)) {
    const [scenario = '', arm, ...rest] = item.split(':');
    const found = scenariosOf(mode, [...EVERY_SUITE, 'matrix']).find(({ name }) => name === scenario);
    if (found === undefined || rest.length > 0) {
      throw new LabArgumentError(`--only: there is no ${item}; it takes SCENARIO or SCENARIO:ARM, see --help.`);
    }
    const arms = only[scenario] ?? [];
    only[scenario] = arms;
    if (arm === undefined) continue;
    if (!isArmName(arm) || !found.arms.includes(arm)) {
      throw new LabArgumentError(`--only: ${scenario} has no arm ${arm}; it has ${found.arms.join(', ')}.`);
    }
    arms.push(arm);
  }
  return only;
}

/** The Node that runs the lab is always among them. */
function parseNodes(list: string): string[] {
  const wanted = splitList(list);
  const wrong = wanted.filter((major) => !/^\d{2}$/.test(major));
  if (wrong.length > 0)
    throw new LabArgumentError(`--node takes major versions like 22,24, not "${wrong.join(', ')}".`);
  if (wanted.length > MOST_NODES) throw new LabArgumentError(`--node takes at most ${MOST_NODES} versions.`);
  const running = process.versions.node.split('.', 1)[0];
  return [...new Set(wanted)].filter((major) => major !== running);
}

function parseAgainst(ref: string | undefined): string | undefined {
  if (ref !== undefined && !isGitRef(ref)) {
    throw new LabArgumentError(`--against takes the name of a commit, not "${ref.slice(0, 80)}".`);
  }
  return ref;
}

/** Each other Node asks everything once more. */
function budgetOf(mode: LabMode, suites: readonly LabSuite[], nodes: readonly string[]): number {
  if (mode === 'full') return FULL_BUDGET_MINUTES;
  return suites.reduce((minutes, suite) => minutes + QUICK_BUDGET_MINUTES[suite], 0) * (1 + nodes.length);
}

function parseArms(list: string | undefined, isAgainst: boolean): ArmName[] {
  if (list === undefined) return ARMS.map((arm) => arm.name);
  const wanted = splitList(list);
  const unknown = wanted.filter((name) => !isArmName(name));
  if (unknown.length > 0) throw new LabArgumentError(`--arms: there is no ${unknown.join(', ')}; see --help.`);
  const isWanted = ({ side, name }: (typeof ARMS)[number]): boolean =>
    side === 'none' || wanted.includes(name) || (isAgainst && name === AGAINST_ARM);
  return ARMS.filter(isWanted).map((arm) => arm.name);
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
