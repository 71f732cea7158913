import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  createLlmServer,
  createOtlpSink,
  type FaultyServer,
  isRedisThere,
  type LlmServer,
  startRedisServer,
} from '@slipstream/testkit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Arm } from '../src/arms/contract.js';
import type { ArmName } from '../src/arms/registry.js';
import { openRespClient } from '../src/redis/resp-client.js';
import { createStreamCounter } from '../src/redis/stream-counter.js';
import { createPayload, type PayloadShape } from '../src/sample/payload.js';
import type { TracedWork, WorkKind } from '../src/sample/works/work.js';

const TRACES = 5;
const PROCESS_STATE = Symbol.for('slipstream.process.v1');
const PEERS = new URL('../peers/', import.meta.url);
const isLangChainThere = existsSync(new URL('node_modules/@langchain/core/package.json', PEERS));
/** The SDK listens to the end of the process, once for each fresh copy of it. */
process.setMaxListeners(0);

let directory = '';
let standIns = '';
let llm: LlmServer;
let sink: FaultyServer;
const running: Arm[] = [];

beforeAll(async () => {
  // In place of the peers' folder: the same packages, from the root's own installation.
  directory = mkdtempSync(join(tmpdir(), 'lab-ways-'));
  standIns = `${pathToFileURL(directory).href}/`;
  const fromRoot = createRequire(fileURLToPath(new URL('../../sdk/package.json', import.meta.url)));
  const address = (name: string): string => JSON.stringify(pathToFileURL(fromRoot.resolve(name)).href);
  writeFileSync(
    join(directory, 'opentelemetry-api.mjs'),
    `import api from ${address('@opentelemetry/api')}; export const { trace } = api;`,
  );
  writeFileSync(
    join(directory, 'openai.mjs'),
    `import library from ${address('openai')}; export const openai = library;`,
  );
  llm = await createLlmServer();
  sink = await createOtlpSink();
});
afterAll(async () => {
  await Promise.all(running.map((arm) => arm.tearDown()));
  await Promise.all([llm.close(), sink.close()]);
  rmSync(directory, { recursive: true, force: true });
});

interface Opened {
  readonly arm: Arm;
  readonly work: TracedWork;
}

interface Choice {
  readonly url?: string;
  readonly work?: WorkKind;
  readonly peersUrl?: string;
  readonly payload?: PayloadShape;
}

/** Sets an arm up as a fresh process has it, in which nothing was configured before. */
async function open(name: ArmName, { url = sink.url, work, peersUrl = standIns, payload = '4kb' }: Choice = {}) {
  vi.resetModules();
  Reflect.deleteProperty(globalThis, PROCESS_STATE);
  const { createArm } = await import('../src/arms/registry.js');
  const { openWork } = await import('../src/sample/works/open-work.js');
  const arm = createArm(name, peersUrl);
  running.push(arm);
  await arm.load();
  arm.setUp(url);
  const choice = { arm: name, peersUrl, llmUrl: llm.url, ...(work === undefined ? {} : { work }) };
  return { arm, work: await openWork(choice, arm, createPayload(payload, 1)) };
}

/** Runs some traces and flushes; the library's own books must say that all was delivered. */
async function run({ arm, work }: Opened): Promise<number> {
  for (let trace = 0; trace < TRACES; trace++) await work.runTrace();
  await work.settle?.();
  await arm.flush();
  const sent = TRACES * work.spansPerTrace;
  expect(arm.books?.()).toMatchObject({ started: sent, delivered: sent, open: 0, pending: 0 });
  return sent;
}

/** The spans that arrived since. */
async function arrivedFrom(opened: Opened) {
  const before = sink.spans().length;
  const sent = await run(opened);
  const spans = sink.spans().slice(before);
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(sent);
  return spans;
}

const WRAPPING: readonly ArmName[] = [
  'slipstream',
  'slipstream-low-level',
  'slipstream-otel',
  'slipstream-inline',
  'slipstream-sidecar',
  'slipstream-masked',
];

test.each(WRAPPING)('%s delivers each span, nested as the functions are, with its values', async (name) => {
  const spans = await arrivedFrom(await open(name));
  const roots = spans.filter(({ parentSpanId }) => (parentSpanId ?? '') === '');
  expect(roots.map((root) => root.name)).toEqual(Array.from({ length: TRACES }, () => 'lesson'));
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(TRACES);
  const names = new Map(spans.map(({ spanId, name }) => [spanId, name]));
  const parents = spans.map(({ name, parentSpanId }) => `${names.get(parentSpanId ?? '') ?? ''} > ${name}`);
  expect([...new Set(parents)].sort()).toEqual([
    ' > lesson',
    'answer > classify',
    'answer > lookup',
    'lesson > answer',
    'lesson > prepare',
    'prepare > classify',
    'prepare > lookup',
  ]);
  for (const span of spans) expect(JSON.stringify(span.attributes).length, span.name).toBeGreaterThan(4_000);
});

