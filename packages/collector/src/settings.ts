import { findForwardProblems } from './destinations/forward/setting-problems.js';
import type { ForwardSettings } from './destinations/forward/settings.js';
import { invalidConfig } from './errors.js';
import { createLog, type Log, type LogFormat, type LogLevel } from './logging/log.js';

/** What code passes to {@link createCollector}. Everything but the data directory has a default. */
export interface CollectorSettings {
  /** Holds the queue, the database, books and dead letters; made where it is missing. One collector at a time. */
  readonly dataDirectory: string;
  /** The address to listen on. Any but a loopback one needs a `token`. @default '127.0.0.1' */
  readonly host?: string | undefined;
  /** 0 takes a free one. @default 4318 */
  readonly port?: number | undefined;
  /** Needed on every request but `/health` and `/ready` where it is set; at least 16 characters. */
  readonly token?: string | undefined;
  /** Host names, beside the loopback ones, under which the collector may be called. @default [] */
  readonly allowedHosts?: readonly string[] | undefined;
  /** The built files of the web package. */
  readonly uiDirectory?: string | undefined;
  /** One request body as sent. @default 20 MiB */
  readonly maxBodyBytes?: number | undefined;
  /** One request body after decompression. @default 20 MiB */
  readonly maxInflatedBytes?: number | undefined;
  /** All request bodies in memory at one moment. @default 256 MiB */
  readonly maxInflightBytes?: number | undefined;
  /** From a request's headers to the last byte of its body. @default 30,000 */
  readonly bodyTimeoutMs?: number | undefined;
  /** `redis://…` or `rediss://…` for a queue that collectors share; without it, files in the data directory. */
  readonly queueUrl?: string | undefined;
  /** Spans wait in the queue for the slowest destination; past this, senders get 503. @default 1 GiB */
  readonly maxQueueBytes?: number | undefined;
  /** A full queue lets its oldest spans go instead of refusing new ones: loses data, counted. @default false */
  readonly evictWhenFull?: boolean | undefined;
  /** `clickhouse://user:password@host:8123/database` (`clickhouses://` for TLS); without it, DuckDB. */
  readonly storeUrl?: string | undefined;
  /** OTLP over gRPC listens here; 0 takes a free port. Without it, it does not. */
  readonly grpcPort?: number | undefined;
  /** Whether to go on without gRPC, and say so, where its port is taken. @default false */
  readonly isGrpcOptional?: boolean | undefined;
  /** Where else spans go. @default [] */
  readonly forwards?: readonly ForwardSettings[] | undefined;
  /** Traces older than this are removed; without it they stay. */
  readonly retentionDays?: number | undefined;
  /** While the store holds more, its oldest traces are removed; without it they stay. */
  readonly maxStoreBytes?: number | undefined;
  /** What the embedded store may hold in memory, mostly pages of its file; at least 64 MiB. @default 1 GiB */
  readonly storeMemoryBytes?: number | undefined;
  /** How long `close` may take to finish requests and to deliver the queue. @default 5,000 */
  readonly closeTimeoutMs?: number | undefined;
  /** A JSON file of model prices that go before the built-in ones. */
  readonly priceFile?: string | undefined;
  /** The script of the store's thread, for tests that run from TypeScript sources; a built package has its own. */
  readonly storeWorkerUrl?: URL | undefined;
  /** What is said on standard error. @default 'info' */
  readonly logLevel?: LogLevel | undefined;
  /** @default 'text' at a terminal, 'json' elsewhere */
  readonly logFormat?: LogFormat | undefined;
  /** Told of faults that begin and end, in place of standard error. */
  readonly log?: Log | undefined;
}

type OptionalSetting =
  | 'token'
  | 'uiDirectory'
  | 'priceFile'
  | 'storeWorkerUrl'
  | 'grpcPort'
  | 'queueUrl'
  | 'storeUrl'
  | 'retentionDays'
  | 'maxStoreBytes';

/** The settings with every default in place. */
export type ResolvedSettings = {
  readonly [Key in Exclude<keyof CollectorSettings, OptionalSetting>]-?: Exclude<CollectorSettings[Key], undefined>;
} & { readonly [Key in OptionalSetting]: CollectorSettings[Key] };

const MIB = 1024 * 1024;
const MIN_TOKEN_LENGTH = 16;
const MAX_PORT = 65_535;
/** With less the engine cannot sort a page of traces. */
const MIN_STORE_MEMORY_BYTES = 64 * MIB;

