import type { ArmName } from '../arms/registry.js';
import type { LabMode, Scenario } from './scenarios.js';

const UNTRACED = ['untraced', 'untraced-again'] as const;

/** Every arm that wraps functions and captures; those that stand in other sets too are here to be compared with. */
const WRAPPING: readonly ArmName[] = [
  ...UNTRACED,
  'slipstream',
  'slipstream-low-level',
  'slipstream-otel',
  'slipstream-inline',
  'slipstream-sidecar',
  'slipstream-redis',
  'slipstream-masked',
  'slipstream-sampled',
  'langfuse',
  'langfuse-low-level',
  'langfuse-masked',
  'langfuse-immediate',
  'langfuse-3',
  'opentelemetry',
  'opentelemetry-json',
  'opentelemetry-simple',
  'opentelemetry-simple-json',
  'opentelemetry-sampled',
  'dd-trace',
  'sentry',
  'laminar',
  'opik',
  'langsmith',
  'braintrust',
  'openinference',
  'traceloop',
  'pino',
];

/** One or more for each first hop. */
const HOPS: readonly ArmName[] = [
  ...UNTRACED,
  'slipstream',
  'slipstream-inline',
  'slipstream-sidecar',
  'slipstream-redis',
  'slipstream-otel',
  'langfuse',
  'langfuse-immediate',
  'opentelemetry-simple',
  'opentelemetry-json',
  'braintrust',
  'openinference',
  'traceloop',
  'pino',
];

const DROP_INS: readonly ArmName[] = [
  ...UNTRACED,
  'slipstream-openai',
  'langfuse-openai',
  'openinference-openai',
  'traceloop-openai',
];

const CALLBACKS: readonly ArmName[] = [
  ...UNTRACED,
  'slipstream-langchain',
  'langfuse-langchain',
  'langsmith-langchain',
];
const DEEP: readonly ArmName[] = [...UNTRACED, 'slipstream', 'langfuse', 'opentelemetry', 'dd-trace'];
const REST_MS = 8;

/** Every way to trace that the other sets leave out: other ways to make spans and to send them, same work. */
export function waysScenarios(mode: LabMode): Scenario[] {
  const quick = mode === 'quick';
  return [
    {
      kind: 'loop',
      name: 'ways-4kb',
      title: 'Every way to trace a function: 4 KB a span, paced',
      arms: WRAPPING,
      payload: '4kb',
      tracesPerCycle: 10,
      restMs: REST_MS,
      warmupCycles: quick ? 40 : 60,
      cycles: quick ? 80 : 100,
    },
    {
      kind: 'server',
      name: 'ways-server',
      title: 'Every first hop: HTTP server, 400 requests/s over 50 connections, one trace of 7 spans x 4 KB each',
      arms: HOPS,
      payload: '4kb',
      leafWaitMs: 1,
      requestsPerSecond: 400,
      connections: 50,
      warmupMs: quick ? 1_000 : 1_500,
      durationMs: quick ? 4_000 : 5_000,
    },
    ...libraryScenarios(quick),
    {
      kind: 'loop',
      work: 'deep',
      name: 'ways-deep',
      title: '100 functions, each inside the one before it, tiny payload, paced',
      arms: DEEP,
      payload: 'tiny',
      tracesPerCycle: 1,
      restMs: REST_MS,
      warmupCycles: 100,
      cycles: quick ? 100 : 120,
    },
  ];
}

/** Work that is somebody else's library; figures are for a call of a model, or for a step of a chain. */
function libraryScenarios(quick: boolean): Scenario[] {
  return [
    {
      kind: 'loop',
      work: 'openai',
      name: 'ways-openai',
      title: 'Drop-ins of the OpenAI client: 3 calls a trace, one of them streamed, 3 KB of messages each',
      arms: DROP_INS,
      payload: '4kb',
      tracesPerCycle: 2,
      restMs: REST_MS,
      warmupCycles: 40,
      cycles: quick ? 60 : 80,
    },
    {
      kind: 'loop',
      work: 'langchain',
      name: 'ways-langchain',
      title: "Handlers of LangChain's callbacks: a chain of 6 steps, 4 KB of messages",
      arms: CALLBACKS,
      payload: '4kb',
      tracesPerCycle: 3,
      restMs: REST_MS,
      warmupCycles: 120,
      cycles: quick ? 100 : 120,
    },
  ];
}
