/** The store's thread: decodes, folds and writes, and reads answers that may be large, beside the one that serves. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { createPricing } from '../../pricing/index.js';
import { unpackBatch } from '../duckdb/packed-batch.js';
import type { StoreCalls, StoreFault, StoreMethod, StoreReply, StoreRequest } from '../duckdb/protocol.js';
import { StoreError, toStoreError } from '../errors.js';
import { isRefusal } from './database/connection.js';
import { Engine } from './engine.js';
import { readFacets } from './query/facets.js';
import { listTraces, readSummaries } from './query/list-traces.js';
import { readSeries } from './query/read-series.js';
import { readObservation, readTrace } from './query/read-trace.js';
import { scan } from './query/scan.js';
import type { EngineSettings } from './settings.js';
import { runSql } from './sql/run-sql.js';

type Handlers = {
  readonly [Method in StoreMethod]: (...args: StoreCalls[Method]['args']) => Promise<StoreCalls[Method]['result']>;
};

function createHandlers(engine: Engine): Handlers {
  return {
    // ClickHouse has no transaction that would hold rows and a place in the queue together.
    cursor: async () => undefined,
    write: (batch) => engine.write(unpackBatch(batch)),
    listTraces: (query) => listTraces(engine, query, nowUs()),
    trace: (traceId) => readTrace(engine, traceId, nowUs()),
    observation: (traceId, spanId, full) => readObservation(engine, traceId, spanId, full),
    summaries: (traceIds, filter) => readSummaries(engine, traceIds, filter, nowUs()),
    facets: () => readFacets(engine),
    series: (request) => readSeries(engine, request),
    counts: () => engine.counts(),
    scan: (query) => scan(engine, query),
    sql: async (request) => runSql(await engine.connection(), request),
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
    const pricing = await createPricing(settings.priceFile);
    engine = new Engine(settings, pricing.computeCost);
    await openIfPossible(engine);
  } catch (error) {
    reply({ kind: 'failed', fault: toFault(error) });
    port.close();
    return;
  }
  const handlers = createHandlers(engine);
  port.on('message', async ({ id, method, args }: StoreRequest) => {
    try {
      const handler = handlers[method] as (...values: unknown[]) => Promise<unknown>;
      reply({ kind: 'result', id, value: await handler(...args) });
    } catch (error) {
      reply({ kind: 'error', id, fault: toFault(error) });
    }
    if (method === 'close') port.close();
  });
  reply({ kind: 'ready' });
}

/**
 * A collector MUST start while ClickHouse is away, or nobody would take in what applications send. What no waiting heals
 * is told at once: a wrong password, a schema of a newer version.
 */
async function openIfPossible(engine: Engine): Promise<void> {
  try {
    await engine.open();
  } catch (error) {
    if (toStoreError(error).code === 'store_schema_too_new') throw error;
    if (isRefusal(error)) throw new StoreError('store_open_failed', toStoreError(error).message, { cause: error });
  }
}

function toFault(error: unknown): StoreFault {
  const { code, message } = toStoreError(error);
  return { code, message };
}

function nowUs(): number {
  return Date.now() * 1000;
}

if (parentPort) void serve(parentPort, workerData as EngineSettings);
