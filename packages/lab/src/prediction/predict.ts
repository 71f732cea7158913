import type { ArmName } from '../arms/registry.js';
import { describeArm } from '../arms/registry.js';
import { libraryOf } from '../mistakes/scenarios.js';
import type { Scenario } from '../runner/scenarios.js';
import { SPANS_PER_TRACE } from '../sample/traced-work.js';
import type { ArmModel, Term, When } from './arm-model.js';
import { modelOf, whyNotPredicted } from './arm-models.js';
import {
  CALIBRATION_BURST,
  CALIBRATION_WARM_UP,
  type Calibration,
  type CpuConstant,
  FIXED_CONSTANTS,
  pricesNs,
} from './constants.js';
import type { Drift } from './drift.js';
import { HEADLINE_BOUND, HEADLINE_CELLS, type HeadlineCell, type PredictedMetric } from './headline.js';
import { countsOf, warmUpSpansOf, whyNotPredictedMistake } from './mistake-facts.js';
import { predictServer } from './server.js';
import { describeSpans, isPredicted, type PredictedScenario, type SpanFacts, shapeOf, workOf } from './span-facts.js';

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
  /** What a trace takes longer by what is done inside it, and what one in a hundred takes, which may meet a batch. */
  readonly addedToTraceMs?: { readonly p50: number; readonly p99: number };
  /** Spans that the library will have made before it is measured, where they are few. */
  readonly warmUpSpans?: number;
  /** By the name of the measured figure that each is compared with. */
  readonly metrics: Partial<Record<PredictedMetric, number>>;
  readonly terms: readonly PricedTerm[];
}

/** A cell that will be measured and that the model says nothing of. */
export interface NotPredicted {
  readonly scenario: string;
  readonly arm: ArmName;
  readonly reason: string;
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
  /** Absent in reports of earlier versions. */
  readonly notPredicted?: readonly NotPredicted[];
  /** How the machine had changed when the run was over. Nothing is corrected by it. */
  readonly drift?: Drift;
}

/** What is to be predicted. */
export interface PredictionTask {
  readonly scenarios: readonly Scenario[];
  readonly arms: readonly ArmName[];
  readonly seed: number;
}

const LEAVES_PER_TRACE = 4;
const TAIL_SHARE = 0.01;

/** Every cell that a run will measure and that the model covers. Pure: the same constants give the same figures. */
export function predictRun(calibration: Calibration, task: PredictionTask, predictedAt: string): Predictions {
  const wanted = task.scenarios.filter(isPredicted).flatMap((scenario) => {
    const arms = scenario.arms.filter((arm) => task.arms.includes(arm));
    // Only the programs of a mistake differ from library to library; a payload takes a while to make.
    const shared =
      scenario.kind === 'mistake' || arms[0] === undefined ? undefined : describeSpans(scenario, arms[0], task.seed);
    return arms.map((arm) =>
      predictCell(calibration, scenario, arm, shared ?? describeSpans(scenario, arm, task.seed)),
    );
  });
  const cells = wanted.flatMap((cell) => (cell !== undefined && 'metrics' in cell ? cell : []));
  return {
    format: 'slipstream-lab-predictions/1',
    predictedAt,
    calibration,
    bound: HEADLINE_BOUND,
    headline: HEADLINE_CELLS.filter(({ scenario, arm }) =>
      cells.some((cell) => cell.scenario === scenario && cell.arm === arm),
    ),
    cells,
    notPredicted: wanted.flatMap((cell) => (cell !== undefined && 'reason' in cell ? cell : [])),
  };
}

/** Undefined for the work alone, which costs what it costs; a server's latency is predicted even then. */
function predictCell(
  calibration: Calibration,
  scenario: PredictedScenario,
  arm: ArmName,
  facts: SpanFacts | undefined,
): Prediction | NotPredicted | undefined {
  const base = { scenario: scenario.name, arm };
  if (describeArm(arm).side === 'none' && scenario.kind !== 'server') return undefined;
  const reason = whyNot(scenario, arm);
  if (reason !== undefined) return { ...base, reason };
  const model = modelOf(arm);
  if (model === undefined || facts === undefined) return { ...base, reason: 'nobody has counted what it does' };
  const priced = priceSpan(calibration, model, facts, describeArm(arm).captures);
  return { ...base, ...priced, ...figuresOf({ calibration, scenario, arm, model, facts }, priced) };
}

function whyNot(scenario: PredictedScenario, arm: ArmName): string | undefined {
  const library = libraryOf(arm);
  const ofMistake =
    scenario.kind === 'mistake' && library !== undefined ? whyNotPredictedMistake(scenario, library) : undefined;
  return ofMistake ?? whyNotPredicted(arm, workOf(scenario));
}

type PricedSpan = Pick<Prediction, 'directUsPerSpan' | 'deferredUsPerSpan' | 'stallMs' | 'terms'>;

function priceSpan(calibration: Calibration, model: ArmModel, facts: SpanFacts, captures: boolean): PricedSpan {
  const batchSpans = model.batchSpans(facts);
  const costNs = pricing(calibration, facts, batchSpans);
  // Two threads of a process share caches and, often, the two halves of a core.
  const slowed = 1 + (calibration.beside - 1) * (model.besideShare?.(facts) ?? 0);
  const terms = model
    .terms(facts, captures)
    .map((term): PricedTerm => ({ ...term, us: (slowed * costNs(term)) / 1_000 }));
  const deferredUsPerSpan = sumUs(terms, 'deferred');
  return {
    directUsPerSpan: sumUs(terms, 'direct'),
    deferredUsPerSpan,
    stallMs: (batchSpans * deferredUsPerSpan) / 1_000,
    terms,
  };
}

