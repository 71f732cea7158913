import { resolve } from 'node:path';
import type { LabOptions } from '../arguments.js';
import { createProgress } from '../progress/progress.js';
import type { PythonResults } from '../python/model.js';
import { pythonPart } from '../python/part.js';
import type { LabReport } from '../report/model.js';
import { createReport } from '../report/report.js';
import type { SampleRecord } from '../report/sample-record.js';
import type { RunPlan } from './plan.js';
import { withDriftAfter } from './predict-before.js';
import { type LabSurroundings, type PreparedRun, prepareRun } from './prepare.js';
import { type RoundsOutcome, takeRounds } from './rounds.js';
import { startSinkProcess } from './sink-process.js';
import { type WrittenReport, writeReport } from './write-report.js';

/** A finished run and where it was written. */
export interface LabOutcome extends WrittenReport {
  readonly report: LabReport;
  /** It was stopped before its end, and can be gone on with. */
  readonly isInterrupted: boolean;
}

/**
 * Runs the lab: installs and builds what is needed, predicts what will be measured and writes that down
 * (`predictions.json`), takes the samples round by round (each is in `samples.jsonl` before the next begins, under the
 * plan of `run.json`), and writes the reports.
 *
 * @throws PeerInstallError when the peers cannot be installed
 * @throws LabPreparationError when another Node or another commit cannot be had
 * @throws LabResumeError when the run that was to be gone on with is another one
 */
export async function runLab(options: LabOptions, surroundings: LabSurroundings): Promise<LabOutcome> {
  const begin = performance.now();
  const prepared = await prepareRun(options, surroundings);
  try {
    const directory = resolve(options.outDirectory);
    const { samples } = await takeSamples(prepared, { directory, begin }, surroundings);
    const plan = await withMachineDrift(prepared.plan, surroundings);
    const python = await takePython(plan, directory, surroundings);
    const report = reportOf(plan, samples, python);
    const isInterrupted = surroundings.signal?.aborted === true;
    return { report, isInterrupted, ...(await writeReport(report, directory)) };
  } finally {
    await prepared.journal.close();
    await prepared.against?.remove();
  }
}

/** The plan with what the machine had become when the samples were taken; the same where nothing was predicted, or where time is short. */
async function withMachineDrift(plan: RunPlan, { places, say, signal }: LabSurroundings): Promise<RunPlan> {
  const { predictions, options } = plan;
  // Its time is worth a round of a quick run.
  if (predictions === undefined || options.mode === 'quick' || signal?.aborted === true) return plan;
  return { ...plan, predictions: await withDriftAfter(predictions, places, options.seed, say) };
}

async function takeSamples(
  { plan, earlier, journal, nodes, against }: PreparedRun,
  { directory, begin }: { readonly directory: string; readonly begin: number },
  { places, say, draw, signal }: LabSurroundings,
): Promise<RoundsOutcome> {
  const sink = await startSinkProcess(places.sinkModule);
  try {
    return await takeRounds({
      plan,
      earlier,
      journal,
      begin,
      say,
      progress: createProgress({ say, draw }),
      write: async (samples) => void (await writeReport(reportOf(plan, samples), directory)),
      surroundings: {
        places,
        sink,
        nodes,
        seed: plan.options.seed,
        ...(against === undefined ? {} : { againstUrl: against.sdkUrl }),
        ...(signal === undefined ? {} : { signal }),
      },
    });
  } finally {
    await sink.stop();
  }
}

/** After the rounds, so that no Python process shares the machine with a sample. */
function takePython(
  { startedAt, options }: RunPlan,
  outDirectory: string,
  { places, say, signal }: LabSurroundings,
): Promise<PythonResults | undefined> {
  return pythonPart({ startedAt, options, outDirectory, places, say, signal });
}

/** The plan and the samples are all that a report is made from. */
function reportOf(plan: RunPlan, samples: readonly SampleRecord[], python?: PythonResults): LabReport {
  const { startedAt, command, options, environment, scenarios, predictions } = plan;
  return createReport({
    startedAt,
    finishedAt: new Date().toISOString(),
    command,
    mode: options.mode,
    suites: options.suites,
    seed: options.seed,
    rounds: samples.reduce((most, { round }) => Math.max(most, round + 1), 0),
    environment,
    scenarios,
    ...(predictions === undefined ? {} : { predictions }),
    ...(python === undefined ? {} : { python }),
    samples,
  });
}
