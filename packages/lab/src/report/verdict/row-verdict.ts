import { describeArm } from '../../arms/registry.js';
import { armTitle } from '../arm-title.js';
import { contentShare } from '../content-share.js';
import { intervalText, ratioText, timesText } from '../interval-text.js';
import type { ArmSummary, LabReport, ScenarioSummary } from '../model.js';
import { formatNumber, formatPercent } from '../number-text.js';
import { pairedMedian } from '../paired.js';
import { effectOf, effectOfRatio } from './effect.js';
import { estimateOf, principalMeasure } from './measures.js';
import { best, langfuseBeside, oursBeside, rivalsOf } from './rivals.js';

/** What a row of a scenario's table says, in a sentence that needs no other column. */
export function rowVerdict(report: LabReport, scenario: ScenarioSummary, arm: ArmSummary): string {
  if (arm.failed === arm.samples) return `failed in every run${firstNote(arm)}`;
  const shortfall = describeShortfall(arm);
  const price = priceOf(report, scenario, arm);
  const failures = arm.failed === 0 ? '' : `; failed in ${arm.failed} of ${arm.samples} runs${firstNote(arm)}`;
  return `${shortfall === '' ? price : [shortfall, price].filter((text) => text !== '').join('; ')}${failures}`;
}

/** Lost spans or text, which take the worth out of every other figure of the row; empty where there are none. */
export function describeShortfall(arm: ArmSummary): string {
  const { lossy, spansSent, spansDelivered } = arm;
  if (lossy > 0) {
    return `lost ${formatPercent(1 - spansDelivered / spansSent)} of its spans: a run that loses spans is not a fast run`;
  }
  const share = contentShare(arm);
  return share === undefined ? '' : `delivered ${formatPercent(share)} of the captured text, so it did less`;
}

function firstNote({ notes }: ArmSummary): string {
  const note = notes[0];
  return note === undefined ? '' : ` (${note.replaceAll('\n', ' ').slice(0, 160)})`;
}

function priceOf(report: LabReport, scenario: ScenarioSummary, arm: ArmSummary): string {
  switch (scenario.kind) {
    case 'loop':
      return loopPrice(report, scenario, arm);
    case 'server':
      return serverPrice(report, scenario, arm);
    case 'startup':
      return comparison(report, scenario, arm, 'imports in', intervalText(arm.metrics.importMs, 'ms'));
    case 'burst':
      return delivered(arm, `the loop took ${intervalText(arm.metrics.burstMs, 'ms')}`);
    case 'exit':
      return delivered(arm, `ended after ${intervalText(arm.metrics.exitMs, 'ms')}`);
    case 'visible':
      return delivered(arm, `visible after ${intervalText(arm.metrics.visibleMs, 'ms')}`);
    case 'figure':
      return figureText(arm);
    case 'mistake':
      return delivered(arm, `a request took ${intervalText(arm.metrics.callMs, 'ms')}`);
  }
}

function figureText({ metrics: { sdkGzipKb, sdkDependencies, collectorReadyMs } }: ArmSummary): string {
  if (collectorReadyMs !== undefined) return `ready after ${intervalText(collectorReadyMs, 'ms')}`;
  return `${intervalText(sdkGzipKb, 'KB')} with ${formatNumber(sdkDependencies?.median)} runtime dependencies`;
}

function delivered({ lossy, spansSent }: ArmSummary, rest: string): string {
  return lossy === 0 && spansSent > 0 ? `everything arrived; ${rest}` : rest;
}

function loopPrice(report: LabReport, scenario: ScenarioSummary, arm: ArmSummary): string {
  const own = arm.metrics.mainCpuUsPerSpan;
  const added = arm.added.mainCpuUsPerSpan;
  const noise = scenario.noise.mainCpuUsPerSpan;
  const { unit = 'span' } = scenario;
  if (arm.arm === 'untraced') return `the work itself: ${intervalText(own, 'µs')} for each ${unit} that it would be`;
  if (arm.arm === 'untraced-again') return `the same work again: what it differs by is noise`;
  switch (effectOf(added, noise)) {
    case 'unknown':
      return 'not measured against untraced';
    case 'none':
      return `not distinguishable from untraced: ${intervalText(added, 'µs')} a ${unit}, noise ${formatNumber(noise)} µs`;
    case 'less':
      return `${intervalText(added, 'µs')} a ${unit}, which is below untraced: nothing but work left out explains that`;
    case 'more':
      return comparison(report, scenario, arm, 'adds', `${intervalText(added, 'µs')} a ${unit}`);
  }
}

function serverPrice(report: LabReport, scenario: ScenarioSummary, arm: ArmSummary): string {
  const p99 = arm.metrics.p99Ms;
  const untraced = scenario.arms.find((other) => other.arm === 'untraced')?.metrics.p99Ms;
  if (arm.arm === 'untraced') return `99 % of requests within ${intervalText(p99, 'ms')}`;
  if (arm.arm === 'untraced-again') return 'the same server again: what it differs by is noise';
  if (p99 === undefined || untraced === undefined) return 'not measured against untraced';
  const ratio = arm.overUntraced.p99Ms;
  switch (effectOfRatio(ratio, p99.median - untraced.median, scenario.noise.p99Ms)) {
    case 'unknown':
      return 'not measured against untraced';
    case 'none':
      return `p99 not distinguishable from untraced: ${ratioText(ratio)} of it, noise ${formatNumber(scenario.noise.p99Ms)} ms`;
    case 'less':
      return `p99 ${ratioText(ratio)} of untraced, which is below it: compare what was answered`;
    case 'more':
      return comparison(report, scenario, arm, 'p99', `${ratioText(ratio)} that of untraced`);
  }
}

/** A figure with what it is of Langfuse and of the best peer, or, for a peer, of ours. */
function comparison(
  report: LabReport,
  scenario: ScenarioSummary,
  arm: ArmSummary,
  verb: string,
  figure: string,
): string {
  const isOwn = describeArm(arm.arm).side === 'own';
  const others = isOwn ? ownOthers(scenario, arm) : [oursBeside(arm, scenario)];
  const ratios = others.flatMap((other) => {
    if (other === undefined || other.arm === arm.arm) return [];
    const ratio = ratioTo(report, scenario, arm, other);
    if (ratio === undefined) return [];
    const doubt = describeShortfall(other) === '' ? '' : ', which did less';
    return [`${timesText(ratio)} ${isOwn ? 'of ' : ''}${armTitle(other.arm)}${doubt}`];
  });
  return `${verb} ${figure}${ratios.length === 0 ? '' : `: ${ratios.join(', ')}`}`;
}

function ownOthers(scenario: ScenarioSummary, arm: ArmSummary): (ArmSummary | undefined)[] {
  const measure = principalMeasure(scenario.kind);
  const langfuse = langfuseBeside(arm, scenario);
  const nearest = best(rivalsOf(arm, scenario), (peer) => estimateOf(peer, measure)?.median);
  return nearest?.arm === langfuse?.arm ? [langfuse] : [langfuse, nearest];
}

function ratioTo(report: LabReport, scenario: ScenarioSummary, arm: ArmSummary, other: ArmSummary) {
  const { metric, isAdded } = principalMeasure(scenario.kind);
  return pairedMedian(report, { scenario: scenario.scenario, own: arm.arm, other: other.arm, metric, isAdded });
}
