import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabMode, LabSuite } from '../runner/scenarios.js';
import type { PythonResults } from './model.js';
import { type PythonPlaces, runPython } from './run.js';

/** Beside the report: a run that is gone on with does not take the Python samples again. */
const RESULTS_FILE = 'python-results.json';
/** A round takes some eight minutes: a quick run has one. */
const BUDGET_MINUTES: Readonly<Record<LabMode, number>> = { quick: 8, full: 60 };

/** What the Python part of a run needs of it. */
export interface PythonPartChoice {
  /** When the run began, which tells its results from those of another run. */
  readonly startedAt: string;
  readonly options: {
    readonly mode: LabMode;
    readonly suites: readonly LabSuite[];
    readonly rounds: number;
    readonly minRounds?: number;
    readonly pythonRounds?: number;
    readonly budgetMinutes: number;
    readonly seed: number;
  };
  readonly outDirectory: string;
  readonly places: Omit<PythonPlaces, 'pythonDirectory'> & { readonly pythonDirectory?: string };
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Runs the Python part where the run has it, or takes the results that the same run had before it was cut off. */
export async function pythonPart(choice: PythonPartChoice): Promise<PythonResults | undefined> {
  const { startedAt, options, outDirectory, places, say, signal } = choice;
  const { pythonDirectory } = places;
  if (!options.suites.includes('python') || pythonDirectory === undefined) return undefined;
  const path = join(outDirectory, RESULTS_FILE);
  const earlier = await readEarlier(path, startedAt);
  const isCutOff = (): boolean => signal?.aborted === true;
  if (earlier !== undefined || isCutOff()) return earlier;
  const { mode, minRounds = 1, pythonRounds, budgetMinutes, seed } = options;
  const rounds = pythonRounds ?? options.rounds;
  const results = await runPython(
    {
      mode,
      rounds,
      minRounds: Math.min(rounds, minRounds),
      budgetMinutes: Math.min(budgetMinutes, BUDGET_MINUTES[mode]),
      seed,
      outDirectory,
      places: { ...places, pythonDirectory },
      signal,
    },
    say,
  );
  // What was cut off is in this report, and is taken anew where the run is gone on with.
  if (!isCutOff()) await writeFile(path, `${JSON.stringify({ startedAt, results })}\n`);
  return results;
}

async function readEarlier(path: string, startedAt: string): Promise<PythonResults | undefined> {
  try {
    const written = JSON.parse(await readFile(path, 'utf8')) as { startedAt?: string; results?: PythonResults };
    return written.startedAt === startedAt ? written.results : undefined;
  } catch {
    // There is none, or one that was cut off in the middle: the samples are taken.
    return undefined;
  }
}