test('an arm that captures nothing sends names alone', async () => {
  const spans = await arrivedFrom(await open('slipstream-capture-off'));
  for (const span of spans) expect(JSON.stringify(span.attributes).length).toBeLessThan(1_000);
});

test('the sampling arm keeps whole traces, and knows how many spans that makes', async () => {
  const { arm, work } = await open('slipstream-sampled', { payload: 'tiny' });
  const before = sink.spans().length;
  // One in twenty is kept: with so many, none at all is one chance in millions.
  for (let trace = 0; trace < 300; trace++) await work.runTrace();
  await arm.flush();
  const arrived = sink.spans().length - before;
  expect(arm.keptSpans?.()).toBe(arrived);
  expect(arrived % work.spansPerTrace).toBe(0);
  expect(arrived).toBeGreaterThan(0);
  expect(arrived).toBeLessThan(150 * work.spansPerTrace);
});

test('the masked arm replaces an address and a phone number', async () => {
  const { arm } = await open('slipstream-masked');
  const before = sink.spans().length;
  arm.wrap('mail', (input: string) => input, 'span')('write to lan@example.com or call 0912 345 678');
  await arm.flush();
  const text = JSON.stringify(sink.spans()[before]?.attributes);
  expect(text).toContain('[masked:email]');
  expect(text).toContain('[masked:phone]');
  expect(text).not.toContain('lan@');
});

test('the deep work is a hundred spans, each below the one before it', async () => {
  const spans = await arrivedFrom(await open('slipstream', { work: 'deep', payload: 'tiny' }));
  const parentOf = new Map(spans.map(({ spanId, parentSpanId }) => [spanId, parentSpanId ?? '']));
  let depth = 0;
  for (let id = spans.find(({ name }) => name === 'level-99')?.spanId; id !== '' && id !== undefined; depth++) {
    id = parentOf.get(id);
  }
  expect(depth).toBe(100);
});

test('the OpenAI arm makes a generation of each call, the streamed one too', async () => {
  const before = llm.stats();
  const spans = await arrivedFrom(await open('slipstream-openai', { work: 'openai' }));
  expect(spans).toHaveLength(3 * TRACES);
  expect(llm.stats().streamedRequests - before.streamedRequests).toBe(TRACES);
  expect(llm.stats().completed - before.completed).toBe(3 * TRACES);
  for (const span of spans) {
    expect(span.name).toBe('openai.chat.completions');
    expect(JSON.stringify(span.attributes).length).toBeGreaterThan(3_000);
  }
});

test('without an arm the work calls the model as often and makes no span', async () => {
  const before = { calls: llm.stats().completed, spans: sink.spans().length };
  const { arm, work } = await open('untraced', { work: 'openai' });
  await work.runTrace();
  await arm.flush();
  expect(llm.stats().completed - before.calls).toBe(work.unitsPerTrace);
  expect(sink.spans().length).toBe(before.spans);
});

test.skipIf(!isLangChainThere)('the LangChain arm makes a span of each step (needs the peers)', async () => {
  const spans = await arrivedFrom(await open('slipstream-langchain', { work: 'langchain', peersUrl: PEERS.href }));
  expect(spans).toHaveLength(6 * TRACES);
  expect(spans.filter(({ parentSpanId }) => (parentSpanId ?? '') === '')).toHaveLength(TRACES);
});

test.skipIf(!isRedisThere)('the Redis arm appends each span to the stream (needs redis-server)', async () => {
  const redis = await startRedisServer();
  const client = await openRespClient(redis.port);
  try {
    const counter = createStreamCounter(client);
    const opened = await open('slipstream-redis', { url: redis.url });
    const sent = await run(opened);
    const counts = await counter.counts();
    expect(counts).toMatchObject({ distinctSpans: sent, spans: sent, malformed: 0 });
    expect(counts.bodyBytes).toBeGreaterThan(4_000 * sent);
    expect(counts.wireBytes).toBeLessThan(counts.bodyBytes);
    await counter.reset();
    expect(await counter.counts()).toMatchObject({ distinctSpans: 0, requests: 0 });
    await client.command('XADD', 'slipstream:traces', '*', 'd', 'no gzip');
    expect(await counter.counts()).toMatchObject({ distinctSpans: 0, malformed: 1 });
  } finally {
    client.close();
    await redis.close();
  }
});
