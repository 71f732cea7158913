import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { readForwards } from './destinations/forward/environment.js';
import { invalidConfig } from './errors.js';
import { LOG_FORMATS, LOG_LEVELS } from './logging/log.js';
import { type CollectorSettings, findSettingProblems } from './settings.js';

const DEFAULT_DATA_DIRECTORY = '.slipstream';
const DEFAULT_GRPC_PORT = 4317;

/** Where the web package builds to, seen from this file in `src` as well as in `dist`. */
const WORKSPACE_UI_DIRECTORY = fileURLToPath(new URL('../../web/dist', import.meta.url));

const wholeNumber = z.string().regex(/^\d+$/, 'must be a whole number').transform(Number);
const number = z
  .string()
  .regex(/^\d+(\.\d+)?$/, 'must be a number')
  .transform(Number);
const flag = z.enum(['true', 'false'], { error: 'must be true or false' }).transform((text) => text === 'true');
/** A port, or `off`. */
const portOrOff = z
  .string()
  .regex(/^(\d+|off)$/, 'must be a port, or off')
  .transform((text) => (text === 'off' ? ('off' as const) : Number(text)));
const nameList = z.string().transform((text) =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== ''),
);

/** Every variable that the collector reads. */
const environmentSchema = z.object({
  SLIPSTREAM_COLLECTOR_HOST: z.string().optional(),
  SLIPSTREAM_COLLECTOR_PORT: wholeNumber.optional(),
  SLIPSTREAM_COLLECTOR_DATA_DIR: z.string().optional(),
  SLIPSTREAM_COLLECTOR_TOKEN: z.string().optional(),
  SLIPSTREAM_COLLECTOR_ALLOWED_HOSTS: nameList.optional(),
  SLIPSTREAM_COLLECTOR_UI_DIRECTORY: z.string().optional(),
  SLIPSTREAM_COLLECTOR_PRICE_FILE: z.string().optional(),
  SLIPSTREAM_COLLECTOR_MAX_BODY_BYTES: wholeNumber.optional(),
  SLIPSTREAM_COLLECTOR_MAX_INFLATED_BYTES: wholeNumber.optional(),
  SLIPSTREAM_COLLECTOR_MAX_INFLIGHT_BYTES: wholeNumber.optional(),
  SLIPSTREAM_COLLECTOR_BODY_TIMEOUT_MS: wholeNumber.optional(),
  SLIPSTREAM_COLLECTOR_MAX_QUEUE_BYTES: wholeNumber.optional(),
  SLIPSTREAM_COLLECTOR_CLOSE_TIMEOUT_MS: wholeNumber.optional(),
  SLIPSTREAM_COLLECTOR_GRPC_PORT: portOrOff.optional(),
  SLIPSTREAM_QUEUE: z.string().optional(),
  SLIPSTREAM_QUEUE_EVICT_WHEN_FULL: flag.optional(),
  SLIPSTREAM_STORE: z.string().optional(),
  SLIPSTREAM_RETENTION_DAYS: number.optional(),
  SLIPSTREAM_RETENTION_MAX_BYTES: wholeNumber.optional(),
  SLIPSTREAM_STORE_MEMORY_BYTES: wholeNumber.optional(),
  SLIPSTREAM_LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be ${LOG_LEVELS.join(', ')}` }).optional(),
  SLIPSTREAM_LOG_FORMAT: z.enum(LOG_FORMATS, { error: `must be ${LOG_FORMATS.join(' or ')}` }).optional(),
});

type Variables = z.infer<typeof environmentSchema>;

/** The name of one of them. Those of forward destinations have names of their own (`destinations/forward`). */
export type CollectorVariable = keyof Variables;

/** All of them, in the order in which they are shown. */
export const COLLECTOR_VARIABLES = Object.keys(environmentSchema.shape) as readonly CollectorVariable[];

/** The variables that can be read, and what is wrong with each other one. */
function parseVariables(environment: NodeJS.ProcessEnv): { variables: Variables; problems: string[] } {
  const variables: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, schema] of Object.entries(environmentSchema.shape)) {
    const text = environment[name];
    // An empty variable is how many tools write "not set".
    if (text === undefined || text === '') continue;
    const parsed = schema.safeParse(text);
    if (parsed.success) variables[name] = parsed.data;
    else problems.push(`${name} ${parsed.error.issues[0]?.message ?? 'cannot be read'}.`);
  }
  return { variables: variables as Variables, problems };
}

/**
 * The settings that an environment describes.
 *
 * @throws `INVALID_CONFIG` with every wrong value at once.
 */
export function readCollectorConfig(environment: NodeJS.ProcessEnv = process.env): CollectorSettings {
  const { variables, problems } = parseVariables(environment);
  const { forwards, problems: forwardProblems } = readForwards(environment);
  const settings: CollectorSettings = {
    dataDirectory: resolve(variables.SLIPSTREAM_COLLECTOR_DATA_DIR ?? DEFAULT_DATA_DIRECTORY),
    host: variables.SLIPSTREAM_COLLECTOR_HOST,
    port: variables.SLIPSTREAM_COLLECTOR_PORT,
    token: variables.SLIPSTREAM_COLLECTOR_TOKEN,
    allowedHosts: variables.SLIPSTREAM_COLLECTOR_ALLOWED_HOSTS,
    uiDirectory: resolve(variables.SLIPSTREAM_COLLECTOR_UI_DIRECTORY ?? WORKSPACE_UI_DIRECTORY),
    priceFile: variables.SLIPSTREAM_COLLECTOR_PRICE_FILE,
    maxBodyBytes: variables.SLIPSTREAM_COLLECTOR_MAX_BODY_BYTES,
    maxInflatedBytes: variables.SLIPSTREAM_COLLECTOR_MAX_INFLATED_BYTES,
    maxInflightBytes: variables.SLIPSTREAM_COLLECTOR_MAX_INFLIGHT_BYTES,
    bodyTimeoutMs: variables.SLIPSTREAM_COLLECTOR_BODY_TIMEOUT_MS,
    maxQueueBytes: variables.SLIPSTREAM_COLLECTOR_MAX_QUEUE_BYTES,
    closeTimeoutMs: variables.SLIPSTREAM_COLLECTOR_CLOSE_TIMEOUT_MS,
    ...grpcSettings(variables.SLIPSTREAM_COLLECTOR_GRPC_PORT),
    queueUrl: variables.SLIPSTREAM_QUEUE,
    evictWhenFull: variables.SLIPSTREAM_QUEUE_EVICT_WHEN_FULL,
    storeUrl: variables.SLIPSTREAM_STORE,
    forwards,
    retentionDays: variables.SLIPSTREAM_RETENTION_DAYS,
    maxStoreBytes: variables.SLIPSTREAM_RETENTION_MAX_BYTES,
    storeMemoryBytes: variables.SLIPSTREAM_STORE_MEMORY_BYTES,
    logLevel: variables.SLIPSTREAM_LOG_LEVEL,
    logFormat: variables.SLIPSTREAM_LOG_FORMAT,
  };
  problems.push(...forwardProblems, ...findSettingProblems(settings));
  if (problems.length > 0) throw invalidConfig(problems);
  return settings;
}

/** Nobody asked for the default port: where another program has it, the collector goes on without. */
function grpcSettings(port: number | 'off' | undefined): Pick<CollectorSettings, 'grpcPort' | 'isGrpcOptional'> {
  if (port === 'off') return {};
  return { grpcPort: port ?? DEFAULT_GRPC_PORT, isGrpcOptional: port === undefined };
}
