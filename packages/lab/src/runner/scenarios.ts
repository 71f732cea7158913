import type { ArmName } from '../arms/registry.js';
import { mistakeScenarios } from '../mistakes/scenarios.js';
import type { PayloadShape } from '../sample/payload.js';
import type { WorkKind } from '../sample/works/work.js';
import { lifeScenarios } from './life-scenarios.js';
import type { OwnFigure } from './own-figures.js';
import { waysScenarios } from './ways-scenarios.js';

/** Quick: small samples, first figures within minutes. Full: larger samples, every suite, intervals worth quoting. */
export type LabMode = 'quick' | 'full';

/**
 * Sets of questions. `matrix`: what tracing costs, against the peers that are cheap to run. `baseline`: the matrix with
 * every peer in it. `ways`: every other way to make a span and to send it. `mistakes`: what the mistakes of
 * `examples/mistakes` cost. `faults`: a server whose backend fails. `python`: libraries in Python, by a runner of their
 * own.
 */
export type LabSuite = 'matrix' | 'baseline' | 'ways' | 'mistakes' | 'faults' | 'python';

/** All of them; the baseline holds the matrix. */
export const EVERY_SUITE: readonly LabSuite[] = ['baseline', 'ways', 'mistakes', 'faults', 'python'];

/** What stands where the sink would be: it refuses, hangs, answers 503, is too slow, or is Slipstream's collector. */
export type BackendKind = 'refusing' | 'hanging' | 'answering-503' | 'slow' | 'collector';

interface ScenarioCommon {
  readonly name: string;
  readonly title: string;
  /** Arms in it; the rest would say nothing new. */
  readonly arms: readonly ArmName[];
  /** At most so many rounds in quick mode: how a process ends needs no median. */
  readonly quickRounds?: number;
  /** The same in full mode. */
  readonly fullRounds?: number;
  /** Major version of another Node that it runs under; without it, this one. */
  readonly node?: string;
  /** Scenarios of one block are taken next to each other, as one: they are compared with each other. */
  readonly block?: string;
}

/** One question, asked of several arms. */
export type Scenario = ScenarioCommon &
  (
    | {
        readonly kind: 'loop';
        /** What is traced. @default 'functions' */
        readonly work?: WorkKind;
        readonly payload: PayloadShape;
        readonly tracesPerCycle: number;
        readonly restMs: number;
        /** Before the warm-up: cycles of few traces would take seconds until all code is compiled. @default 0 */
        readonly tinyTracesFirst?: number;
        readonly warmupCycles: number;
        readonly cycles: number;
      }
    | {
        readonly kind: 'server';
        readonly payload: PayloadShape;
        readonly leafWaitMs: number;
        readonly requestsPerSecond: number;
        readonly connections: number;
        readonly warmupMs: number;
        readonly durationMs: number;
        /** In the sink's place; the books of the library are then checked instead of the sink's count. */
        readonly backend?: BackendKind;
      }
    | { readonly kind: 'startup' }
    | { readonly kind: 'burst'; readonly spans: number }
    | { readonly kind: 'exit'; readonly traces: number; readonly how: 'return' | 'process.exit' }
    /** Slipstream's collector stands in the sink's place, and its live stream is watched. */
    | { readonly kind: 'visible'; readonly traces: number; readonly pauseMs: number }
    /** No sample process: a figure of the SDK's files, or of the collector's program. */
    | { readonly kind: 'figure'; readonly figure: OwnFigure }
    /** `mistake` and `version` as `src/mistakes/mistakes.ts` names them. */
    | { readonly kind: 'mistake'; readonly mistake: string; readonly version: string }
  );

const UNTRACED = ['untraced', 'untraced-again'] as const;
/** They alone would take half of a full run's time, so that it takes them in some of its rounds. */
export const DEAR_ARMS: ReadonlySet<string> = new Set([
  'laminar',
  'sentry',
  'opik',
  'langfuse-3',
  'langfuse-immediate',
  'langsmith',
  'opentelemetry-simple',
  'opentelemetry-simple-json',
]);
const CHEAP_PEERS = ['langfuse', 'opentelemetry', 'dd-trace'] as const;
/** Peers that the matrix leaves out, since they alone would take half of its time. */
const OTHER_PEERS = ['laminar', 'sentry', 'opik', 'langfuse-3', 'langsmith'] as const;
const CAPTURE_OFF = [
  'slipstream-capture-off',
  'langfuse-capture-off',
  'opentelemetry-capture-off',
  'dd-trace-capture-off',
] as const;
const CAPTURING: readonly ArmName[] = [...UNTRACED, 'slipstream', ...CHEAP_PEERS];
const REST_MS = 8;

/** All scenarios of a mode, in the order of the reports. */
export function scenariosOf(mode: LabMode, suites: readonly LabSuite[] = ['matrix']): Scenario[] {
  const quick = mode === 'quick';
  const isBaseline = suites.includes('baseline');
  const matrix = [...loopScenarios(quick), serverScenario(quick), ...lifeScenarios(quick)];
  return [
    ...(isBaseline
      ? [
          ...matrix.map((scenario) => (quick ? asQuickBaseline(scenario) : asBaseline(scenario))),
          singleScenario(),
          crowdedScenario(),
        ]
      : []),
    ...(!isBaseline && suites.includes('matrix') ? matrix : []),
    ...(suites.includes('ways') ? waysScenarios(mode) : []),
    ...(suites.includes('mistakes') ? mistakeScenarios(mode) : []),
    ...(suites.includes('faults') ? faultScenarios(quick) : []),
  ];
}

