import type { Status } from '@slipstream/query-api';
import type { FastifyInstance } from 'fastify';
import { invalidConfig, reasonOf } from './errors.js';
import { healthRoutes, type Readiness } from './http/health-routes.js';
import { queryRoutes } from './http/query-routes.js';
import { createServer, listen } from './http/server.js';
import { uiRoutes } from './http/ui.js';
import { liveRoute } from './live/event-stream.js';
import { renderMetrics } from './metrics/collector-metrics.js';
import { METRICS_CONTENT_TYPE } from './metrics/prometheus.js';
import { type Closers, type OpenStore, openParts, type Parts } from './parts.js';
import { booksReceiver } from './receivers/books/receiver.js';
import { otlpReceiver } from './receivers/otlp/receiver.js';
import { scoresReceiver } from './receivers/scores/receiver.js';
import { type CollectorSettings, findSettingProblems, type ResolvedSettings, resolveSettings } from './settings.js';
import { collectStatus } from './status.js';

/** A collector that listens. */
export interface Collector {
  /** Where it is reached, for example `http://127.0.0.1:4318`. */
  readonly url: string;
  /** The books of every hop. */
  status(): Promise<Status>;
  /**
   * Takes no more requests, finishes those under way, delivers the queue to the store, and closes; what is not
   * delivered by the deadline stays in the queue for the next start. Safe to call twice.
   */
  close(): Promise<void>;
}

/** Opens everything, wires it, and listens; closes what is open again where a step fails. */
export async function assembleCollector(settings: CollectorSettings, openStore: OpenStore): Promise<Collector> {
  const problems = findSettingProblems(settings);
  if (problems.length > 0) throw invalidConfig(problems);
  const resolved = resolveSettings(settings);
  const closers: Closers = [];
  try {
    const parts = await openParts(resolved, openStore, closers);
    const app = createApp(resolved, parts);
    closers.push(() => app.close());
    const url = await listen(app, resolved.host, resolved.port);
    return new RunningCollector(url, app, parts, resolved);
  } catch (error) {
    for (const close of closers.reverse()) {
      await close().catch((reason: unknown) => resolved.log(`slipstream collector: ${reasonOf(reason)}`));
    }
    throw error;
  }
}

class RunningCollector implements Collector {
  readonly url: string;
  readonly #app: FastifyInstance;
  readonly #parts: Parts;
  readonly #closeTimeoutMs: number;
  #closing: Promise<void> | undefined;

  constructor(url: string, app: FastifyInstance, parts: Parts, settings: ResolvedSettings) {
    this.url = url;
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
    const { hub, destination, queue, store, books } = this.#parts;
    await hub.close();
    await closeServer(this.#app, this.#closeTimeoutMs / 2);
    await destination.stop(Math.max(0, deadline - performance.now()));
    await queue.close();
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

function createApp(settings: ResolvedSettings, parts: Parts): FastifyInstance {
  const app = createServer({
    token: settings.token,
    allowedHosts: settings.allowedHosts,
    bodyTimeoutMs: settings.bodyTimeoutMs,
    onInternalError: (error) => settings.log(`slipstream collector: a request failed: ${reasonOf(error)}`),
  });
  app.register(otlpReceiver, {
    queue: parts.queue,
    stats: parts.receiver,
    budget: parts.budget,
    bodyLimits: {
      maxBodyBytes: settings.maxBodyBytes,
      maxInflatedBytes: settings.maxInflatedBytes,
      timeoutMs: settings.bodyTimeoutMs,
    },
    readLimits: {},
  });
  app.register(scoresReceiver, { queue: parts.queue, stats: parts.receiver, budget: parts.budget });
  app.register(booksReceiver, { books: parts.books });
  app.register(queryRoutes, { store: parts.store, status: () => collectStatus(parts) });
  app.register(liveRoute, { hub: parts.hub });
  app.register(healthRoutes, { readiness: () => readinessOf(parts) });
  app.get('/metrics', async (_request, reply) => reply.type(METRICS_CONTENT_TYPE).send(await metricsOf(parts)));
  app.register(uiRoutes, { directory: settings.uiDirectory });
  return app;
}

async function readinessOf({ queue, store }: Parts): Promise<Readiness> {
  const { fault } = queue.stats();
  const isStoreHealthy = await store.healthy().catch(() => false);
  return {
    ready: fault === undefined && isStoreHealthy,
    queue: fault ?? 'ok',
    store: isStoreHealthy ? 'ok' : 'unavailable',
  };
}

function metricsOf(parts: Parts): Promise<string> {
  return renderMetrics({
    receiver: parts.receiver,
    inflightBytes: parts.budget.usedBytes,
    queue: () => parts.queue.stats(),
    commits: parts.commits,
    destinations: () => [[parts.destination.name, parts.destination.stats()]],
    live: () => parts.hub.stats(),
    processes: () => parts.books.list().length,
    store: () => parts.store.counts(),
    startedAtMs: parts.startedAtMs,
  });
}