interface Cell {
  readonly calibration: Calibration;
  readonly scenario: PredictedScenario;
  readonly arm: ArmName;
  readonly model: ArmModel;
  readonly facts: SpanFacts;
}

type Figures = Pick<Prediction, 'metrics' | 'addedToTraceMs' | 'warmUpSpans'>;

function figuresOf(cell: Cell, priced: PricedSpan): Figures {
  switch (cell.scenario.kind) {
    case 'loop':
      return { metrics: loopMetrics(cell, priced), addedToTraceMs: addedToTrace(cell, priced) };
    case 'server':
      return { metrics: serverMetrics(cell, priced), addedToTraceMs: addedToTrace(cell, priced) };
    case 'mistake':
      return { metrics: mistakeMetrics(cell, priced), ...warmUpOf(cell) };
  }
}

/** A figure of a loop is for a function, a call or a step; an arm may make more spans or fewer of it. */
function loopMetrics({ scenario, arm, facts }: Cell, priced: PricedSpan): Prediction['metrics'] {
  const { unitsPerTrace } = shapeOf(workOf(scenario));
  const spansPerUnit = (describeArm(arm).spansPerTrace ?? unitsPerTrace) / unitsPerTrace;
  const { directUsPerSpan, deferredUsPerSpan, stallMs } = priced;
  return {
    mainCpuUsPerSpan: spansPerUnit * (directUsPerSpan + deferredUsPerSpan),
    // A batch begins in a burst or in the rest after it.
    longestStallMs: stallMs + (facts.spansPerBurst * spansPerUnit * directUsPerSpan) / 1_000,
  };
}

function serverMetrics({ calibration, scenario, model, facts }: Cell, priced: PricedSpan): Prediction['metrics'] {
  if (scenario.kind !== 'server') return {};
  const { requestsPerSecond, durationMs, leafWaitMs } = scenario;
  const rate = { requestsPerSecond, durationMs, leafWaitMs };
  const load = { ...rate, spansPerRequest: SPANS_PER_TRACE, waitsPerRequest: LEAVES_PER_TRACE };
  return { ...predictServer({ ...load, ...priced, batchSpans: model.batchSpans(facts) }, calibration) };
}

/** A flush in each request makes a request of its spans, or asks the worker for an answer. */
function mistakeMetrics({ calibration, scenario, arm }: Cell, priced: PricedSpan): Prediction['metrics'] {
  const library = libraryOf(arm);
  const counts = scenario.kind === 'mistake' && library !== undefined ? countsOf(scenario, library) : undefined;
  if (counts === undefined) return {};
  const { directUsPerSpan, deferredUsPerSpan, stallMs } = priced;
  const { postUs, flushUs } = calibration.machine;
  const flushesUs = counts.flushesPerRequest * (library === 'slipstream' ? flushUs : postUs);
  return {
    mainCpuUsPerRequest: counts.spansPerRequest * (directUsPerSpan + deferredUsPerSpan) + flushesUs,
    ...(counts.flushesPerRequest > 0 || stallMs === 0 ? {} : { longestStallMs: stallMs }),
  };
}

function warmUpOf({ scenario, arm }: Cell): Pick<Prediction, 'warmUpSpans'> {
  const library = libraryOf(arm);
  if (scenario.kind !== 'mistake' || library === undefined) return {};
  const warmUpSpans = warmUpSpansOf(scenario, library);
  return warmUpSpans === undefined || warmUpSpans >= CALIBRATION_WARM_UP ? {} : { warmUpSpans };
}

/** A trace meets a batch when one of its spans is the last that the batch waits for. */
function addedToTrace({ scenario, model, facts }: Cell, priced: PricedSpan): { p50: number; p99: number } {
  const spans = shapeOf(workOf(scenario)).unitsPerTrace;
  const directMs = (spans * priced.directUsPerSpan) / 1_000;
  const batchSpans = model.batchSpans(facts);
  const hit = batchSpans === 0 ? 0 : Math.min(1, spans / batchSpans);
  return {
    p50: directMs + (hit > 1 / 2 ? priced.stallMs : 0),
    p99: directMs + (hit > TAIL_SHARE ? priced.stallMs : 0),
  };
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
    const together = when === 'direct' ? facts.spansPerBurst : Math.max(batchSpans, facts.spansPerBurst);
    // Text after text of a whole batch: what was cold has long been warm.
    const isWarm = when === 'deferred' && together >= CALIBRATION_BURST;
    if (!(constant in FIXED_CONSTANTS)) return times * (isWarm ? warm : asPaced)[constant];
    const coldNs = Math.max(0, asPaced[constant] - warm[constant]) * CALIBRATION_BURST;
    return times * warm[constant] + (Math.min(1, times) * coldNs) / together;
  };
}

function sumUs(terms: readonly PricedTerm[], when: When): number {
  return terms.filter((term) => term.when === when).reduce((total, { us }) => total + us, 0);
}
