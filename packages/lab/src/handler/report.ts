import { formatNumber } from '../report/number-text.js';
import { combineRounds, createRounds, WORK_ITSELF } from '../report/rounds.js';
import { effectOf } from '../report/verdict/effect.js';
import type { MetricName } from '../sample/protocol.js';
import { type Estimate, estimateMedian } from '../statistics/bootstrap.js';
import { median } from '../statistics/quantile.js';
import { sum } from '../statistics/sum.js';
import type { AddedFigure, HandlerReport } from './model.js';
import type { HandlerArm } from './protocol.js';

/** A run before its figures. */
export type HandlerRun = Omit<HandlerReport, 'format' | 'added' | 'spansPerCall' | 'lossy' | 'verdict'>;

const FIGURES: readonly { readonly what: AddedFigure['what']; readonly metric: MetricName; readonly inUs: number }[] = [
  { what: 'cpu', metric: 'mainCpuUsPerCall', inUs: 1 },
  { what: 'p50', metric: 'p50Ms', inUs: 1_000 },
  { what: 'p99', metric: 'p99Ms', inUs: 1_000 },
];

/** Puts a run together; all of it follows from the samples. Rounds are pairs: differences are taken within one. */
export function createHandlerReport(run: HandlerRun): HandlerReport {
  const added = FIGURES.flatMap((figure) => addedFigure(run, figure) ?? []);
  const traced = run.samples.filter(({ arm }) => arm === 'traced');
  const calls = sum(traced.map((sample) => sample.calls));
  const report = {
    format: 'slipstream-lab-handler/1' as const,
    ...run,
    added,
    spansPerCall: calls === 0 ? 0 : sum(traced.map(({ spansDelivered }) => spansDelivered)) / calls,
    lossy: traced.filter(({ spansSent, spansDelivered }) => spansDelivered < spansSent).length,
  };
  return { ...report, verdict: verdictOf(report) };
}

function addedFigure(
  { samples, seed }: HandlerRun,
  { what, metric, inUs }: (typeof FIGURES)[number],
): AddedFigure | undefined {
  const rounds = createRounds(samples);
  const apart = (arm: HandlerArm, base: HandlerArm | typeof WORK_ITSELF): number[] =>
    combineRounds(rounds, [arm, base], metric, (own, other) => own * inUs - other * inUs);
  const addedUs = estimateMedian(apart('traced', WORK_ITSELF), seed);
  if (addedUs === undefined) return undefined;
  const distances = apart('untraced-again', 'untraced').map(Math.abs);
  const noiseUs = distances.length === 0 ? 0 : median(distances);
  return {
    what,
    untracedUs: median(rounds.numbers.flatMap((round) => rounds.value('untraced', round, metric) ?? [])) * inUs,
    addedUs,
    noiseUs,
    isDistinct: effectOf(addedUs, noiseUs) !== 'none',
  };
}

type Judged = Omit<HandlerReport, 'verdict'>;

/** What the run says, in one sentence. */
function verdictOf({ added, cpuSource }: Judged): string {
  const cpu = added.find(({ what }) => what === 'cpu');
  const p50 = added.find(({ what }) => what === 'p50');
  if (cpu === undefined || p50 === undefined) return 'There is no traced call to judge.';
  const call = `a call of ${durationText(p50.untracedUs)}`;
  if (!cpu.isDistinct) {
    return `What tracing adds to ${call} is not distinguishable from noise (${intervalText(cpu.addedUs)} of CPU; two untraced runs differ by ${durationText(cpu.noiseUs)}).`;
  }
  const whose = cpuSource === 'process.cpuUsage' ? 'CPU of the whole process' : 'main-thread CPU';
  const verb = cpu.addedUs.median > 0 ? 'adds' : 'saves';
  return `Tracing ${verb} ${intervalText(cpu.addedUs)} of ${whose} to ${call}: ${shareText(cpu.addedUs.median / p50.untracedUs)}.`;
}

const FIGURE_TEXT: Readonly<Record<AddedFigure['what'], string>> = {
  cpu: 'CPU a call',
  p50: 'time of a call, p50',
  p99: 'time of a call, p99',
};

/** The report for a terminal. */
export function renderHandlerText(report: HandlerReport): string {
  const { file, tracedBy, node, rounds, callsPerSample, added, spansPerCall, lossy, verdict } = report;
  return [
    verdict,
    '',
    ...added.map(figureLine),
    '',
    `${rounds} rounds of ${callsPerSample} calls of ${file}, Node ${node}, traced by ${tracedBy}.`,
    `Delivered: ${formatNumber(spansPerCall)} spans a call${lossy === 0 ? '' : `; SPANS WERE LOST in ${lossy} samples, so the figures are those of less work`}.`,
    'In brackets: the 95 % bootstrap interval over rounds. Noise: the median distance of two untraced processes.',
    '',
  ].join('\n');
}

function figureLine({ what, untracedUs, addedUs, noiseUs, isDistinct }: AddedFigure): string {
  const change = isDistinct ? intervalText(addedUs) : `not distinguishable from noise: ${intervalText(addedUs)}`;
  return `  ${FIGURE_TEXT[what].padEnd(20)} ${durationText(untracedUs).padStart(9)} untraced, tracing adds ${change}; noise ${durationText(noiseUs)}`;
}

function intervalText({ median: middle, low, high, count }: Estimate): string {
  if (count < 2) return durationText(middle);
  const unit = unitOf(Math.max(Math.abs(low), Math.abs(high)));
  const inUnit = (us: number): string => formatNumber(us / unit.us);
  return `${inUnit(middle)} ${unit.name} (${inUnit(low)} to ${inUnit(high)})`;
}

function durationText(us: number): string {
  const unit = unitOf(Math.abs(us));
  return `${formatNumber(us / unit.us)} ${unit.name}`;
}

const US_PER_MS = 1_000;
const US_PER_SECOND = 1_000_000;

function unitOf(us: number): { readonly us: number; readonly name: string } {
  if (us >= US_PER_SECOND) return { us: US_PER_SECOND, name: 's' };
  return us >= US_PER_MS ? { us: US_PER_MS, name: 'ms' } : { us: 1, name: 'µs' };
}

const ONE_PERCENT = 0.01;

function shareText(share: number): string {
  return `${(Math.abs(share) * 100).toFixed(Math.abs(share) < ONE_PERCENT ? 2 : 1)} %`;
}
