import type { ArmName } from '../arms/registry.js';
import type { BackendKind } from '../runner/scenarios.js';
import { armIn, type Findings, type Goal, longestUntracedStall } from './goal.js';
import type { BooksSummary, ScenarioSummary } from './model.js';

const OWN: ArmName = 'slipstream';
const P99_LIMIT = 1.15;
/** In that time the load makes 60 MB of spans: what grows by a quarter of that is not bounded. */
const LATE_GROWTH_LIMIT_MB = 16;

/** What stands in the sink's place, in words. */
export const BACKEND_TEXT: Readonly<Record<BackendKind, string>> = {
  refusing: 'down (refuses connections)',
  hanging: 'hangs',
  'answering-503': 'answers 503',
  slow: '10 times slower than the load',
  collector: "Slipstream's collector, on the same cores",
};

/** The goals of the server whose backend fails; with a collector beside it latency is shown and not judged. */
export function faultGoals(summaries: readonly ScenarioSummary[]): Goal[] {
  return summaries.flatMap(({ scenario, backend }) => {
    if (backend === undefined) return [];
    const common = [booksGoal(scenario, backend), memoryGoal(scenario, backend)];
    return backend === 'collector'
      ? [...common, deliveryGoal(scenario, backend)]
      : [p99Goal(scenario, backend), stallGoal(scenario, backend), ...common];
  });
}

function base(what: string, scenario: string, backend: BackendKind) {
  return { id: `${what}-${scenario}`, scenario, arm: OWN, about: `backend ${BACKEND_TEXT[backend]}` };
}

function p99Goal(scenario: string, backend: BackendKind): Goal {
  const { about, ...rest } = base('p99', scenario, backend);
  return {
    ...rest,
    text: `server p99 against untraced, ${about}`,
    unit: 'x',
    limit: P99_LIMIT,
    measure: (findings) => armIn(findings, scenario, OWN)?.overUntraced.p99Ms?.median,
  };
}

function stallGoal(scenario: string, backend: BackendKind): Goal {
  const { about, ...rest } = base('stall', scenario, backend);
  return {
    ...rest,
    text: `longest event-loop stall, ${about} (limit: the longest untraced one)`,
    unit: 'ms',
    limit: (findings) => longestUntracedStall(findings, scenario),
    measure: (findings) => armIn(findings, scenario, OWN)?.metrics.longestStallMs?.median,
  };
}

function memoryGoal(scenario: string, backend: BackendKind): Goal {
  const { about, ...rest } = base('memory', scenario, backend);
  return {
    ...rest,
    text: `memory that still grows in the last third of the time, ${about}`,
    unit: 'MB',
    limit: LATE_GROWTH_LIMIT_MB,
    measure: (findings) => armIn(findings, scenario, OWN)?.metrics.rssLateGrowthMb?.median,
  };
}

function booksGoal(scenario: string, backend: BackendKind): Goal {
  const { about, ...rest } = base('books', scenario, backend);
  return {
    ...rest,
    text: `runs whose books do not account for each span, ${about}`,
    unit: 'runs',
    limit: 0,
    measure: (findings) => inBooks(findings, scenario, ({ samples, balanced }) => samples - balanced),
  };
}

function deliveryGoal(scenario: string, backend: BackendKind): Goal {
  const { about, ...rest } = base('delivery', scenario, backend);
  return {
    ...rest,
    text: `spans not delivered, ${about}`,
    unit: 'spans',
    limit: 0,
    measure: (findings) => inBooks(findings, scenario, ({ offered, delivered }) => offered - delivered),
  };
}

function inBooks(findings: Findings, scenario: string, read: (books: BooksSummary) => number): number | undefined {
  const books = armIn(findings, scenario, OWN)?.books;
  return books === undefined ? undefined : read(books);
}
