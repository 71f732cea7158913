import type { Status } from '@slipstream/query-api';
import type { FastifyInstance } from 'fastify';
import { reasonOf } from './errors.js';
import { destinationRoutes } from './http/destination-routes.js';
import { envRoutes } from './http/env-routes.js';
import { healthRoutes, type Readiness } from './http/health-routes.js';
import { queryRoutes } from './http/query-routes.js';
import { seriesRoutes } from './http/series-routes.js';
import { createServer, listen } from './http/server.js';
import { sqlRoutes } from './http/sql-routes.js';
import { transferRoutes } from './http/transfer-routes.js';
import { uiRoutes } from './http/ui.js';
import { liveRoute } from './live/event-stream.js';
import { renderMetrics } from './metrics/collector-metrics.js';
import { METRICS_CONTENT_TYPE } from './metrics/prometheus.js';
import { createObservationLookup } from './observation-lookup.js';
import { type Closers, type OpenStore, openParts, type Parts } from './parts.js';
import type { BodyLimits } from './receivers/body.js';
import { booksReceiver } from './receivers/books/receiver.js';
import { langfuseReceiver } from './receivers/langfuse/receiver.js';
import { langfuseSdkRoutes } from './receivers/langfuse/sdk-routes.js';
import { type GrpcReceiver, openGrpcReceiver } from './receivers/otlp/grpc/receiver.js';
import { otlpReceiver } from './receivers/otlp/receiver.js';
import { type CollectorSettings, checkSettings, type ResolvedSettings, resolveSettings } from './settings.js';
import { showEnvironment } from './shown-environment.js';
import { collectStatus } from './status.js';

/** A collector that listens. */
export interface Collector {
  /** Where it is reached, for example `http://127.0.0.1:4318`. */
  readonly url: string;
  /** Where OTLP over gRPC is taken, for example `http://127.0.0.1:4317`; `undefined` where it is not. */
  readonly grpcUrl: string | undefined;
  /** The books of every hop. */
  status(): Promise<Status>;
  /**
   * Takes no more requests, finishes those under way, delivers the queue to the store, and closes; what is not
   * delivered by the deadline stays in the queue for the next start. Safe to call twice.
   */
  close(): Promise<void>;
}

/** The name under which the store reads the queue. */
const STORE_DESTINATION = 'store';

/** Opens everything, wires it, and listens; closes what is open again where a step fails. */
export async function assembleCollector(settings: CollectorSettings, openStore: OpenStore): Promise<Collector> {
  checkSettings(settings);
  const resolved = resolveSettings(settings);
  const closers: Closers = [];
  try {
    const parts = await openParts(resolved, openStore, closers);
    const app = createApp(resolved, parts);
    closers.push(() => app.close());
    const grpc = await openGrpc(resolved, parts, () => readinessOf(parts));
    closers.push(async () => grpc?.close(0));
    const url = await listen(app, resolved.host, resolved.port);
    return new RunningCollector({ url, grpc, app, parts, settings: resolved });
  } catch (error) {
    for (const close of closers.reverse()) {
      await close().catch((reason: unknown) => resolved.log.error(`a part could not be closed: ${reasonOf(reason)}`));
    }
    throw error;
  }
}

interface RunningParts {
  readonly url: string;
  readonly grpc: GrpcReceiver | undefined;
  readonly app: FastifyInstance;
  readonly parts: Parts;
  readonly settings: ResolvedSettings;
}

class RunningCollector implements Collector {
  readonly url: string;
  readonly grpcUrl: string | undefined;
  readonly #grpc: GrpcReceiver | undefined;
  readonly #app: FastifyInstance;
  readonly #parts: Parts;
  readonly #closeTimeoutMs: number;
  #closing: Promise<void> | undefined;

  constructor({ url, grpc, app, parts, settings }: RunningParts) {
    this.url = url;
    this.grpcUrl = grpc?.url;
    this.#grpc = grpc;
    this.#app = app;
    this.#parts = parts;
    this.#closeTimeoutMs = settings.closeTimeoutMs;
  }

