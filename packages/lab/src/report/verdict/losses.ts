import { AGAINST_ARM, describeArm } from '../../arms/registry.js';
import { isUnderOtherNode } from '../../runner/node-name.js';
import type { Estimate } from '../../statistics/bootstrap.js';
import { didLess } from '../content-share.js';
import type { ArmSummary, LabReport, ScenarioSummary } from '../model.js';
import { pairedRatio } from '../paired.js';
import { isAbove } from './effect.js';
import { estimateOf, MEASURES, type Measure } from './measures.js';
import { best, rivalsOf } from './rivals.js';

/** A figure in which a peer is better than ours. */
export interface LostCell {
  readonly scenario: ScenarioSummary;
  readonly measure: Measure;
  readonly own: ArmSummary;
  readonly ownFigure: Estimate;
  readonly peer: ArmSummary;
  readonly peerFigure: Estimate;
  /** Ours divided by theirs within each round. */
  readonly ratio: Estimate;
}

/** How ours stand in every cell in which a peer did as much. */
export interface Standing {
  readonly lost: readonly LostCell[];
  /** Cells in which ours has the smallest figure, and no interval in doubt. */
  readonly won: number;
  /** Cells in which the difference is within the intervals or the noise. */
  readonly level: number;
}

/**
 * Holds every arm of ours against the best peer that lost nothing and captured as much, in every measure of every
 * scenario. Not best is what is above it by more than the noise, with an interval of the ratio that is above one.
 */
export function standingOf(report: LabReport): Standing {
  const lost: LostCell[] = [];
  let won = 0;
  let level = 0;
  for (const scenario of report.summaries.filter(isComparable)) {
    // Another build of ours says nothing of how we stand against others.
    for (const own of scenario.arms.filter(({ arm }) => describeArm(arm).side === 'own' && arm !== AGAINST_ARM)) {
      for (const measure of MEASURES[scenario.kind]) {
        const cell = compareWithBest(report, scenario, own, measure);
        if (cell === undefined) continue;
        const distance = cell.ownFigure.median - cell.peerFigure.median;
        const noise = scenario.noise[measure.metric] ?? 0;
        if (isAbove(cell.ratio, distance, noise)) lost.push(cell);
        else if (cell.ratio.high < 1 && -distance > noise) won++;
        else level++;
      }
    }
  }
  return { lost: lost.toSorted((left, right) => right.ratio.median - left.ratio.median), won, level };
}

/** Versions of a mistake are compared with each other; another Node asks the same questions once more. */
function isComparable({ kind, scenario }: ScenarioSummary): boolean {
  return kind !== 'mistake' && !isUnderOtherNode(scenario);
}

function compareWithBest(
  report: LabReport,
  scenario: ScenarioSummary,
  own: ArmSummary,
  measure: Measure,
): LostCell | undefined {
  const ownFigure = estimateOf(own, measure);
  const complete = rivalsOf(own, scenario).filter((peer) => !didLess(peer) && peer.failed === 0);
  const peer = best(complete, (summary) => estimateOf(summary, measure)?.median);
  const peerFigure = peer === undefined ? undefined : estimateOf(peer, measure);
  if (ownFigure === undefined || peer === undefined || peerFigure === undefined) return undefined;
  const { metric, isAdded } = measure;
  const ratio = pairedRatio(report, { scenario: scenario.scenario, own: own.arm, other: peer.arm, metric, isAdded });
  return ratio === undefined ? undefined : { scenario, measure, own, ownFigure, peer, peerFigure, ratio };
}

/** Runs of ours that did not deliver everything. */
export function incompleteRuns({ summaries }: LabReport): { scenario: ScenarioSummary; own: ArmSummary }[] {
  return summaries.flatMap((scenario) =>
    scenario.arms
      .filter((own) => describeArm(own.arm).side === 'own' && (didLess(own) || own.failed > 0))
      .map((own) => ({ scenario, own })),
  );
}
