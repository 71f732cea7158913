import { type FileHandle, mkdir, open, readFile, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabResumeError } from '../errors.js';
import type { SampleRecord } from '../report/sample-record.js';
import type { RunPlan } from './plan.js';

const PLAN_FILE = 'run.json';
const SAMPLES_FILE = 'samples.jsonl';
/** A day's run has some ten thousand samples of about 3 KB: what is larger is not ours. */
const MAX_FILE_BYTES = 512 * 1024 * 1024;

/** What a run has written so far. */
export interface WrittenRun {
  readonly plan: RunPlan;
  readonly samples: readonly SampleRecord[];
  /** Length of the whole lines; what follows is the torn rest of one that was being written. */
  readonly wholeBytes: number;
}

/** Takes the samples as they come. */
export interface Journal {
  /** Resolves when the sample is with the system: a process that is killed after that has not lost it. */
  append(sample: SampleRecord): Promise<void>;
  close(): Promise<void>;
}

/**
 * Begins a run in a folder: writes the plan and an empty list of samples. What another run had left there is kept
 * under its own date.
 */
export async function beginJournal(directory: string, plan: RunPlan): Promise<Journal> {
  await mkdir(directory, { recursive: true });
  await setAside(directory);
  const path = join(directory, SAMPLES_FILE);
  await writeFile(path, '');
  // Whole or not there: a plan that was torn could not be gone on with.
  const whole = join(directory, `${PLAN_FILE}.new`);
  await writeFile(whole, `${JSON.stringify(plan, undefined, 1)}\n`);
  await rename(whole, join(directory, PLAN_FILE));
  return openJournal(path);
}

/** Goes on with a run that was read by {@link readRun}: the torn rest of a line goes. */
export async function continueJournal(directory: string, { wholeBytes }: WrittenRun): Promise<Journal> {
  const path = join(directory, SAMPLES_FILE);
  await truncate(path, wholeBytes);
  return openJournal(path);
}

async function openJournal(path: string): Promise<Journal> {
  const file: FileHandle = await open(path, 'a');
  return {
    append: (sample) => file.appendFile(`${JSON.stringify(sample)}\n`),
    close: () => file.close(),
  };
}

/**
 * Reads what a run has left in a folder.
 *
 * @throws LabResumeError where there is no run, or where its files are not what the lab wrote
 */
export async function readRun(directory: string): Promise<WrittenRun> {
  const plan = parsePlan(await readText(join(directory, PLAN_FILE), directory), directory);
  const text = await readText(join(directory, SAMPLES_FILE), directory);
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const samples = whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => parseSample(line, index, directory));
  return { plan, samples, wholeBytes: Buffer.byteLength(whole) };
}

async function readText(path: string, directory: string): Promise<string> {
  let text: Buffer;
  try {
    text = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new LabResumeError(`There is no run in ${directory} that could be gone on with; start one without --resume.`);
  }
  if (text.length > MAX_FILE_BYTES) throw new LabResumeError(`${path} is larger than a run of the lab ever is.`);
  return text.toString('utf8');
}

function parsePlan(text: string, directory: string): RunPlan {
  const plan = parseJson(text) as RunPlan | undefined;
  if (plan?.format === 'slipstream-lab-run/1') return plan;
  throw new LabResumeError(`${PLAN_FILE} in ${directory} is not the plan of a run; start anew without --resume.`);
}

function parseSample(line: string, index: number, directory: string): SampleRecord {
  const sample = parseJson(line) as Partial<SampleRecord> | undefined;
  const { scenario, arm, round, metrics } = sample ?? {};
  if (typeof scenario === 'string' && typeof arm === 'string' && typeof round === 'number' && metrics !== undefined) {
    return sample as SampleRecord;
  }
  throw new LabResumeError(`Line ${index + 1} of ${SAMPLES_FILE} in ${directory} is damaged; start anew.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What cannot be read has no format either, and the caller says so.
    return undefined;
  }
}

async function setAside(directory: string): Promise<void> {
  const earlier = await readRun(directory).catch((error) => {
    if (error instanceof LabResumeError) return undefined;
    throw error;
  });
  if (earlier === undefined) return;
  const stamp = earlier.plan.startedAt.replaceAll(/[^\dTZ]/g, '-');
  await rename(join(directory, SAMPLES_FILE), join(directory, `samples-${stamp}.jsonl`));
  await rename(join(directory, PLAN_FILE), join(directory, `run-${stamp}.json`));
}
