import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { LabMode } from '../runner/scenarios.js';
import { type SinkProcess, startSinkProcess } from '../runner/sink-process.js';
import { type PlannedSample, PYTHON_CASES, toCase } from './cases.js';
import { ensureEnvironment, packageVersion } from './environments.js';
import { findInterpreter, type Interpreter, isAtLeast, OLDEST_PYTHON } from './interpreter.js';
import type { PythonPrediction, PythonResults, PythonSample } from './model.js';
import { predictPython } from './prediction/predict.js';
import { startProgram } from './program.js';
import { parseConstants } from './program-output.js';
import { scheduleRound } from './schedule.js';
import { PYTHON_SUBJECTS, type PythonEnvironmentName, type PythonSubject } from './subjects.js';
import { summarisePython } from './summarise.js';
import { takePythonSample } from './take-sample.js';
import { takeServerSample } from './take-server-sample.js';

/** Calls of a unit of work, and how long a server is under load. */
const AMOUNTS: Readonly<Record<LabMode, { readonly calls: number; readonly serverMs: number }>> = {
  quick: { calls: 40, serverMs: 9_000 },
  full: { calls: 60, serverMs: 10_000 },
};
const CALIBRATION_LIMIT_MS = 120_000;
const END_LIMIT_MS = 10_000;

/** What a run of the Python part does. */
export interface PythonRunOptions {
  readonly mode: LabMode;
  /** At most so many. */
  readonly rounds: number;
  /** At least so many, whatever they take. */
  readonly minRounds: number;
  /** No round begins that would probably end later. */
  readonly budgetMinutes: number;
  readonly seed: number;
  /** Gets `python-predictions.json`. */
  readonly outDirectory: string;
  /** Only these; every one where it is left out. */
  readonly cases?: readonly string[];
  readonly subjects?: readonly PythonSubject[];
  readonly places: PythonPlaces;
  /** Ends the run where it is, with what there is. */
  readonly signal?: AbortSignal | undefined;
}

/** Where the programs and the lab's other processes are. */
export interface PythonPlaces {
  readonly pythonDirectory: string;
  readonly sinkModule: string;
  readonly loadModule: string;
  readonly collectorModule: string;
}

/** A subject that can run, or why not. */
interface Ready {
  readonly pythons: ReadonlyMap<PythonSubject, string>;
  readonly packages: Readonly<Record<string, string>>;
  readonly skipped: PythonResults['skipped'];
}

/**
 * Runs the Python part: makes the virtual environments on first use, predicts from a calibration and writes that down,
 * and takes the samples round by round. What cannot be had is in `skipped`, with the reason; nothing of it rejects.
 */
export async function runPython(options: PythonRunOptions, say: (line: string) => void): Promise<PythonResults> {
  const interpreter = await findInterpreter();
  if (interpreter === undefined) return nothing(`no Python ${OLDEST_PYTHON} or newer was found`);
  const ready = await prepareSubjects(options, interpreter, say);
  const untraced = ready.pythons.get('untraced');
  if (untraced === undefined) return { ...nothing('its base cannot run'), ...resultsOf(interpreter, ready) };
  const sink = await startSinkProcess(options.places.sinkModule);
  try {
    const constants = await calibrate(untraced, sink, options, say);
    const isReady = (subject: PythonSubject): boolean => ready.pythons.has(subject);
    const all = constants === undefined ? [] : predictPython(constants, isReady);
    const predictions = all.filter((one) => isAsked(options, one.case));
    await writePredictions(constants ?? {}, predictions, options.outDirectory);
    const samples = await takeRounds(ready, sink, options, say);
    const summaries = summarisePython(samples, options.seed);
    return {
      ...resultsOf(interpreter, ready),
      cases: casesOf(options),
      constants: constants ?? {},
      predictions,
      samples,
      summaries,
    };
  } finally {
    await sink.stop();
  }
}

const casesOf = (options: PythonRunOptions) => PYTHON_CASES.filter(({ id }) => isAsked(options, id)).map(toCase);

function isAsked({ cases }: PythonRunOptions, id: string): boolean {
  return cases === undefined || cases.includes(id);
}

function nothing(reason: string): PythonResults {
  return {
    format: 'slipstream-lab-python/1',
    python: 'none',
    packages: {},
    cases: PYTHON_CASES.map(toCase),
    constants: {},
    predictions: [],
    samples: [],
    summaries: [],
    skipped: PYTHON_SUBJECTS.map(({ subject }) => ({ subject, reason })),
  };
}

function resultsOf({ version }: Interpreter, { packages, skipped }: Ready) {
  return { format: 'slipstream-lab-python/1' as const, python: version, packages, skipped };
}

