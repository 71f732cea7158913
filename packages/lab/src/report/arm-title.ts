import { type ArmName, describeArm } from '../arms/registry.js';

/** Arms as a reader calls them; an arm that is not here is called by its name. */
const TITLES: Readonly<Record<string, string>> = {
  untraced: 'Untraced',
  'untraced-again': 'Untraced, again',
  slipstream: 'Slipstream',
  'slipstream-capture-off': 'Slipstream, capture off',
  'slipstream-low-level': 'Slipstream, by hand',
  'slipstream-openai': 'Slipstream, OpenAI client',
  'slipstream-langchain': 'Slipstream, LangChain',
  'slipstream-otel': 'Slipstream, OpenTelemetry API',
  'slipstream-inline': 'Slipstream, without a worker',
  'slipstream-sidecar': 'Slipstream, collector beside it',
  'slipstream-redis': 'Slipstream, into Redis',
  'slipstream-masked': 'Slipstream, masked',
  'slipstream-against': 'Slipstream, the other build',
  langfuse: 'Langfuse',
  'langfuse-capture-off': 'Langfuse, capture off',
  'langfuse-low-level': 'Langfuse, by hand',
  'langfuse-openai': 'Langfuse, OpenAI client',
  'langfuse-langchain': 'Langfuse, LangChain',
  'langfuse-masked': 'Langfuse, masked',
  'langfuse-immediate': 'Langfuse, each span at once',
  'langfuse-3': 'Langfuse 3',
  'langsmith-langchain': 'LangSmith, LangChain',
  'opentelemetry-sampled': 'OpenTelemetry, one trace in twenty',
  'slipstream-sampled': 'Slipstream, one trace in twenty',
  opentelemetry: 'OpenTelemetry, batch',
  'opentelemetry-json': 'OpenTelemetry, batch as JSON',
  'opentelemetry-simple': 'OpenTelemetry, each span at once',
  'opentelemetry-simple-json': 'OpenTelemetry, each span at once as JSON',
  'opentelemetry-capture-off': 'OpenTelemetry, capture off',
  'dd-trace': 'dd-trace',
  'dd-trace-capture-off': 'dd-trace, capture off',
  sentry: 'Sentry',
  laminar: 'Laminar',
  opik: 'Opik',
  langsmith: 'LangSmith',
  braintrust: 'Braintrust',
  openinference: 'OpenInference',
  'openinference-openai': 'OpenInference, OpenAI client',
  traceloop: 'Traceloop',
  'traceloop-openai': 'Traceloop, OpenAI client',
  pino: 'pino (a log line)',
};

/** What a reader calls an arm. */
export function armTitle(arm: string): string {
  return TITLES[arm] ?? arm;
}

/** The package whose version says most of an arm, with that version; empty where it has none. */
export function armVersion(arm: ArmName, packages: Readonly<Record<string, string>>): string {
  const name = describeArm(arm).packages[0];
  const version = name === undefined ? undefined : packages[name];
  return name === undefined || version === undefined ? '' : `${name} ${version}`;
}
