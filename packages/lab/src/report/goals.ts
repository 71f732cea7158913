import type { ArmName } from '../arms/registry.js';
import type { LabSuite } from '../runner/scenarios.js';
import type { MetricName } from '../sample/protocol.js';
import { didLess } from './content-share.js';
import { faultGoals } from './fault-goals.js';
import { armIn, type Findings, type Goal, longestUntracedStall } from './goal.js';
import type { GoalResult } from './model.js';

const CPU: MetricName = 'mainCpuUsPerSpan';

/** Judges every goal of the design that the run's suites ask for; one that was not measured is left open. */
export function judgeGoals(findings: Findings, suites: readonly LabSuite[] = ['matrix']): GoalResult[] {
  const isMatrix = suites.includes('matrix') || suites.includes('baseline');
  return [...(isMatrix ? GOALS : []), ...faultGoals(findings.summaries)].map((goal) => judge(goal, findings));
}

function judge({ limit, measure, isPrice, ...goal }: Goal, findings: Findings): GoalResult {
  const boundary = typeof limit === 'number' ? limit : limit(findings);
  const measured = measure(findings);
  if (boundary === undefined) return goal;
  if (measured === undefined) return { ...goal, limit: boundary };
  const own = armIn(findings, goal.scenario, goal.arm);
  if (isPrice === true && own !== undefined && didLess(own)) {
    return { ...goal, limit: boundary, measured, met: false, incomplete: true };
  }
  return { ...goal, limit: boundary, measured, met: measured <= boundary };
}

const GOALS: readonly Goal[] = [
  addedCpuGoal('cpu-nothing-tight', 'nothing captured, tight loop', ['tiny-tight', 'slipstream-capture-off'], 1.5),
  addedCpuGoal('cpu-nothing-paced', 'nothing captured, paced', ['tiny-paced', 'slipstream-capture-off'], 2.5),
  bestPeerGoal('peer-nothing-tight', 'nothing captured, tight loop', ['tiny-tight', 'slipstream-capture-off'], 1 / 8),
  bestPeerGoal('peer-nothing-paced', 'nothing captured, paced', ['tiny-paced', 'slipstream-capture-off'], 1 / 8),
  addedCpuGoal('cpu-4kb', '4 KB in full, paced', ['4kb-paced', 'slipstream'], 4),
  bestPeerGoal('peer-4kb', '4 KB in full, paced', ['4kb-paced', 'slipstream'], 1 / 8),
  addedCpuGoal('cpu-100kb-string', '100 KB in one string', ['100kb-string-paced', 'slipstream'], 10),
  addedCpuGoal('cpu-100kb-messages', '100 KB in 200 messages', ['100kb-messages-paced', 'slipstream'], 45),
  langfuseGoal('langfuse-100kb-string', '100 KB in one string', '100kb-string-paced', 1 / 12),
  langfuseGoal('langfuse-100kb-messages', '100 KB in 200 messages', '100kb-messages-paced', 1 / 12),
  vietnameseGoal('vietnamese-4kb', '4 K characters', ['4kb-vietnamese-paced', '4kb-paced'], 2),
  vietnameseGoal('vietnamese-100kb', '100 K characters', ['100kb-string-vietnamese-paced', '100kb-string-paced'], 2.5),
  {
    id: 'server-p99',
    text: 'server p99 under load against untraced',
    scenario: 'server-4kb',
    arm: 'slipstream',
    unit: 'x',
    limit: 1.15,
    isPrice: true,
    measure: (findings) => armIn(findings, 'server-4kb', 'slipstream')?.overUntraced.p99Ms?.median,
  },
  stallGoal('stall-4kb', '4 KB', '4kb-paced'),
  stallGoal('stall-100kb-string', '100 KB in one string', '100kb-string-paced'),
  stallGoal('stall-100kb-messages', '100 KB in 200 messages', '100kb-messages-paced'),
  lossGoal('burst', '10,000 spans in one synchronous loop: spans lost', 'burst-10000'),
  lossGoal('exit-return', 'a process that returns without a flush: spans lost', 'exit-return'),
  lossGoal('exit-call', 'a process that calls process.exit() without a flush: spans lost', 'exit-call'),
  ownGoal('set-up', ['configure() on the main thread', 'startup', 'setUpMs'], { limit: 2, unit: 'ms' }),
  ownGoal('import-time', ['import of the SDK', 'startup', 'importMs'], { limit: 10, unit: 'ms' }),
  ownGoal('import-memory', ['import of the SDK, memory', 'startup', 'importRssMb'], { limit: 3, unit: 'MB' }),
  ownGoal('sdk-size', ['size of the SDK, minified and gzipped', 'sdk-size', 'sdkGzipKb'], { limit: 40, unit: 'KB' }),
  ownGoal('sdk-dependencies', ['runtime dependencies of the SDK', 'sdk-size', 'sdkDependencies'], {
    limit: 0,
    unit: 'packages',
  }),
  ownGoal('visible', ['span ended, to visible in the live list, the slowest', 'visible', 'visibleMaxMs'], {
    limit: 1_000,
    unit: 'ms',
  }),
  ownGoal('collector-ready', ['start of the collector, to ready', 'collector-ready', 'collectorReadyMs'], {
    limit: 2_000,
    unit: 'ms',
  }),
];

