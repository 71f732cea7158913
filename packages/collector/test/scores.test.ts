import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TraceDetail, traceDetailSchema } from '@slipstream/query-api';
import { type Client, createClient } from '@slipstream/sdk';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Collector, createCollector } from '../src/index.js';
import { buildStoreWorker } from '../src/store/testing.js';
import { send } from './support/http-client.js';

let dataDirectory: string;
let collector: Collector;
let client: Client;

async function start(): Promise<void> {
  const storeWorkerUrl = await buildStoreWorker();
  collector = await createCollector({ port: 0, dataDirectory, storeWorkerUrl, logLevel: 'silent' });
}

beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'slipstream-scores-'));
  await start();
  client = createClient({ url: collector.url, service: 'scores', handleSignals: false });
});

afterEach(async () => {
  await client.shutdown();
  await collector.close();
  await rm(dataDirectory, { recursive: true, force: true });
});

async function read(traceId: string): Promise<TraceDetail | undefined> {
  const response = await send(`${collector.url}/api/v1/traces/${traceId}`);
  return response.status === 200 ? traceDetailSchema.parse(response.json()) : undefined;
}

it('come from the application, stand with their trace, are replaced by their id, and outlive a restart', async () => {
  const trace = client.trace({ name: 'lesson' });
  const reply = trace.generation({ name: 'reply' });
  reply.score({ name: 'correctness', value: 0.75, comment: 'thiếu một từ', metadata: { judge: 'gpt' } }).end();
  trace.scoreTrace({ name: 'thumb', value: false, id: 'feedback-1' }).end();
  expect(await client.flush()).toMatchObject({ delivered: 2, dropped: 0, pending: 0 });
  client.score({ traceId: trace.traceId, name: 'thumb', value: true, id: 'feedback-1' });
  await client.flush();
  expect(client.stats().scores).toEqual({ made: 3, delivered: 3, dropped: 0, pending: 0 });

  const expected = [
    { spanId: reply.id, name: 'correctness', dataType: 'NUMERIC', value: 0.75, comment: 'thiếu một từ' },
    { scoreId: 'feedback-1', spanId: '', name: 'thumb', dataType: 'BOOLEAN', value: 1, comment: null },
  ];
  await vi.waitFor(async () => expect((await read(trace.traceId))?.scores).toMatchObject(expected), { timeout: 5_000 });

  await collector.close();
  await start();
  expect((await read(trace.traceId))?.scores).toMatchObject(expected);
});
