import { expect } from 'vitest';
import { type ClientCollector, startCollector, TOKEN } from './collector.js';
import type { ClientProgram } from './installed.js';
import { type ProgramResult, runProgram, type Told } from './program.js';
import { listTraceIds, readTrace, type StoredTrace, untilStored } from './stored.js';
import { story } from './story.js';

export interface Recording {
  readonly result: ProgramResult;
  readonly stored: StoredTrace;
  /** Whether the trace is found, by the parameters of the list. */
  readonly found: Readonly<Record<string, boolean>>;
}

export type Environment = Readonly<Record<string, string>>;
/** What a user sets so that the client sends to this collector. */
export type EnvironmentFor = (collector: Pick<ClientCollector, 'url' | 'collector'>, secretKey?: string) => Environment;

/** Runs a client against a collector of its own and reads the one trace that it made. */
export async function record(
  program: ClientProgram,
  environmentFor: EnvironmentFor,
  searches: readonly string[] = [],
): Promise<Recording> {
  const collector = await startCollector();
  try {
    const result = await runProgram(program, environmentFor(collector));
    expect(result.exitCode, result.stderr).toBe(0);
    const traceId = storedTraceId(result.told);
    await untilStored(collector.url);
    expect(await listTraceIds(collector.url), result.stderr).toEqual([traceId]);
    const found: Record<string, boolean> = {};
    for (const search of searches) found[search] = (await listTraceIds(collector.url, search)).includes(traceId);
    const stored = await readTrace(collector.url, traceId);
    return { result: { ...result, told: withStoredIds(result.told, stored) }, stored, found };
  } finally {
    await collector.destroy();
  }
}

/** A UUID is stored without its dashes. */
function storedTraceId({ traceId }: Told): string {
  return traceId.replaceAll('-', '');
}

/**
 * Ids of the older API are no span ids: each observation is found by the id that it keeps in its metadata, and the
 * trace itself by being the root.
 */
function withStoredIds(told: Told, { observations }: StoredTrace): Told {
  const keys = new Map(Object.entries(told.spans).map(([key, id]) => [id, key]));
  const spans = observations.flatMap(({ spanId, parentSpanId, metadata }) => {
    const key = parentSpanId === '' ? keys.get(told.traceId) : keys.get(metadata.langfuse_id ?? '');
    return key === undefined ? [] : [[key, spanId] as const];
  });
  const sentSpans = told.spans;
  return { ...told, sentSpans, traceId: storedTraceId(told), spans: { ...told.spans, ...Object.fromEntries(spans) } };
}

/** Runs a client with a key that is not the collector's; gives what it printed, and which traces are stored. */
export async function recordRefusal(
  program: ClientProgram,
  environmentFor: EnvironmentFor,
): Promise<{ readonly result: ProgramResult; readonly traceIds: readonly string[] }> {
  const collector = await startCollector();
  try {
    const result = await runProgram(program, environmentFor(collector, 'sk-lf-not-the-right-key'));
    await untilStored(collector.url);
    return { result, traceIds: await listTraceIds(collector.url) };
  } finally {
    await collector.destroy();
  }
}

/** What a Langfuse user sets, with the collector's token as the secret key. */
export const langfuseEnvironment: EnvironmentFor = ({ url }, secretKey = TOKEN) => ({
  LANGFUSE_PUBLIC_KEY: 'pk-lf-robot',
  LANGFUSE_SECRET_KEY: secretKey,
  // One name for each generation of the libraries.
  LANGFUSE_BASE_URL: url,
  LANGFUSE_BASEURL: url,
  LANGFUSE_HOST: url,
  LANGFUSE_TRACING_ENVIRONMENT: story.environment,
  LANGFUSE_RELEASE: story.release,
  OTEL_SERVICE_NAME: story.service,
});

/** What an OpenTelemetry user sets. A header's space is written so that every language's reader of it understands. */
export const otlpEnvironment: EnvironmentFor = ({ url }, secretKey = TOKEN) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${secretKey}`,
});

/** The same over gRPC. */
export const grpcEnvironment: EnvironmentFor = ({ collector }, secretKey = TOKEN) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.grpcUrl ?? '',
  OTEL_EXPORTER_OTLP_INSECURE: 'true',
  OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${secretKey}`,
});
