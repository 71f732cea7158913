/** The store's thread: opens the database and answers calls until it is told to close. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { Pricing } from '../../pricing/index.js';
import { toStoreError } from '../errors.js';
import { Engine } from './engine.js';
import { unpackBatch } from './packed-batch.js';
import type { StoreCalls, StoreFault, StoreMethod, StoreReply, StoreRequest } from './protocol.js';
import { readFacets } from './query/facets.js';
import { listTraces, readSummaries } from './query/list-traces.js';
import { readSeries } from './query/read-series.js';
import { readObservation, readTrace } from './query/read-trace.js';
import { scan } from './query/scan.js';
import type { EngineSettings } from './settings.js';

type Handlers = {
  readonly [Method in StoreMethod]: (...args: StoreCalls[Method]['args']) => Promise<StoreCalls[Method]['result']>;
};

function createHandlers(engine: Engine): Handlers {
  const { queries } = engine;
  return {
    cursor: () => engine.cursor(),
    write: (batch) => engine.write(unpackBatch(batch)),
    listTraces: (query) => listTraces(queries, query, nowUs()),
    trace: (traceId) => readTrace(queries, traceId, nowUs()),
    observation: (traceId, spanId, full) => readObservation(queries, traceId, spanId, full),
    summaries: (traceIds, filter) => readSummaries(queries, traceIds, filter, nowUs()),
    facets: () => readFacets(queries),
    series: (request) => readSeries(queries, request),
    counts: () => engine.counts(),
    scan: (query) => scan(queries, query),
    sql: (request) => engine.sql(request),
    prune: (policy) => engine.prune(policy),
    healthy: () => engine.healthy(),
    close: async () => {
      await engine.close();
      return undefined;
    },
  };
}

async function serve(port: MessagePort, settings: EngineSettings): Promise<void> {
  const reply = (message: StoreReply): void => port.postMessage(message);
  let engine: Engine;
  try {
    engine = await openEngine(settings);
  } catch (error) {
    reply({ kind: 'failed', fault: toFault(error) });
    port.close();
    return;
  }
  const handlers = createHandlers(engine);
  process.once('uncaughtException', () => void endInOrder(port, engine));
  port.on('message', async ({ id, method, args }: StoreRequest) => {
    try {
      const handler = handlers[method] as (...values: unknown[]) => Promise<unknown>;
      reply({ kind: 'result', id, value: await handler(...args) });
    } catch (error) {
      reply({ kind: 'error', id, fault: toFault(error) });
      // After a fault such as a full disk the engine refuses everything until it is opened anew.
      if (isFatal(error)) await endInOrder(port, engine);
    }
    if (method === 'close') port.close();
  });
  reply({ kind: 'ready' });
}

/** The catalogue of prices is read while the engine replays its log; nothing is written before both are there. */
async function openEngine(settings: EngineSettings): Promise<Engine> {
  let pricing: Pricing | undefined;
  const opening = Engine.open(settings, (observation) => pricing?.computeCost(observation));
  // Its failure is told below; until then nobody waits for it.
  opening.catch(() => undefined);
  try {
    const { createPricing } = await import('../../pricing/index.js');
    pricing = await createPricing(settings.priceFile);
  } catch (error) {
    await opening.then((engine) => engine.close()).catch(() => undefined);
    throw error;
  }
  return opening;
}

/**
 * Ends this thread so that the other side opens a new one. A thread that ends while a call of the engine is under way
 * takes the whole process down, so those are waited for and no new ones begun; calls left over fail by the thread's end.
 */
async function endInOrder(port: MessagePort, engine: Engine): Promise<never> {
  port.removeAllListeners('message');
  await engine.close().catch(() => undefined);
  process.exit(1);
}

function toFault(error: unknown): StoreFault {
  const { code, message } = toStoreError(error);
  return { code, message };
}

function isFatal(error: unknown): boolean {
  return error instanceof Error && /FATAL|database has been invalidated/.test(error.message);
}

function nowUs(): number {
  return Date.now() * 1000;
}

if (parentPort) void serve(parentPort, workerData as EngineSettings);
