import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { observationDetailSchema, type TraceDetail, traceDetailSchema } from '@slipstream/query-api';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Collector, createCollector } from '../src/index.js';
import { buildStoreWorker } from '../src/store/testing.js';
import { send } from './support/http-client.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const START = Date.UTC(2026, 0, 1);

let dataDirectory: string;
let collector: Collector;

async function start(): Promise<void> {
  const storeWorkerUrl = await buildStoreWorker();
  collector = await createCollector({ port: 0, dataDirectory, storeWorkerUrl, logLevel: 'silent' });
}

beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'slipstream-ingestion-'));
  await start();
});

afterEach(async () => {
  await collector.close();
  await rm(dataDirectory, { recursive: true, force: true });
});

/** Sends one event, so many milliseconds after the start. */
async function take(type: string, body: object, atMs: number): Promise<void> {
  const event = { id: randomUUID(), type, timestamp: new Date(START + atMs).toISOString(), body };
  const response = await send(`${collector.url}/api/public/ingestion`, {
    body: JSON.stringify({ batch: [event] }),
    headers: { 'content-type': 'application/json' },
  });
  expect(response.json()).toEqual({ successes: [{ id: event.id, status: 201 }], errors: [] });
}

async function read(): Promise<TraceDetail> {
  return traceDetailSchema.parse((await send(`${collector.url}/api/v1/traces/${TRACE}`)).json());
}

it('is stored as one model, whose versions follow each other over restarts', async () => {
  const generation = { id: 'a generation', traceId: TRACE };
  const startTime = new Date(START).toISOString();
  await take('trace-create', { id: TRACE, name: 'lesson', userId: 'u', timestamp: startTime, tags: ['a'] }, 0);
  await take('generation-create', { ...generation, name: 'reply', startTime, input: 'question', model: 'm' }, 1);
  await vi.waitFor(async () => {
    const { trace, observations } = await read();
    expect(trace).toMatchObject({ name: 'lesson', userId: 'u', running: true, observationCount: 2 });
    expect(observations.find(({ name }) => name === 'reply')?.parentSpanId).toBe(
      observations.find(({ name }) => name === 'lesson')?.spanId,
    );
  });

  await collector.close();
  await start();
  const endTime = new Date(START + 2000).toISOString();
  await take('generation-update', { ...generation, endTime, usage: { input: 3, output: 4 } }, 2000);
  await take('generation-update', { ...generation, output: 'answer', level: 'ERROR' }, 2001);
  await take('trace-create', { id: TRACE, timestamp: endTime, sessionId: 's', tags: ['b'] }, 2002);
  await vi.waitFor(async () => {
    const { trace } = await read();
    expect(trace).toMatchObject({
      name: 'lesson',
      userId: 'u',
      sessionId: 's',
      tags: ['a', 'b'],
      running: false,
      level: 'ERROR',
      errorCount: 1,
      totalTokens: 7,
      observationCount: 2,
      startTimeUs: START * 1000,
    });
  });
  const { observations } = await read();
  const spanId = observations.find(({ name }) => name === 'reply')?.spanId;
  const detail = await send(`${collector.url}/api/v1/traces/${TRACE}/observations/${spanId}?full=1`);
  expect(observationDetailSchema.parse(detail.json())).toMatchObject({
    type: 'generation',
    model: 'm',
    input: { text: 'question' },
    output: { text: 'answer' },
    metadata: { langfuse_id: 'a generation' },
    endTimeUs: (START + 2000) * 1000,
  });
  const { store, receiver } = await collector.status();
  expect(store).toMatchObject({ spans: 2, runningSpans: 0 });
  expect(receiver.acceptedSpans).toBe(1);
});