function addedCpuGoal(id: string, text: string, [scenario, arm]: readonly [string, ArmName], limit: number): Goal {
  return {
    id,
    text: `main-thread CPU a span, ${text}`,
    scenario,
    arm,
    unit: 'µs',
    limit,
    isPrice: true,
    measure: (findings) => armIn(findings, scenario, arm)?.added[CPU]?.median,
  };
}

function bestPeerGoal(id: string, text: string, [scenario, arm]: readonly [string, ArmName], limit: number): Goal {
  return {
    id,
    text: `main-thread CPU a span against the best peer, ${text}`,
    scenario,
    arm,
    unit: 'x',
    limit,
    isPrice: true,
    measure: (findings) => armIn(findings, scenario, arm)?.overBestPeer?.ratio.median,
  };
}

function langfuseGoal(id: string, text: string, scenario: string, limit: number): Goal {
  return {
    id,
    text: `main-thread CPU a span against Langfuse, ${text}`,
    scenario,
    arm: 'slipstream',
    unit: 'x',
    limit,
    isPrice: true,
    measure: (findings) =>
      quotient(
        armIn(findings, scenario, 'slipstream')?.added[CPU]?.median,
        armIn(findings, scenario, 'langfuse')?.added[CPU]?.median,
      ),
  };
}

function vietnameseGoal(id: string, text: string, [vietnamese, ascii]: readonly [string, string], limit: number): Goal {
  return {
    id,
    text: `Vietnamese against ASCII, ${text}`,
    scenario: vietnamese,
    arm: 'slipstream',
    unit: 'x',
    limit,
    isPrice: true,
    measure: (findings) =>
      quotient(
        armIn(findings, vietnamese, 'slipstream')?.added[CPU]?.median,
        armIn(findings, ascii, 'slipstream')?.added[CPU]?.median,
      ),
  };
}

/** None that export adds: the median must be within the spread of the untraced samples of the same run. */
function stallGoal(id: string, text: string, scenario: string): Goal {
  return {
    id,
    text: `longest event-loop stall, ${text} (limit: the longest untraced one)`,
    scenario,
    arm: 'slipstream',
    unit: 'ms',
    limit: (findings) => longestUntracedStall(findings, scenario),
    isPrice: true,
    measure: (findings) => armIn(findings, scenario, 'slipstream')?.metrics.longestStallMs?.median,
  };
}

function lossGoal(id: string, text: string, scenario: string): Goal {
  return {
    id,
    text,
    scenario,
    arm: 'slipstream',
    unit: 'spans',
    limit: 0,
    measure: (findings) => {
      const summary = armIn(findings, scenario, 'slipstream');
      if (summary === undefined || summary.spansSent === 0 || summary.failed > 0) return undefined;
      return summary.spansSent - summary.spansDelivered;
    },
  };
}

function ownGoal(
  id: string,
  [text, scenario, metric]: readonly [string, string, MetricName],
  { limit, unit }: { readonly limit: number; readonly unit: string },
): Goal {
  return {
    id,
    text,
    scenario,
    arm: 'slipstream',
    unit,
    limit,
    measure: (findings) => armIn(findings, scenario, 'slipstream')?.metrics[metric]?.median,
  };
}

function quotient(own: number | undefined, other: number | undefined): number | undefined {
  return own === undefined || other === undefined || other <= 0 ? undefined : own / other;
}