async function prepareSubjects(
  { subjects, places: { pythonDirectory } }: PythonRunOptions,
  interpreter: Interpreter,
  say: (line: string) => void,
): Promise<Ready> {
  const pythons = new Map<PythonSubject, string>();
  const packages: Record<string, string> = {};
  const skipped: { subject: string; reason: string }[] = [];
  const outcomes = new Map<PythonEnvironmentName, Awaited<ReturnType<typeof ensureEnvironment>>>();
  for (const { subject, environment, package: name, oldestPython } of PYTHON_SUBJECTS) {
    if (subjects !== undefined && subject !== 'untraced' && !subjects.includes(subject)) continue;
    if (!isAtLeast(interpreter.version, oldestPython)) {
      skipped.push({ subject, reason: `it needs Python ${oldestPython}, and this is ${interpreter.version}` });
      continue;
    }
    const outcome =
      outcomes.get(environment) ?? (await ensureEnvironment(pythonDirectory, environment, interpreter, say));
    outcomes.set(environment, outcome);
    if (outcome.kind === 'missing') {
      say(`skipping ${subject} of Python: ${outcome.reason}`);
      skipped.push({ subject, reason: outcome.reason });
      continue;
    }
    pythons.set(subject, outcome.python);
    const version = name === undefined ? undefined : await packageVersion(outcome.python, name);
    if (version !== undefined) packages[subject] = version;
  }
  return { pythons, packages, skipped };
}

async function calibrate(
  python: string,
  sink: SinkProcess,
  { places, seed }: PythonRunOptions,
  say: (line: string) => void,
): Promise<Readonly<Record<string, number>> | undefined> {
  say('calibrating the cost model of Python: some seconds of micro-benchmarks');
  const task = { case: 'calibration', subject: 'untraced', variant: '', sinkUrl: sink.url, seed, calls: 1 };
  const program = startProgram({ python, pythonDirectory: places.pythonDirectory }, 'calibrate', task);
  try {
    return parseConstants(await program.nextLine(CALIBRATION_LIMIT_MS));
  } catch (error) {
    say(`no predictions for Python: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  } finally {
    await program.waitForEnd(END_LIMIT_MS);
  }
}

async function writePredictions(
  constants: Readonly<Record<string, number>>,
  predictions: readonly PythonPrediction[],
  outDirectory: string,
): Promise<void> {
  const directory = resolve(outDirectory);
  await mkdir(directory, { recursive: true });
  const content = { writtenAt: new Date().toISOString(), constants, predictions };
  await writeFile(join(directory, 'python-predictions.json'), `${JSON.stringify(content, undefined, 1)}\n`);
}

async function takeRounds(
  ready: Ready,
  sink: SinkProcess,
  options: PythonRunOptions,
  say: (line: string) => void,
): Promise<readonly PythonSample[]> {
  const samples: PythonSample[] = [];
  const begin = performance.now();
  let lastRoundMs = 0;
  for (let round = 0; round < options.rounds; round++) {
    const roundBegin = performance.now();
    const wouldEndLate = roundBegin - begin + lastRoundMs > options.budgetMinutes * 60_000;
    if (wouldEndLate && round >= options.minRounds) break;
    const steps = scheduleRound(round, options.seed, (subject) => ready.pythons.has(subject));
    const asked = steps.filter(({ definition }) => isAsked(options, definition.id));
    for (const [index, planned] of asked.entries()) {
      if (options.signal?.aborted === true) return samples;
      const taken = await takeOne(planned, ready, sink, options);
      samples.push(...taken);
      say(progressLine(taken, `Python, round ${round + 1}, ${index + 1}/${asked.length}`));
    }
    lastRoundMs = performance.now() - roundBegin;
  }
  return samples;
}

async function takeOne(
  planned: PlannedSample,
  { pythons }: Ready,
  sink: SinkProcess,
  { places, mode, seed }: PythonRunOptions,
): Promise<readonly PythonSample[]> {
  const place = { python: pythons.get(planned.subject) ?? '', pythonDirectory: places.pythonDirectory };
  const { calls, serverMs } = AMOUNTS[mode];
  const surroundings = { place, sink, seed: seed + planned.round, calls };
  if (planned.definition.program !== 'server') return takePythonSample(planned, surroundings);
  const server = { ...surroundings, loadModule: places.loadModule, durationMs: serverMs };
  if (planned.definition.backend === 'sink') return takeServerSample(planned, server);
  const collector = await startSinkProcess(places.collectorModule);
  try {
    return await takeServerSample(planned, { ...server, sink: collector });
  } finally {
    await collector.stop();
  }
}

function progressLine(taken: readonly PythonSample[], place: string): string {
  const [first] = taken;
  const name = `${first?.case} ${first?.subject} ${taken.map(({ variant }) => variant).join(',')}`.trimEnd();
  const note = taken.find(({ status }) => status !== 'ok')?.note;
  return `${place}: ${name} ${note === undefined ? 'ok' : `${first?.status.toUpperCase()}: ${note}`}`;
}
