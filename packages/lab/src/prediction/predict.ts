import type { ArmName } from '../arms/registry.js';
import { describeArm } from '../arms/registry.js';
import type { Scenario } from '../runner/scenarios.js';
import { SPANS_PER_TRACE } from '../sample/traced-work.js';
import type { Term, When } from './arm-model.js';
import { modelOf } from './arm-models.js';
import { CALIBRATION_BURST, type Calibration, type CpuConstant, FIXED_CONSTANTS, pricesNs } from './constants.js';
import { HEADLINE_BOUND, HEADLINE_CELLS, type HeadlineCell, type PredictedMetric } from './headline.js';
import { predictServer } from './server.js';
import { describeSpans, isPredicted, type PredictedScenario, type SpanFacts } from './span-facts.js';

/** One addend of a prediction. */
export interface PricedTerm {
  readonly when: When;
  readonly constant: CpuConstant;
  /** For each span. */
  readonly times: number;
  readonly us: number;
}

/** What the model says of one arm in one scenario. */
export interface Prediction {
  readonly scenario: string;
  readonly arm: ArmName;
  readonly directUsPerSpan: number;
  readonly deferredUsPerSpan: number;
  /** How long one batch holds the calling thread; 0 where none does. */
  readonly stallMs: number;
  /** By the name of the measured figure that each is compared with. */
  readonly metrics: Partial<Record<PredictedMetric, number>>;
  readonly terms: readonly PricedTerm[];
}

/** All predictions of a run, as they are written before it begins. */
export interface Predictions {
  readonly format: 'slipstream-lab-predictions/1';
  readonly predictedAt: string;
  readonly calibration: Calibration;
  readonly bound: number;
  /** What the model will be judged by, as far as this run measures it. */
  readonly headline: readonly HeadlineCell[];
  readonly cells: readonly Prediction[];
}

/** What is to be predicted. */
export interface PredictionTask {
  readonly scenarios: readonly Scenario[];
  readonly arms: readonly ArmName[];
  readonly seed: number;
}

const LEAVES_PER_TRACE = 4;

/** Every cell that a run will measure and that the model covers. Pure: the same constants give the same figures. */
export function predictRun(calibration: Calibration, task: PredictionTask, predictedAt: string): Predictions {
  const cells = task.scenarios.filter(isPredicted).flatMap((scenario) => {
    const facts = describeSpans(scenario, task.seed);
    const arms = scenario.arms.filter((arm) => task.arms.includes(arm));
    return arms.flatMap((arm) => predictCell(calibration, scenario, facts, arm) ?? []);
  });
  return {
    format: 'slipstream-lab-predictions/1',
    predictedAt,
    calibration,
    bound: HEADLINE_BOUND,
    headline: HEADLINE_CELLS.filter(({ scenario, arm }) =>
      cells.some((cell) => cell.scenario === scenario && cell.arm === arm),
    ),
    cells,
  };
}

function predictCell(
  calibration: Calibration,
  scenario: PredictedScenario,
  facts: SpanFacts,
  arm: ArmName,
): Prediction | undefined {
  const { library, captures, side } = describeArm(arm);
  const model = modelOf(library);
  if (model === undefined) return undefined;
  const costNs = pricing(calibration, facts, model.batchSpans(facts));
  // Two threads of a process share caches and, often, the two halves of a core.
  const slowed = 1 + (calibration.beside - 1) * (model.besideShare?.(facts) ?? 0);
  const terms = model
    .terms(facts, captures)
    .map((term): PricedTerm => ({ ...term, us: (slowed * costNs(term)) / 1_000 }));
  const directUsPerSpan = sumUs(terms, 'direct');
  const deferredUsPerSpan = sumUs(terms, 'deferred');
  const batchSpans = model.batchSpans(facts);
  const stallMs = (batchSpans * deferredUsPerSpan) / 1_000;
  const base = { scenario: scenario.name, arm, directUsPerSpan, deferredUsPerSpan, stallMs, terms };
  if (scenario.kind === 'loop') {
    // The stall that is measured has the work in it, which the model does not know: only long ones can be compared.
    return side === 'none'
      ? undefined
      : { ...base, metrics: { mainCpuUsPerSpan: directUsPerSpan + deferredUsPerSpan } };
  }
  const { requestsPerSecond, leafWaitMs } = scenario;
  const load = { requestsPerSecond, leafWaitMs, spansPerRequest: SPANS_PER_TRACE, waitsPerRequest: LEAVES_PER_TRACE };
  const metrics = predictServer({ ...load, directUsPerSpan, deferredUsPerSpan, stallMs, batchSpans }, calibration);
  return { ...base, metrics: { ...metrics } };
}

/**
 * What a term costs for a span. Code and data that have gone cold are fetched once, whatever follows: the price after a
 * rest was found with bursts of 70, so that what it exceeds the warm price by is shared by the spans of a burst, or of
 * a batch for what is deferred.
 */
function pricing(calibration: Calibration, facts: SpanFacts, batchSpans: number): (term: Term) => number {
  const { size, charset } = facts;
  const warm = pricesNs(calibration, 'tight', size, charset);
  const asPaced = pricesNs(calibration, facts.pace, size, charset);
  return ({ constant, times, when }) => {
    if (!(constant in FIXED_CONSTANTS)) return times * asPaced[constant];
    const together = when === 'direct' ? facts.spansPerBurst : Math.max(batchSpans, facts.spansPerBurst);
    const coldNs = Math.max(0, asPaced[constant] - warm[constant]) * CALIBRATION_BURST;
    return times * warm[constant] + (Math.min(1, times) * coldNs) / together;
  };
}

function sumUs(terms: readonly PricedTerm[], when: When): number {
  return terms.filter((term) => term.when === when).reduce((total, { us }) => total + us, 0);
}
