/** `POST /api/public/scores`: where newer libraries of Langfuse send scores, as lists, and older ones one by one. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { traceDetailSchema } from '@slipstream/query-api';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Collector, createCollector } from '../src/index.js';
import { buildStoreWorker } from '../src/store/testing.js';
import { send } from './support/http-client.js';
import { JSON_TYPE, makeSpan, newTraceId, PROTOBUF, toProtobuf } from './support/spans.js';

let dataDirectory: string;
let collector: Collector;
let traceId: string;

beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'slipstream-scores-'));
  collector = await createCollector({
    port: 0,
    dataDirectory,
    storeWorkerUrl: await buildStoreWorker(),
    logLevel: 'silent',
  });
  traceId = newTraceId();
  await send(`${collector.url}/v1/traces`, { body: toProtobuf(makeSpan({ traceId })), headers: PROTOBUF });
});

afterEach(async () => {
  await collector.close();
  await rm(dataDirectory, { recursive: true, force: true });
});

async function post(body: unknown): Promise<{ status: number; body: unknown }> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await send(`${collector.url}/api/public/scores`, { body: text, headers: JSON_TYPE });
  return { status: response.status, body: response.json() };
}

async function expectScores(...expected: object[]): Promise<void> {
  await vi.waitFor(
    async () => {
      const response = await send(`${collector.url}/api/v1/traces/${traceId}`);
      const { scores } = traceDetailSchema.parse(response.json());
      expect(scores).toHaveLength(expected.length);
      expect(scores).toMatchObject(expected);
    },
    { timeout: 10_000 },
  );
}

it('takes a list', async () => {
  const time = (second: number) => `2026-01-01T00:00:0${second}.000001+00:00`;
  const list = [
    { id: randomUUID(), traceId, name: 'correct', value: 0.5, timestamp: time(1) },
    { id: randomUUID(), traceId, name: 'thumb', value: 1, dataType: 'BOOLEAN', comment: 'tốt', timestamp: time(2) },
    { id: randomUUID(), traceId, name: 'tone', value: 'warm', metadata: { by: 'Lan' }, timestamp: time(3) },
  ];
  expect(await post(list)).toEqual({ status: 202, body: { message: 'Accepted' } });
  await expectScores(
    { name: 'correct', dataType: 'NUMERIC', value: 0.5 },
    { name: 'thumb', dataType: 'BOOLEAN', value: 1, comment: 'tốt' },
    { name: 'tone', dataType: 'CATEGORICAL', text: 'warm', metadata: { by: 'Lan' } },
  );
});

it('says which of a list it refused, and keeps the others', async () => {
  const answer = await post([{ traceId, name: 'good', value: 1 }, { traceId, name: '', value: 1 }, 'no score']);
  expect(answer).toMatchObject({ status: 207, body: { accepted: 1, rejected: 2, errors: [{}, {}] } });
  await expectScores({ name: 'good' });
});

it('takes one alone, tells its id, and keeps the last value of an id', async () => {
  const { status, body } = await post({ traceId, name: 'thumb', value: 0 });
  expect(status).toBe(200);
  const { id } = body as { id: string };
  expect(await post({ id, traceId, name: 'thumb', value: 1 })).toEqual({ status: 200, body: { id } });
  await expectScores({ scoreId: id, value: 1 });
  expect(await post({ traceId, value: 1 })).toMatchObject({ status: 400, body: { message: expect.any(String) } });
});

it.each([
  ['no JSON', '{'],
  ['a number', '5'],
  ['null', 'null'],
  ['more than a thousand', JSON.stringify(Array.from({ length: 1_001 }, () => ({ name: 'a', value: 1 })))],
])('refuses %s', async (_, body) => {
  expect((await post(body)).status).toBe(400);
});

it('refuses what is nested too deeply, and goes on', async () => {
  const deep = `[{"traceId":"${traceId}","name":"deep","value":1,"metadata":{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}}]`;
  expect(await post(deep)).toMatchObject({ status: 207, body: { accepted: 0, rejected: 1 } });
  expect((await post([{ traceId, name: 'next', value: 1 }])).status).toBe(202);
  await expectScores({ name: 'next' });
});
