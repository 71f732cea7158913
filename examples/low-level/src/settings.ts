/** Where answers come from, and which model gives them. */
export interface Settings {
  /** Of an OpenAI-compatible API; `undefined`: the test server, which this example then starts. */
  readonly baseUrl: string | undefined;
  readonly apiKey: string;
  readonly model: string;
}

/** The only file that reads the environment; the tracing SDK reads its own `SLIPSTREAM_…` variables. */
export function readSettings(environment: Readonly<Record<string, string | undefined>> = process.env): Settings {
  return {
    baseUrl: environment.OPENAI_BASE_URL || undefined,
    apiKey: environment.OPENAI_API_KEY || 'none',
    model: environment.OPENAI_MODEL || 'openai/gpt-4o-mini',
  };
}
