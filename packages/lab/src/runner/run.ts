import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { LabOptions } from '../arguments.js';
import { describeArm } from '../arms/registry.js';
import { ensurePeers } from '../peers/installation.js';
import type { LabReport } from '../report/model.js';
import { createReport, renderMarkdown } from '../report/report.js';
import type { SampleRecord } from '../report/sample-record.js';
import { describeEnvironment } from './environment.js';
import { predictBefore } from './predict-before.js';
import { type Scenario, scenariosOf } from './scenarios.js';
import { scheduleRound } from './schedule.js';
import { startSinkProcess } from './sink-process.js';
import { type LabPlaces, takeSample } from './take-sample.js';

/** What a run needs besides its options. */
export interface LabSurroundings {
  readonly places: LabPlaces;
  /** Replaces the mode's scenarios. */
  readonly scenarios?: readonly Scenario[];
  /** The command line, for the report. */
  readonly command: string;
  /** Gets lines about progress. */
  readonly say: (line: string) => void;
}

/** A finished run and where it was written. */
export interface LabOutcome {
  readonly report: LabReport;
  readonly jsonPath: string;
  readonly markdownPath: string;
}

/**
 * Runs the lab: installs the peers when they are needed, predicts what will be measured and writes that down
 * (`predictions.json`), takes the samples round by round, and writes `lab-<date>.json` and `report.md`.
 *
 * @throws PeerInstallError when the peers cannot be installed
 */
export async function runLab(options: LabOptions, surroundings: LabSurroundings): Promise<LabOutcome> {
  const { places, say } = surroundings;
  const scenarios = (surroundings.scenarios ?? scenariosOf(options.mode, options.suites)).filter(
    (scenario) => surroundings.scenarios !== undefined || options.scenarios.includes(scenario.name),
  );
  const arms = options.arms.filter((arm) => scenarios.some((scenario) => scenario.arms.includes(arm)));
  if (arms.some((arm) => describeArm(arm).side === 'peer')) await ensurePeers(places.peersDirectory, say);
  const environment = await describeEnvironment(process.cwd(), places.peersDirectory, arms);
  const startedAt = new Date();
  const predictions = await predictBefore({ ...options, arms, scenarios }, places, say);
  const write = (samples: readonly SampleRecord[], rounds: number): Promise<LabOutcome> =>
    writeReport(
      createReport({
        startedAt: startedAt.toISOString(),
        finishedAt: new Date().toISOString(),
        command: surroundings.command,
        mode: options.mode,
        suites: options.suites,
        seed: options.seed,
        rounds,
        environment,
        scenarios,
        ...(predictions === undefined ? {} : { predictions }),
        samples,
      }),
      resolve(options.outDirectory),
    );
  return takeRounds(options, scenarios, surroundings, write);
}

/** Takes the rounds and writes after each of them, so that a run that is cut off leaves what it had. */
async function takeRounds(
  options: LabOptions,
  scenarios: readonly Scenario[],
  { places, say }: LabSurroundings,
  write: (samples: readonly SampleRecord[], rounds: number) => Promise<LabOutcome>,
): Promise<LabOutcome> {
  const sink = await startSinkProcess(places.sinkModule);
  const samples: SampleRecord[] = [];
  const begin = performance.now();
  let outcome: LabOutcome | undefined;
  let lastRoundMs = 0;
  try {
    for (let round = 0; round < options.rounds; round++) {
      const roundBegin = performance.now();
      if (roundBegin - begin + lastRoundMs > options.budgetMinutes * 60_000 && round > 0) {
        say(`stopping after ${round} of ${options.rounds} rounds: the next one would exceed the time budget`);
        break;
      }
      const steps = scheduleRound({ mode: options.mode, scenarios, arms: options.arms, round, seed: options.seed });
      for (const [index, step] of steps.entries()) {
        const sample = await takeSample(step, { places, sink, seed: options.seed });
        samples.push(sample);
        say(progressLine(sample, `round ${round + 1}, ${index + 1}/${steps.length}`));
      }
      lastRoundMs = performance.now() - roundBegin;
      outcome = await write(samples, round + 1);
    }
  } finally {
    await sink.stop();
  }
  return outcome ?? write(samples, 0);
}

function progressLine(sample: SampleRecord, place: string): string {
  const outcome =
    sample.status === 'ok'
      ? 'ok'
      : sample.status === 'lost'
        ? `lost ${sample.spansSent - sample.spansDelivered} of ${sample.spansSent} spans`
        : `FAILED: ${sample.note ?? ''}`;
  return `${place}: ${sample.scenario} ${sample.arm} (${(sample.durationMs / 1_000).toFixed(1)} s) ${outcome}`;
}

async function writeReport(report: LabReport, directory: string): Promise<LabOutcome> {
  await mkdir(directory, { recursive: true });
  // Windows allows no colon in a file name.
  const stamp = report.startedAt.replaceAll(':', '-').replace(/\.\d+Z$/, 'Z');
  const jsonPath = join(directory, `lab-${stamp}.json`);
  const markdownPath = join(directory, 'report.md');
  await writeFile(jsonPath, `${JSON.stringify(report, undefined, 1)}\n`);
  await writeFile(markdownPath, renderMarkdown(report));
  return { report, jsonPath, markdownPath };
}
