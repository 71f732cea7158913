import type { ArmSummary, LabReport, ScenarioSummary } from '../report/model.js';
import { estimateOf, MEASURES, type Measure } from '../report/verdict/measures.js';
import type { Estimate } from '../statistics/bootstrap.js';
import { headlineRatios, type RatioQuestion } from './headline-ratios.js';

/** The same figure in two runs. */
export interface ComparedFigure {
  readonly first: Estimate;
  readonly second: Estimate;
  /** Whether the two 95 % intervals have a value in common; undefined where one rests on one or two samples. */
  readonly overlaps?: boolean;
  /** The second median divided by the first; undefined where the first is zero or below. */
  readonly ratio?: number;
}

/** A figure of an arm that both runs have. */
export interface ComparedCell extends ComparedFigure {
  readonly scenario: string;
  readonly title: string;
  readonly arm: string;
  readonly measure: string;
  readonly unit: string;
}

/** How Slipstream stood against another arm, in both runs. */
export interface ComparedRatio extends ComparedFigure, RatioQuestion {}

/** Two runs beside each other. */
export interface Comparison {
  readonly format: 'slipstream-lab-comparison/1';
  readonly runs: readonly [RunIdentity, RunIdentity];
  /** Differences of machine and versions, which make figures differ that are right. */
  readonly warnings: readonly string[];
  readonly headline: { readonly agree: number; readonly judged: number; readonly ratios: readonly ComparedRatio[] };
  readonly cells: readonly ComparedCell[];
  /** Cells that only one of them has: `scenario arm`. */
  readonly onlyFirst: readonly string[];
  readonly onlySecond: readonly string[];
}

/** What a run was. */
export interface RunIdentity {
  readonly startedAt: string;
  readonly command: string;
  readonly commit: string;
  readonly node: string;
  readonly machine: string;
  readonly rounds: number;
}

/** Holds every figure of one run against the same figure of another. */
export function compareReports(first: LabReport, second: LabReport): Comparison {
  const ratios = compareRatios(first, second);
  const judged = ratios.filter(({ overlaps }) => overlaps !== undefined);
  return {
    format: 'slipstream-lab-comparison/1',
    runs: [identify(first), identify(second)],
    warnings: differences(first, second),
    headline: { agree: judged.filter(({ overlaps }) => overlaps === true).length, judged: judged.length, ratios },
    cells: compareCells(first, second),
    onlyFirst: missingFrom(second, first),
    onlySecond: missingFrom(first, second),
  };
}

function identify({ startedAt, command, environment, rounds }: LabReport): RunIdentity {
  const { commit, dirty, node, cores, cpuModel, memoryMb, platform } = environment;
  return {
    startedAt,
    command,
    commit: `${commit ?? 'unknown'}${dirty === true ? ' with changes' : ''}`,
    node,
    machine: `${cores} x ${cpuModel}, ${memoryMb} MB, ${platform}`,
    rounds,
  };
}

function differences(first: LabReport, second: LabReport): string[] {
  const [one, other] = [identify(first), identify(second)];
  const named: readonly (readonly [string, string, string])[] = [
    ['the machine', one.machine, other.machine],
    ['Node', one.node, other.node],
    ['the commit', one.commit, other.commit],
    ['the mode', first.mode, second.mode],
    ...versionPairs(first, second),
  ];
  return named
    .filter(([, left, right]) => left !== right)
    .map(([what, left, right]) => `${what} differs: ${left} and ${right}`);
}

function versionPairs({ environment: one }: LabReport, { environment: other }: LabReport): [string, string, string][] {
  const names = Object.keys(one.packages).filter((name) => Object.hasOwn(other.packages, name));
  return names.map((name) => [name, one.packages[name] ?? '', other.packages[name] ?? '']);
}

function compareRatios(first: LabReport, second: LabReport): ComparedRatio[] {
  const later = new Map(headlineRatios(second).map((ratio) => [keyOf(ratio.question), ratio.estimate]));
  return headlineRatios(first).flatMap(({ question, estimate }) => {
    const match = later.get(keyOf(question));
    return match === undefined ? [] : [{ ...question, ...compareFigures(estimate, match) }];
  });
}

function keyOf({ scenario, own, other, measure }: RatioQuestion): string {
  return JSON.stringify([scenario, own, other, measure]);
}

function compareCells(first: LabReport, second: LabReport): ComparedCell[] {
  return first.summaries.flatMap((scenario) => {
    const match = second.summaries.find((candidate) => candidate.scenario === scenario.scenario);
    if (match === undefined || match.kind !== scenario.kind) return [];
    return scenario.arms.flatMap((arm) => {
      const other = match.arms.find((candidate) => candidate.arm === arm.arm);
      return other === undefined
        ? []
        : measuresOf(scenario).flatMap((measure) => compareCell(scenario, arm, other, measure));
    });
  });
}

function measuresOf({ kind }: ScenarioSummary): readonly Measure[] {
  return MEASURES[kind];
}

function compareCell(scenario: ScenarioSummary, arm: ArmSummary, other: ArmSummary, measure: Measure): ComparedCell[] {
  // Nothing is added where nothing is traced: there the work itself is the figure.
  const asked = String(arm.arm).startsWith('untraced') ? withoutAdding(measure) : measure;
  const [first, second] = [estimateOf(arm, asked), estimateOf(other, asked)];
  if (first === undefined || second === undefined) return [];
  return [
    {
      scenario: scenario.scenario,
      title: scenario.title,
      arm: arm.arm,
      measure: asked.title,
      unit: asked.unit,
      ...compareFigures(first, second),
    },
  ];
}

function withoutAdding(measure: Measure): Measure {
  return { ...measure, title: measure.title.replace('added', 'of the work itself'), isAdded: false };
}

/** Two equal runs of two values each miss each other in one case of three, by chance alone; of three, in one of ten. */
const ENOUGH_VALUES = 3;

function compareFigures(first: Estimate, second: Estimate): ComparedFigure {
  const isJudged = Math.min(first.count, second.count) >= ENOUGH_VALUES;
  return {
    first,
    second,
    ...(isJudged ? { overlaps: first.low <= second.high && second.low <= first.high } : {}),
    ...(first.median > 0 ? { ratio: second.median / first.median } : {}),
  };
}

function missingFrom(target: LabReport, source: LabReport): string[] {
  const known = new Set(cellNames(target));
  return cellNames(source).filter((name) => !known.has(name));
}

function cellNames({ summaries }: LabReport): string[] {
  return summaries.flatMap(({ scenario, arms }) => arms.map(({ arm }) => `${scenario} ${arm}`));
}
