import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Status,
  statusSchema,
  type TraceSummary,
  traceDetailSchema,
  traceListSchema,
  traceSummarySchema,
} from '@slipstream/query-api';
import { createClient } from '@slipstream/sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Running, start } from './command.js';
import { makeTree, type Tree } from './tree.js';

const LAUNCHER = fileURLToPath(new URL('../bin/slipstream.js', import.meta.url));
const LOOP = fileURLToPath(new URL('../../sdk/test/apps/loop.mjs', import.meta.url));
const BUILT = [new URL('../dist/main.js', import.meta.url), new URL('../../collector/dist/index.js', import.meta.url)];
const isBuilt = BUILT.every((file) => existsSync(file));
const READY = /Slipstream is ready: (http:\/\/127\.0\.0\.1:\d+)/;

let tree: Tree;
let collector: Running;
let url: string;

beforeEach(async () => {
  tree = makeTree({});
  if (isBuilt) await startCollector();
});

afterEach(async () => {
  if (isBuilt) await end(collector);
  tree.remove();
});

async function startCollector(port = '0'): Promise<void> {
  collector = start(LAUNCHER, ['up', '--port', port, '--data-dir', path.join(tree.root, 'data')]);
  [, url = ''] = await collector.saw(READY);
}

async function end({ child, ended }: Running, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode === null) child.kill(signal);
  await ended;
}

async function get(address: string): Promise<unknown> {
  const response = await fetch(`${url}/api/v1/${address}`);
  expect(response.status).toBe(200);
  return response.json();
}

async function status(): Promise<Status> {
  return statusSchema.parse(await get('status'));
}

/** `hello`, from which on nothing is missed, and then the data of `trace` events as they come. */
async function* liveTraces(): AsyncGenerator<TraceSummary | 'hello'> {
  const response = await fetch(`${url}/api/v1/live`);
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (event.includes('event: trace') && data !== undefined) yield traceSummarySchema.parse(JSON.parse(data));
      if (event.includes('event: hello')) yield 'hello';
    }
  }
}

/** Waits until the stream shows the trace as ended. */
async function nextOf(stream: AsyncGenerator<TraceSummary | 'hello'>, traceId: string): Promise<void> {
  for (;;) {
    const { value, done } = await stream.next();
    if (done === true) throw new TypeError('the live stream ended');
    if (value !== 'hello' && value.traceId === traceId && !value.running) return;
  }
}

describe.skipIf(!isBuilt)('from an application to the store (needs npm run build)', { timeout: 60_000 }, () => {
  it('shows an ended span in the live list within a second', async () => {
    const client = createClient({ url, service: 'live' });
    const stream = liveTraces();
    expect((await stream.next()).value).toBe('hello');
    const delaysMs: number[] = [];
    for (let index = 0; index < 15; index++) {
      const trace = client.trace({ name: `live ${index}` });
      trace.end();
      const endedAtMs = performance.now();
      await nextOf(stream, trace.traceId);
      delaysMs.push(performance.now() - endedAtMs);
    }
    await stream.return(undefined);
    await client.shutdown();
    // The promise is one second. The median is asserted, so that a pause of the machine does not fail it.
    expect(delaysMs.sort((a, b) => a - b)[7]).toBeLessThan(1000);
  });

  it.each([
    ['returns', 'return', 0],
    ['calls process.exit(0)', 'exit', 0],
    ['throws', 'throw', 1],
  ])('stores all of 10,000 spans made in one loop by a process that %s', async (_, ending, code) => {
    const app = start(LOOP, ['10000', ending], { env: { SLIPSTREAM_URL: url } });
    expect(await app.ended).toMatchObject({ code });
    await vi.waitFor(async () => expect((await status()).store.spans).toBe(10_000), { timeout: 15_000, interval: 100 });
    const { processes, receiver, store } = await status();
    expect(processes).toMatchObject([{ started: 10_000, delivered: 10_000, open: 0, pending: 0, final: true }]);
    expect(receiver.acceptedSpans).toBe(10_000);
    expect(store.spansByInstance).toEqual({ [processes[0]?.instanceId ?? '']: 10_000 });
  });

  it('keeps a trace whole: root, spans, generation with model, tokens and cost, found by its conversation', async () => {
    const client = createClient({ url, service: 'whole' });
    const trace = client.trace({ name: 'lesson', sessionId: 'conversation-1', userId: 'u', metadata: { bot_id: 'b' } });
    const step = trace.span({ name: 'intent', input: { text: 'xin chào 👋 \ud800' } });
    step.generation({ name: 'llm', model: 'gpt-4o-mini' }).end({ usageDetails: { input: 1000, output: 100 } });
    step.end({ output: 'x'.repeat(1_000_000) });
    trace.end();
    await client.shutdown();
    const list = await vi.waitFor(async () => {
      const answer = traceListSchema.parse(await get('traces?conversation=conversation-1'));
      expect(answer.traces[0]).toMatchObject({ observationCount: 3, running: false });
      return answer;
    });
    expect(list.traces).toHaveLength(1);
    expect(list.traces[0]).toMatchObject({ name: 'lesson', userId: 'u', inputTokens: 1000, outputTokens: 100 });
    expect(list.traces[0]?.costUsd).toBeGreaterThan(0);
    expect(traceListSchema.parse(await get('traces?conversation=another')).traces).toEqual([]);
    const { observations } = traceDetailSchema.parse(await get(`traces/${trace.traceId}`));
    expect(observations.map(({ name, type }) => [name, type])).toEqual([
      ['lesson', 'span'],
      ['intent', 'span'],
      ['llm', 'generation'],
    ]);
  });

  it('loses nothing and doubles nothing when the collector is killed and started again', async () => {
    const client = createClient({ url, service: 'survivor' });
    const port = new URL(url).port;
    for (let round = 0; round < 3; round++) {
      for (let index = 0; index < 500; index++) client.trace({ name: 'work' }).end({ output: index });
      if (round > 0) await client.flush({ timeoutMs: 50 });
      await end(collector, 'SIGKILL');
      for (let index = 0; index < 500; index++) client.trace({ name: 'meanwhile' }).end({ output: index });
      await startCollector(port);
    }
    expect(await client.flush({ timeoutMs: 20_000 })).toEqual({ delivered: 3000, dropped: 0, pending: 0 });
    await client.shutdown();
    await vi.waitFor(async () => expect((await status()).store.spans).toBe(3000), { timeout: 15_000, interval: 100 });
  });
});
