import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { LessonError } from './errors.js';

/** Where answers come from: a provider, or the test server that the service starts when it has no key. */
export type LlmSource =
  | { readonly kind: 'provider'; readonly baseUrl: string; readonly apiKey: string }
  | { readonly kind: 'test-server' };

/** Everything that an operator can set, validated. Holds secrets: never log it. */
export interface Settings {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
  readonly llm: LlmSource;
  readonly llmModel: string;
  readonly llmTimeoutMs: number;
  /** State is kept in memory where this is `undefined`. */
  readonly redisUrl: string | undefined;
  readonly stateTtlSeconds: number;
  /** How long a stopping service waits for requests in progress before it cuts their calls. */
  readonly stopGraceMs: number;
}

/** The environment as Node gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

const OPENROUTER_BASE_URL = 'https://openrouter.ai/api/v1';
const ENV_FILE_PATH = fileURLToPath(new URL('../.env', import.meta.url));

// A line `NAME=` in `.env` means "not set", which is what `.env.example` is full of.
const unset = (value: unknown): unknown => (value === '' ? undefined : value);

const wholeNumber = (min: number, max: number, fallback: number) =>
  z.preprocess(unset, z.coerce.number().int().min(min).max(max).default(fallback));

const optionalUrl = (protocol: RegExp, example: string) =>
  z.preprocess(unset, z.url({ protocol, error: `must be a URL such as ${example}` }).optional());

const environmentSchema = z.object({
  HOST: z.preprocess(unset, z.string().default('127.0.0.1')),
  PORT: wholeNumber(0, 65_535, 8000),
  LOG_LEVEL: z.preprocess(unset, z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('warn')),
  OPENROUTER_API_KEY: z.preprocess(unset, z.string().optional()),
  LLM_BASE_URL: optionalUrl(/^https?$/, 'https://api.openai.com/v1'),
  LLM_API_KEY: z.preprocess(unset, z.string().optional()),
  LLM_MODEL: z.preprocess(unset, z.string().default('openai/gpt-4o-mini')),
  LLM_TIMEOUT_MS: wholeNumber(1, 600_000, 60_000),
  REDIS_URL: optionalUrl(/^rediss?$/, 'redis://127.0.0.1:6379'),
  STATE_TTL_SECONDS: wholeNumber(1, 31_536_000, 3_600),
  STOP_GRACE_MS: wholeNumber(0, 60_000, 5_000),
});

/** Loads `.env` of this example where there is one; what is already set in the environment wins. */
export function loadEnvFile(path: string = ENV_FILE_PATH): void {
  if (existsSync(path)) process.loadEnvFile(path);
}

/**
 * Reads and checks every setting. This is the only file that reads the environment (the tracing SDK reads its own
 * `SLIPSTREAM_…` variables).
 * @throws LessonError `INVALID_SETTINGS`, its message one line for each problem; values are never repeated in it.
 */
export function readSettings(environment: Environment = process.env): Settings {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new LessonError('INVALID_SETTINGS', `these settings are wrong:\n${problems.join('\n')}`);
  }
  const values = parsed.data;
  return {
    host: values.HOST,
    port: values.PORT,
    logLevel: values.LOG_LEVEL,
    llm: chooseLlm(values),
    llmModel: values.LLM_MODEL,
    llmTimeoutMs: values.LLM_TIMEOUT_MS,
    redisUrl: values.REDIS_URL,
    stateTtlSeconds: values.STATE_TTL_SECONDS,
    stopGraceMs: values.STOP_GRACE_MS,
  };
}

/** What a child process gets: our environment, with some values replaced. */
export function childEnvironment(replacements: Record<string, string>): Record<string, string | undefined> {
  return { ...process.env, ...replacements };
}

/** An own base URL wins over OpenRouter, so that a local model can be tried without removing the key. */
function chooseLlm(values: z.infer<typeof environmentSchema>): LlmSource {
  if (values.LLM_BASE_URL !== undefined) {
    // The OpenRouter key is never sent to another address; local servers take any key.
    return { kind: 'provider', baseUrl: values.LLM_BASE_URL, apiKey: values.LLM_API_KEY ?? 'none' };
  }
  if (values.OPENROUTER_API_KEY !== undefined) {
    return { kind: 'provider', baseUrl: OPENROUTER_BASE_URL, apiKey: values.OPENROUTER_API_KEY };
  }
  return { kind: 'test-server' };
}
