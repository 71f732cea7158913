/** Settings of the shell that would change a library's defaults. */
const FOREIGN_SETTINGS =
  /^(DD_|OTEL_|LANGFUSE_|LANGSMITH_|LANGCHAIN_|LMNR_|OPIK_|SENTRY_|TRACELOOP_|BRAINTRUST_|SLIPSTREAM_|NODE_OPTIONS$|NODE_V8_COVERAGE$)/;

/** npm's script, when npm started this process. */
export function npmScript(): string | undefined {
  return process.env.npm_execpath;
}

/** The environment for the lab's processes. */
export function processEnvironment(): NodeJS.ProcessEnv {
  return cleanEnvironment(process.env);
}

/** An environment without what would change a library's defaults or Node's behaviour. */
export function cleanEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !FOREIGN_SETTINGS.test(name)));
}

/** Sets what a library reads from the environment, for those that are configured there. */
export function setEnvironment(values: Readonly<Record<string, string>>): void {
  Object.assign(process.env, values);
}
