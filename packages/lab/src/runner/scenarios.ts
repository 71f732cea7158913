import { ARMS, type ArmName } from '../arms/registry.js';
import type { PayloadShape } from '../sample/payload.js';

/** Quick: first figures within minutes. Full: enough rounds for intervals worth quoting. */
export type LabMode = 'quick' | 'full';

interface ScenarioCommon {
  readonly name: string;
  readonly title: string;
  /** Arms in it; the rest would say nothing new. */
  readonly arms: readonly ArmName[];
  /** At most so many rounds in quick mode: how a process ends needs no median. */
  readonly quickRounds?: number;
}

/** One question, asked of several arms. */
export type Scenario = ScenarioCommon &
  (
    | {
        readonly kind: 'loop';
        readonly payload: PayloadShape;
        readonly tracesPerCycle: number;
        readonly restMs: number;
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
      }
    | { readonly kind: 'startup' }
    | { readonly kind: 'burst'; readonly spans: number }
    | { readonly kind: 'exit'; readonly traces: number; readonly how: 'return' | 'process.exit' }
  );

const EVERY_ARM: readonly ArmName[] = ARMS.map((arm) => arm.name);
const CAPTURING: readonly ArmName[] = [
  'untraced',
  'untraced-again',
  'slipstream',
  'langfuse',
  'opentelemetry',
  'dd-trace',
];
const TRACED: readonly ArmName[] = ['slipstream', 'langfuse', 'opentelemetry', 'dd-trace'];
const REST_MS = 8;

/** All scenarios of a mode, in the order of the reports. */
export function scenariosOf(mode: LabMode): Scenario[] {
  const quick = mode === 'quick';
  return [...loopScenarios(quick), serverScenario(quick), ...lifeScenarios()];
}

function loopScenarios(quick: boolean): Scenario[] {
  const small = { kind: 'loop', tracesPerCycle: 10, warmupCycles: quick ? 40 : 100, cycles: quick ? 80 : 300 } as const;
  const large = {
    kind: 'loop',
    tracesPerCycle: 1,
    warmupCycles: quick ? 150 : 300,
    cycles: quick ? 100 : 300,
  } as const;
  const paced = { restMs: REST_MS };
  return [
    {
      ...small,
      name: 'tiny-tight',
      title: 'Tiny payload, tight loop',
      arms: EVERY_ARM,
      payload: 'tiny',
      restMs: 0,
      // Without rest a cycle is short: more of them, or compiling and flushing would be most of the figure.
      warmupCycles: quick ? 150 : 300,
      cycles: quick ? 250 : 600,
    },
    { ...small, ...paced, name: 'tiny-paced', title: 'Tiny payload, paced', arms: EVERY_ARM, payload: 'tiny' },
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
      title: '100 K characters of Vietnamese in one string a span, paced',
      arms: ['untraced', 'untraced-again', 'slipstream', 'langfuse'],
      payload: '100kb-string-vietnamese',
    },
  ];
}

function serverScenario(quick: boolean): Scenario {
  return {
    name: 'server-4kb',
    title: 'HTTP server, 400 requests/s over 50 connections, one trace of 7 spans x 4 KB each',
    kind: 'server',
    arms: [...CAPTURING, 'langfuse-capture-off'],
    payload: '4kb',
    leafWaitMs: 1,
    requestsPerSecond: 400,
    connections: 50,
    warmupMs: quick ? 1_000 : 3_000,
    durationMs: quick ? 4_000 : 15_000,
  };
}

function lifeScenarios(): Scenario[] {
  return [
    { name: 'startup', title: 'Import, set-up, first call', kind: 'startup', arms: TRACED },
    {
      name: 'burst-10000',
      title: '10,000 spans in one synchronous loop, then a flush',
      kind: 'burst',
      arms: TRACED,
      spans: 10_000,
      quickRounds: 1,
    },
    {
      name: 'exit-return',
      title: 'A process that returns without a flush (10 traces)',
      kind: 'exit',
      arms: TRACED,
      traces: 10,
      how: 'return',
      quickRounds: 1,
    },
    {
      name: 'exit-call',
      title: 'A process that calls process.exit(0) without a flush (10 traces)',
      kind: 'exit',
      arms: TRACED,
      traces: 10,
      how: 'process.exit',
      quickRounds: 1,
    },
  ];
}
