import { afterEach, expect, test } from 'vitest';
import { createSlowPace } from './faults.js';
import { type Sink, startSink } from './server.js';

let sink: Sink | undefined;
afterEach(() => sink?.close());

const HEADERS = { 'content-type': 'application/json' };

function body(...ids: string[]): string {
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: ids.map((spanId) => ({ spanId })) }] }] });
}

function post(url: string, signal?: AbortSignal): Promise<Response> {
  const init = { method: 'POST', headers: HEADERS, body: body('01', '02') };
  return fetch(`${url}/v1/traces`, signal === undefined ? init : { ...init, signal });
}

test('a refusing sink takes no connection', async () => {
  sink = await startSink({ kind: 'refusing' });
  await expect(post(sink.url)).rejects.toThrow();
  expect(sink.counts().requests).toBe(0);
});

/** Whether a request is still without an answer when a later one, of another kind, has had its own. */
async function waitsLonger(url: string, answer: Promise<unknown>): Promise<boolean> {
  let isAnswered = false;
  void answer.then(
    () => (isAnswered = true),
    () => (isAnswered = true),
  );
  await fetch(`${url}/info`);
  return !isAnswered;
}

test('a hanging sink does not answer and counts nothing', async () => {
  sink = await startSink({ kind: 'hanging' });
  const patience = new AbortController();
  const answer = post(sink.url, patience.signal);
  expect(await waitsLonger(sink.url, answer)).toBe(true);
  patience.abort();
  await expect(answer).rejects.toThrow();
  expect(sink.counts().spans).toBe(0);
});

test('a sink that answers with a status counts nothing', async () => {
  sink = await startSink({ kind: 'answering', status: 503 });
  expect((await post(sink.url)).status).toBe(503);
  expect(sink.counts().spans).toBe(0);
});

test('a slow sink answers when it is done, and counts then', async () => {
  sink = await startSink({ kind: 'slow', spansPerSecond: 10 });
  const answer = post(sink.url);
  expect(await waitsLonger(sink.url, answer)).toBe(true);
  expect(sink.counts().spans).toBe(0);
  expect((await answer).status).toBe(200);
  expect(sink.counts().distinctSpans).toBe(2);
});

test('a slow backend does one request after the other, and rests when it has caught up', () => {
  const pace = createSlowPace(10);
  expect(pace(5, 0)).toBe(500);
  expect(pace(5, 100)).toBe(900);
  expect(pace(1, 5_000)).toBe(100);
});