export const SETTING_DEFAULTS = {
  host: '127.0.0.1',
  port: 4318,
  maxBodyBytes: 20 * MIB,
  maxInflatedBytes: 20 * MIB,
  maxInflightBytes: 256 * MIB,
  bodyTimeoutMs: 30_000,
  maxQueueBytes: 1024 * MIB,
  closeTimeoutMs: 5000,
  storeMemoryBytes: 1024 * MIB,
} as const;

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Puts the defaults in. */
export function resolveSettings(settings: CollectorSettings): ResolvedSettings {
  return {
    dataDirectory: settings.dataDirectory,
    host: settings.host ?? SETTING_DEFAULTS.host,
    port: settings.port ?? SETTING_DEFAULTS.port,
    grpcPort: settings.grpcPort,
    isGrpcOptional: settings.isGrpcOptional ?? false,
    queueUrl: settings.queueUrl,
    storeUrl: settings.storeUrl,
    evictWhenFull: settings.evictWhenFull ?? false,
    forwards: settings.forwards ?? [],
    retentionDays: settings.retentionDays,
    maxStoreBytes: settings.maxStoreBytes,
    storeMemoryBytes: settings.storeMemoryBytes ?? SETTING_DEFAULTS.storeMemoryBytes,
    token: settings.token,
    allowedHosts: settings.allowedHosts ?? [],
    uiDirectory: settings.uiDirectory,
    priceFile: settings.priceFile,
    storeWorkerUrl: settings.storeWorkerUrl,
    maxBodyBytes: settings.maxBodyBytes ?? SETTING_DEFAULTS.maxBodyBytes,
    maxInflatedBytes: settings.maxInflatedBytes ?? SETTING_DEFAULTS.maxInflatedBytes,
    maxInflightBytes: settings.maxInflightBytes ?? SETTING_DEFAULTS.maxInflightBytes,
    bodyTimeoutMs: settings.bodyTimeoutMs ?? SETTING_DEFAULTS.bodyTimeoutMs,
    maxQueueBytes: settings.maxQueueBytes ?? SETTING_DEFAULTS.maxQueueBytes,
    closeTimeoutMs: settings.closeTimeoutMs ?? SETTING_DEFAULTS.closeTimeoutMs,
    logLevel: settings.logLevel ?? 'info',
    logFormat: settings.logFormat ?? (process.stderr.isTTY ? 'text' : 'json'),
    log: settings.log ?? createLog({ level: settings.logLevel, format: settings.logFormat }),
  };
}

/** @throws `INVALID_CONFIG` */
export function checkSettings(settings: CollectorSettings): void {
  const problems = findSettingProblems(settings);
  if (problems.length > 0) throw invalidConfig(problems);
}

/** What is wrong with settings, one line each; empty where nothing is. */
export function findSettingProblems(settings: CollectorSettings): string[] {
  const { host, port, grpcPort, token, maxBodyBytes, maxInflatedBytes, ...rest } = resolveSettings(settings);
  const problems: string[] = [];
  if (settings.dataDirectory.trim() === '') problems.push('dataDirectory is empty: name a directory.');
  if (!Number.isInteger(port) || port < 0 || port > MAX_PORT)
    problems.push(`port must be 0 to ${MAX_PORT}, and is ${port}.`);
  if (grpcPort !== undefined && (!Number.isInteger(grpcPort) || grpcPort < 0 || grpcPort > MAX_PORT))
    problems.push(`grpcPort must be 0 to ${MAX_PORT}, and is ${grpcPort}.`);
  if (token !== undefined && token.length < MIN_TOKEN_LENGTH) {
    problems.push(`token must have at least ${MIN_TOKEN_LENGTH} characters.`);
  }
  if (token === undefined && !isLoopback(host)) {
    problems.push(`host ${host} can be reached from other machines, which needs a token (SLIPSTREAM_COLLECTOR_TOKEN).`);
  }
  const { maxInflightBytes, bodyTimeoutMs, maxQueueBytes, closeTimeoutMs } = rest;
  const sizes = { maxBodyBytes, maxInflatedBytes, maxInflightBytes, bodyTimeoutMs, maxQueueBytes, closeTimeoutMs };
  for (const [name, value] of Object.entries(sizes)) {
    if (!Number.isInteger(value) || value < 1)
      problems.push(`${name} must be a whole number above 0, and is ${value}.`);
  }
  if (maxInflightBytes < maxInflatedBytes) {
    problems.push(
      `maxInflightBytes (${maxInflightBytes}) must not be less than maxInflatedBytes (${maxInflatedBytes}).`,
    );
  }
  const { storeMemoryBytes } = rest;
  if (!Number.isInteger(storeMemoryBytes) || storeMemoryBytes < MIN_STORE_MEMORY_BYTES) {
    problems.push(`storeMemoryBytes must be at least ${MIN_STORE_MEMORY_BYTES}, and is ${storeMemoryBytes}.`);
  }
  problems.push(...findUrlProblems(rest), ...findRetentionProblems(rest), ...findForwardProblems(rest.forwards));
  return problems;
}

/** Never shows what it found wrong: an address may hold a password. */
function findUrlProblems({ queueUrl, storeUrl }: Pick<ResolvedSettings, 'queueUrl' | 'storeUrl'>): string[] {
  const problems: string[] = [];
  if (queueUrl !== undefined && !/^rediss?:\/\/[^/]/.test(queueUrl)) {
    problems.push('queueUrl (SLIPSTREAM_QUEUE) must be redis://host:port or rediss://host:port.');
  }
  if (storeUrl !== undefined && !/^clickhouses?:\/\/[^/]/.test(storeUrl)) {
    problems.push('storeUrl (SLIPSTREAM_STORE) must be clickhouse://user:password@host:8123/database.');
  }
  return problems;
}

function findRetentionProblems({
  retentionDays,
  maxStoreBytes,
}: Pick<ResolvedSettings, 'retentionDays' | 'maxStoreBytes'>): string[] {
  const problems: string[] = [];
  if (retentionDays !== undefined && !(retentionDays > 0)) {
    problems.push(`retentionDays must be above 0, and is ${retentionDays}.`);
  }
  if (maxStoreBytes !== undefined && !(Number.isInteger(maxStoreBytes) && maxStoreBytes > 0)) {
    problems.push(`maxStoreBytes must be a whole number above 0, and is ${maxStoreBytes}.`);
  }
  return problems;
}
