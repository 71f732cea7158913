import { type ArmName, describeArm, type Library } from '../arms/registry.js';
import type { WorkKind } from '../sample/works/work.js';
import type { ArmModel } from './arm-model.js';
import { BRAINTRUST_MODEL } from './arms/braintrust.js';
import { DD_TRACE_MODEL } from './arms/dd-trace.js';
import { LAMINAR_MODEL } from './arms/laminar.js';
import { langfuseModel } from './arms/langfuse.js';
import { LANGFUSE_3_MODEL } from './arms/langfuse-3.js';
import { LANGSMITH_MODEL } from './arms/langsmith.js';
import { OPENINFERENCE_MODEL } from './arms/openinference.js';
import { openTelemetryModel } from './arms/opentelemetry.js';
import { OPIK_MODEL } from './arms/opik.js';
import { PINO_MODEL } from './arms/pino.js';
import { SENTRY_MODEL } from './arms/sentry.js';
import { slipstreamModel } from './arms/slipstream.js';
import { TRACELOOP_MODEL } from './arms/traceloop.js';

const UNTRACED_MODEL: ArmModel = { terms: () => [], batchSpans: () => 0, leftOut: 'nothing' };

/** Of the arm that stands for its library, or of all of its arms. */
const BY_LIBRARY: Readonly<Partial<Record<Library, ArmModel>>> = {
  none: UNTRACED_MODEL,
  slipstream: slipstreamModel({}),
  opentelemetry: openTelemetryModel({ encoding: 'protobuf', sending: 'batch' }),
  langfuse: langfuseModel({}),
  'langfuse-3': LANGFUSE_3_MODEL,
  'dd-trace': DD_TRACE_MODEL,
  laminar: LAMINAR_MODEL,
  sentry: SENTRY_MODEL,
  opik: OPIK_MODEL,
  langsmith: LANGSMITH_MODEL,
  braintrust: BRAINTRUST_MODEL,
  openinference: OPENINFERENCE_MODEL,
  traceloop: TRACELOOP_MODEL,
  pino: PINO_MODEL,
};

/** Of arms that do other things than the library's own arm. */
const BY_ARM: Readonly<Record<string, ArmModel>> = {
  'slipstream-low-level': slipstreamModel({ spans: 'by-hand' }),
  'slipstream-otel': slipstreamModel({ spans: 'otel' }),
  'slipstream-inline': slipstreamModel({ delivery: 'inline' }),
  'slipstream-sidecar': slipstreamModel({ delivery: 'inline' }),
  'slipstream-openai': slipstreamModel({ spans: 'openai' }),
  'slipstream-langchain': slipstreamModel({ spans: 'langchain' }),
  'langfuse-low-level': langfuseModel({ spans: 'by-hand' }),
  'langfuse-openai': langfuseModel({ spans: 'openai' }),
  'langfuse-langchain': langfuseModel({ spans: 'langchain' }),
  // Addresses and phone numbers.
  'langfuse-masked': langfuseModel({ maskRules: 2 }),
  'langfuse-immediate': langfuseModel({ isImmediate: true }),
  'opentelemetry-json': openTelemetryModel({ encoding: 'json', sending: 'batch' }),
  'opentelemetry-simple': openTelemetryModel({ encoding: 'protobuf', sending: 'simple' }),
  'opentelemetry-simple-json': openTelemetryModel({ encoding: 'json', sending: 'simple' }),
};

/** Works of somebody else's library that only these arms' models know. */
const WORKS_OF_ARMS: Readonly<Record<string, WorkKind>> = {
  'slipstream-openai': 'openai',
  'langfuse-openai': 'openai',
  'openinference-openai': 'openai',
  'traceloop-openai': 'openai',
  'slipstream-langchain': 'langchain',
  'langfuse-langchain': 'langchain',
};

/** Arms whose spans nobody has counted, and why. */
const NOT_COUNTED: Readonly<Record<string, string>> = {
  'openinference-openai': 'its instrumentation of the OpenAI package was not counted',
  'traceloop-openai': 'its instrumentation of the OpenAI package was not counted',
  'langsmith-langchain': "its handler of LangChain's callbacks was not counted",
  'slipstream-sampled': 'the model knows no sampling',
  'opentelemetry-sampled': 'the model knows no sampling',
};

/** The model of an arm; undefined where its operations were not counted. */
export function modelOf(arm: ArmName): ArmModel | undefined {
  if (NOT_COUNTED[arm] !== undefined) return undefined;
  return BY_ARM[arm] ?? BY_LIBRARY[describeArm(arm).library];
}

/** Why an arm has no model in this work; undefined where it has one. */
export function whyNotPredicted(arm: ArmName, work: WorkKind): string | undefined {
  const reason = NOT_COUNTED[arm];
  if (reason !== undefined) return reason;
  if (describeArm(arm).side === 'none') return undefined;
  const own = WORKS_OF_ARMS[arm] ?? 'functions';
  const isKnown = own === work || (own === 'functions' && work === 'deep');
  if (!isKnown) return `its model is of the work "${own}"`;
  return modelOf(arm) === undefined ? 'nobody has counted what it does' : undefined;
}