  status(): Promise<Status> {
    return collectStatus(this.#parts);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const deadline = performance.now() + this.#closeTimeoutMs;
    const { hub, destinations, queue, retention, store, books } = this.#parts;
    await hub.close();
    const serversTimeoutMs = this.#closeTimeoutMs / 2;
    await Promise.all([closeServer(this.#app, serversTimeoutMs), this.#grpc?.close(serversTimeoutMs)]);
    const restMs = Math.max(0, deadline - performance.now());
    await Promise.all(destinations.map(({ destination }) => destination.stop(restMs)));
    await queue.close();
    await retention.stop();
    await store.close();
    await books.close();
  }
}

/** Lets requests under way finish, then cuts those that are left. */
async function closeServer(app: FastifyInstance, timeoutMs: number): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), timeoutMs);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
  }
}

function openGrpc(
  settings: ResolvedSettings,
  parts: Parts,
  readiness: () => Promise<Readiness>,
): Promise<GrpcReceiver | undefined> {
  return openGrpcReceiver({
    host: settings.host,
    port: settings.grpcPort,
    isOptional: settings.isGrpcOptional,
    token: settings.token,
    queue: parts.queue,
    stats: parts.receiver,
    budget: parts.budget,
    limits: bodyLimitsOf(settings),
    readLimits: {},
    isReady: async () => (await readiness()).ready,
    log: settings.log,
  });
}

function bodyLimitsOf({ maxBodyBytes, maxInflatedBytes, bodyTimeoutMs }: ResolvedSettings): BodyLimits {
  return { maxBodyBytes, maxInflatedBytes, timeoutMs: bodyTimeoutMs };
}

function createApp(settings: ResolvedSettings, parts: Parts): FastifyInstance {
  const app = createServer({
    token: settings.token,
    allowedHosts: settings.allowedHosts,
    bodyTimeoutMs: settings.bodyTimeoutMs,
    onInternalError: (error) => settings.log.error(`a request failed: ${reasonOf(error)}`),
  });
  app.register(otlpReceiver, {
    queue: parts.queue,
    stats: parts.receiver,
    budget: parts.budget,
    bodyLimits: bodyLimitsOf(settings),
    readLimits: {},
  });
  app.register(langfuseReceiver, {
    queue: parts.queue,
    stats: parts.receiver,
    budget: parts.budget,
    bodyLimits: bodyLimitsOf(settings),
    lookup: createObservationLookup({ queue: parts.queue, store: parts.store, destination: STORE_DESTINATION }),
  });
  app.register(langfuseSdkRoutes);
  app.register(booksReceiver, { books: parts.books });
  app.register(queryRoutes, { store: parts.store, status: () => collectStatus(parts) });
  app.register(seriesRoutes, { store: parts.store });
  app.register(sqlRoutes, { store: parts.store });
  app.register(transferRoutes, { transfers: parts.transfers });
  app.register(envRoutes, { environment: showEnvironment(settings) });
  app.register(destinationRoutes, {
    destinations: parts.destinations,
    backlog: () => parts.queue.stats().backlog,
  });
  app.register(liveRoute, { hub: parts.hub });
  app.register(healthRoutes, { readiness: () => readinessOf(parts) });
  app.get('/metrics', async (_request, reply) => reply.type(METRICS_CONTENT_TYPE).send(await metricsOf(parts)));
  app.register(uiRoutes, { directory: settings.uiDirectory });
  return app;
}

async function readinessOf({ queue, store }: Parts): Promise<Readiness> {
  const { fault, warnings } = queue.stats();
  const isStoreHealthy = await store.healthy().catch(() => false);
  return {
    ready: fault === undefined && isStoreHealthy,
    queue: fault ?? 'ok',
    store: isStoreHealthy ? 'ok' : 'unavailable',
    warnings,
  };
}

function metricsOf(parts: Parts): Promise<string> {
  return renderMetrics({
    receiver: parts.receiver,
    inflightBytes: parts.budget.usedBytes,
    queue: () => parts.queue.stats(),
    commits: parts.commits,
    destinations: () => parts.destinations.map(({ destination }) => [destination.name, destination.stats()] as const),
    live: () => parts.hub.stats(),
    processes: () => parts.books.list().length,
    store: () => parts.store.counts(),
    retention: () => parts.retention.stats(),
    startedAtMs: parts.startedAtMs,
  });
}
