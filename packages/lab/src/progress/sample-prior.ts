import type { ArmSide } from '../arms/contract.js';
import { type ArmName, describeArm, type Library } from '../arms/registry.js';
import type { Scenario } from '../runner/scenarios.js';
import type { PayloadShape } from '../sample/payload.js';
import { SPANS_PER_TRACE } from '../sample/traced-work.js';

/** Roughly what a span costs on the clock, by how much it captures. */
interface SpanCosts {
  readonly smallUs: number;
  readonly mediumUs: number;
  readonly largeUs: number;
}

/**
 * What a span took in earlier runs, in round figures. They only say how long a run will take, before it has found out
 * by itself; no figure of a report comes from them.
 */
const SPAN_COSTS: Readonly<Partial<Record<Library, SpanCosts>>> = {
  slipstream: { smallUs: 3, mediumUs: 6, largeUs: 60 },
  'dd-trace': { smallUs: 20, mediumUs: 50, largeUs: 250 },
  opentelemetry: { smallUs: 20, mediumUs: 110, largeUs: 1_500 },
  langfuse: { smallUs: 45, mediumUs: 90, largeUs: 1_000 },
  laminar: { smallUs: 160, mediumUs: 250, largeUs: 3_000 },
  sentry: { smallUs: 180, mediumUs: 300, largeUs: 3_500 },
  opik: { smallUs: 150, mediumUs: 200, largeUs: 1_200 },
  'langfuse-3': { smallUs: 330, mediumUs: 680, largeUs: 6_300 },
  langsmith: { smallUs: 700, mediumUs: 1_200, largeUs: 9_000 },
};
/** A request for each span. */
const REQUEST_COSTS: SpanCosts = { smallUs: 600, mediumUs: 800, largeUs: 3_000 };
const REQUEST_EACH: ReadonlySet<string> = new Set([
  'langfuse-immediate',
  'opentelemetry-simple',
  'opentelemetry-simple-json',
]);
const UNTRACED_COSTS: SpanCosts = { smallUs: 3, mediumUs: 3, largeUs: 3 };
/** A library that nobody has timed yet costs about what the others do. */
const TYPICAL_COSTS: SpanCosts = { smallUs: 100, mediumUs: 200, largeUs: 2_000 };

const PROCESS_START_MS = 150;
const LIBRARY_START_MS: Readonly<Record<ArmSide, number>> = { none: 0, own: 150, peer: 400 };
/** What a timer is late by, and the work of an untraced cycle. */
const CYCLE_OVERHEAD_MS = 0.8;
/** How much longer the rule makes a warm-up than its least, on the whole. */
const WARM_UP_SHARE = 1.3;
/** What a burst waits for: it is more than a batch takes, and made of many. */
const BURST_FACTOR = 3;
/** The sink is waited for until nothing has come for a while: what never arrives takes that long. */
const GIVE_UP_MS = 1_500;
/** A backend that fails holds the flushes at both ends for their limit. */
const FAULT_FLUSHES_MS = 4_000;

/** From the end of a span to the live list, and a figure that needs no sample process. */
const OWN_SEEN_MS = 400;
const PEER_SEEN_MS = 5_000;
const FIGURE_MS = 2_500;

/** How long one sample will take, by its settings and round figures of what libraries cost; a prior, to be corrected. */
export function estimateSampleMs(scenario: Scenario, arm: ArmName): number {
  const { side } = describeArm(arm);
  const startMs = PROCESS_START_MS + LIBRARY_START_MS[side];
  switch (scenario.kind) {
    case 'loop': {
      const { tinyTracesFirst = 0, warmupCycles, cycles, tracesPerCycle, restMs, payload } = scenario;
      const cycleMs = restMs + CYCLE_OVERHEAD_MS + tracesPerCycle * traceMs(arm, payload);
      const firstMs = tinyTracesFirst * traceMs(arm, 'tiny');
      return startMs + firstMs + (WARM_UP_SHARE * warmupCycles + cycles) * cycleMs;
    }
    case 'server': {
      const { warmupMs, durationMs, requestsPerSecond, payload, backend } = scenario;
      const loadMs = WARM_UP_SHARE * warmupMs + durationMs;
      // An open loop that asks for more than there is lasts as long as its work takes.
      const workMs = (loadMs / 1_000) * requestsPerSecond * traceMs(arm, payload);
      return startMs + Math.max(loadMs, workMs) + (backend === undefined ? 0 : FAULT_FLUSHES_MS);
    }
    case 'startup':
      return startMs;
    case 'burst':
      return startMs + (BURST_FACTOR * scenario.spans * costsOf(arm).smallUs) / 1_000;
    case 'exit':
      return side === 'own' ? startMs : startMs + GIVE_UP_MS;
    case 'visible':
      // Other libraries send every five seconds.
      return startMs + scenario.traces * (scenario.pauseMs + (side === 'own' ? OWN_SEEN_MS : PEER_SEEN_MS));
    case 'figure':
      return FIGURE_MS;
    default:
      return startMs + GIVE_UP_MS;
  }
}

function traceMs(arm: ArmName, payload: PayloadShape): number {
  const { smallUs, mediumUs, largeUs } = costsOf(arm);
  const { captures, side } = describeArm(arm);
  const isSmall = payload === 'tiny' || (side !== 'none' && !captures);
  const us = isSmall ? smallUs : payload.startsWith('100kb') ? largeUs : mediumUs;
  return (SPANS_PER_TRACE * us) / 1_000;
}

function costsOf(arm: ArmName): SpanCosts {
  const { library, side } = describeArm(arm);
  if (REQUEST_EACH.has(arm)) return REQUEST_COSTS;
  return side === 'none' ? UNTRACED_COSTS : (SPAN_COSTS[library] ?? TYPICAL_COSTS);
}