/** The questions of the baseline's tables, and who else answers them there. */
const ALSO_ASKED: Readonly<Record<string, readonly ArmName[]>> = {
  'tiny-paced': OTHER_PEERS,
  '4kb-paced': OTHER_PEERS,
  '100kb-string-paced': OTHER_PEERS,
  'server-4kb': ['slipstream-capture-off', ...OTHER_PEERS],
};
/** 4,000 requests: in the few rounds of a quick run a p99 of fewer is a matter of luck. */
const BASELINE_SERVER_MS = 10_000;

function asBaseline(scenario: Scenario): Scenario {
  return { ...scenario, arms: [...scenario.arms, ...(ALSO_ASKED[scenario.name] ?? [])] };
}

function asQuickBaseline(scenario: Scenario): Scenario {
  const asked = asBaseline(scenario);
  return asked.kind === 'server' ? { ...asked, durationMs: Math.max(asked.durationMs, BASELINE_SERVER_MS) } : asked;
}

function loopScenarios(quick: boolean): Scenario[] {
  const everyArm: readonly ArmName[] = [...CAPTURING, ...CAPTURE_OFF];
  // The unit of the statistics is the process: a full run has hardly longer samples, and many more of them.
  const small = { kind: 'loop', tracesPerCycle: 10, warmupCycles: quick ? 40 : 60, cycles: quick ? 80 : 120 } as const;
  const large = {
    kind: 'loop',
    tracesPerCycle: 1,
    tinyTracesFirst: 400,
    warmupCycles: quick ? 90 : 150,
    cycles: quick ? 60 : 100,
  } as const;
  const paced = { restMs: REST_MS };
  return [
    {
      ...small,
      name: 'tiny-tight',
      title: 'Tiny payload, tight loop',
      arms: everyArm,
      payload: 'tiny',
      restMs: 0,
      // Without rest a cycle is short: more of them, or compiling and flushing would be most of the figure.
      warmupCycles: quick ? 150 : 200,
      cycles: quick ? 250 : 400,
    },
    { ...small, ...paced, name: 'tiny-paced', title: 'Tiny payload, paced', arms: everyArm, payload: 'tiny' },
    {
      ...small,
      ...paced,
      name: '4kb-paced',
      title: '4 KB a span, paced',
      arms: [...CAPTURING, 'slipstream-capture-off', 'langfuse-capture-off'],
      payload: '4kb',
    },
    {
      ...small,
      ...paced,
      name: '4kb-vietnamese-paced',
      quickRounds: 2,
      title: '4 K characters of Vietnamese a span, paced',
      arms: CAPTURING,
      payload: '4kb-vietnamese',
    },
    {
      ...large,
      ...paced,
      name: '100kb-string-paced',
      title: '100 KB in one string a span, paced',
      arms: CAPTURING,
      payload: '100kb-string',
    },
    {
      ...large,
      ...paced,
      name: '100kb-messages-paced',
      title: '100 KB in 200 messages a span, paced',
      arms: CAPTURING,
      payload: '100kb-messages',
    },
    {
      ...large,
      ...paced,
      name: '100kb-string-vietnamese-paced',
      quickRounds: 2,
      title: '100 K characters of Vietnamese in one string a span, paced',
      arms: ['untraced', 'untraced-again', 'slipstream', 'langfuse'],
      payload: '100kb-string-vietnamese',
    },
  ];
}

function serverScenario(quick: boolean): Scenario {
  return {
    ...serverSettings(quick),
    name: 'server-4kb',
    title: 'HTTP server, 400 requests/s over 50 connections, one trace of 7 spans x 4 KB each',
    arms: [...CAPTURING, 'langfuse-capture-off'],
    durationMs: quick ? 4_000 : 6_000,
  };
}

function serverSettings(quick: boolean) {
  return {
    kind: 'server',
    payload: '4kb',
    leafWaitMs: 1,
    requestsPerSecond: 400,
    connections: 50,
    warmupMs: quick ? 1_000 : 1_500,
  } as const;
}

/** A service with little to do: what is cold after each rest is shared by seven spans instead of seventy. */
function singleScenario(): Scenario {
  return {
    name: '4kb-single-paced',
    title: '4 KB a span, one trace at a time, then 8 ms of rest',
    kind: 'loop',
    arms: CAPTURING,
    payload: '4kb',
    tracesPerCycle: 1,
    restMs: REST_MS,
    tinyTracesFirst: 400,
    warmupCycles: 150,
    cycles: 300,
  };
}

/** The pace of the small payloads with 100 KB a span: bursts of 7 MB, so that each library is at its limit. */
function crowdedScenario(): Scenario {
  return {
    name: '100kb-string-crowded',
    title: '100 KB in one string a span, 10 traces and then 8 ms of rest',
    kind: 'loop',
    arms: [...CAPTURING, ...OTHER_PEERS],
    payload: '100kb-string',
    tracesPerCycle: 10,
    restMs: REST_MS,
    warmupCycles: 15,
    cycles: 20,
    fullRounds: 2,
  };
}

const FAULTY_BACKENDS: readonly { readonly backend: BackendKind; readonly title: string }[] = [
  { backend: 'refusing', title: 'down: refuses connections' },
  { backend: 'hanging', title: 'hangs: takes requests and never answers' },
  { backend: 'answering-503', title: 'answers 503' },
  { backend: 'slow', title: '10 times slower than the load' },
  { backend: 'collector', title: "Slipstream's collector on the same cores" },
];

/** Long enough to fill the ring and the retry buffer (about 5 s at this load), so that what follows shows a bound. */
function faultScenarios(quick: boolean): Scenario[] {
  return FAULTY_BACKENDS.map(({ backend, title }) => ({
    ...serverSettings(quick),
    name: `server-${backend}`,
    title: `HTTP server at the same load, backend ${title}`,
    arms: [...UNTRACED, 'slipstream'],
    durationMs: 15_000,
    quickRounds: 3,
    fullRounds: 3,
    backend,
  }));
}
