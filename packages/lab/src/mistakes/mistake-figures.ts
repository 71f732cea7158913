import type { LabReport } from '../report/model.js';
import { createRounds, WORK_ITSELF } from '../report/rounds.js';
import type { MetricName } from '../sample/protocol.js';
import { type Estimate, estimateMedian } from '../statistics/bootstrap.js';
import type { Mistake, MistakeLibrary, MistakeMetric, MistakeVersion } from './mistake.js';
import { mistakeScenarioName } from './scenarios.js';

/** A wrong version and the good one of the same library, with their difference taken within each round. */
export interface MistakeFigures {
  readonly bad: Estimate | undefined;
  readonly good: Estimate | undefined;
  readonly difference: Estimate | undefined;
  /** Some spans of one of them did not arrive. */
  readonly isLossy: boolean;
  /** The library told the application of its mistake. */
  readonly isTold: boolean;
}

type Samples = Pick<LabReport, 'samples' | 'seed'>;

/** What a wrong version costs in a library, beside its cure, by what it is judged by. */
export function compareVersions(
  report: Samples,
  mistake: Mistake,
  bad: MistakeVersion,
  metric: MistakeMetric,
  library: MistakeLibrary,
): MistakeFigures {
  const good = goodVersion(mistake);
  const ofBad = byRound(report, mistakeScenarioName(mistake, bad), library, metric);
  const ofGood = byRound(report, mistakeScenarioName(mistake, good), library, metric);
  const differences = [...ofBad].flatMap(([round, value]) => {
    const other = ofGood.get(round);
    return other === undefined ? [] : [value - other];
  });
  const scenarios = [bad, good].map((version) => mistakeScenarioName(mistake, version));
  return {
    bad: estimateMedian([...ofBad.values()], report.seed),
    good: estimateMedian([...ofGood.values()], report.seed),
    difference: estimateMedian(differences, report.seed),
    isTold: (estimateVersion(report, mistakeScenarioName(mistake, bad), library, 'told')?.median ?? 0) > 0,
    isLossy: report.samples.some(
      ({ scenario, arm, status }) => status === 'lost' && arm === library && scenarios.includes(scenario),
    ),
  };
}

/** The cure, which every mistake has, as the last of its versions. */
export function goodVersion({ versions, number }: Mistake): MistakeVersion {
  const good = versions.at(-1);
  if (good === undefined || good.metric !== undefined) throw new RangeError(`mistake ${number} has no good version`);
  return good;
}

/** A figure of one version, as measured. */
export function estimateVersion(
  report: Samples,
  scenario: string,
  library: MistakeLibrary,
  name: MetricName,
): Estimate | undefined {
  const values = [...byRound(report, scenario, library, { name, isAdded: false }).values()];
  return estimateMedian(values, report.seed);
}

function byRound(
  { samples }: Samples,
  scenario: string,
  library: MistakeLibrary,
  { name, isAdded }: Pick<MistakeMetric, 'name' | 'isAdded'>,
): ReadonlyMap<number, number> {
  const rounds = createRounds(samples.filter((sample) => sample.scenario === scenario));
  return new Map(
    rounds.numbers.flatMap((round): [number, number][] => {
      const base = isAdded ? rounds.value(WORK_ITSELF, round, name) : 0;
      const value = rounds.value(library, round, name);
      return value === undefined || base === undefined ? [] : [[round, value - base]];
    }),
  );
}
