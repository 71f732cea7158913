import { describe, expect, test } from 'vitest';
import { createApiClient } from './client.js';
import { ApiFailure, isRetryable } from './errors.js';

/** A client whose requests are answered by the test; it keeps the addresses. */
function clientFor(answer: () => Response | Promise<Response>) {
  const urls: string[] = [];
  const client = createApiClient('/api/v1', async (url) => {
    urls.push(String(url));
    return answer();
  });
  return { client, urls };
}

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });
const list = { traces: [], nextCursor: null, elapsedMs: 1 };

async function failureOf(promise: Promise<unknown>): Promise<ApiFailure> {
  const error = await promise.catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ApiFailure);
  return error as ApiFailure;
}

describe('the API client', () => {
  test('asks with every condition of the filter, lists repeated', async () => {
    const { client, urls } = clientFor(() => json(list));
    await client.listTraces({ user: 'a&b', metadata: ['k:1', 'k:2'], fromUs: 5 }, { limit: 9, cursor: 'c/d' });
    expect(urls).toEqual(['/api/v1/traces?user=a%26b&metadata=k%3A1&metadata=k%3A2&fromUs=5&limit=9&cursor=c%2Fd']);
    expect(client.liveUrl({})).toBe('/api/v1/live');
    expect(client.liveUrl({ name: 'n' })).toBe('/api/v1/live?name=n');
  });

  test('ids cannot change the path', async () => {
    const { client, urls } = clientFor(() => json({}, 404));
    await failureOf(client.trace('../status?x=1'));
    await failureOf(client.observation('a/b', 'c#d', true));
    expect(urls).toEqual(['/api/v1/traces/..%2Fstatus%3Fx%3D1', '/api/v1/traces/a%2Fb/observations/c%23d?full=1']);
  });

  test('an answer that query-api does not describe is refused', async () => {
    const { client } = clientFor(() => json({ traces: [{ traceId: 5 }], nextCursor: null, elapsedMs: 1 }));
    expect((await failureOf(client.listTraces({}, { limit: 1 }))).code).toBe('invalid_response');
  });

  test("the collector's own errors keep their code and message", async () => {
    const { client } = clientFor(() => json({ error: { code: 'bad_filter', message: 'Say less.' } }, 400));
    const failure = await failureOf(client.facets());
    expect(failure).toMatchObject({ code: 'bad_filter', status: 400, message: 'Say less.' });
    expect(isRetryable(failure)).toBe(false);
  });

  test('no answer, and an answer that is no JSON, are failures worth another try', async () => {
    const silent = await failureOf(clientFor(() => Promise.reject(new TypeError('refused'))).client.status());
    const broken = await failureOf(clientFor(() => new Response('<html>', { status: 502 })).client.status());
    expect([silent.code, broken.code]).toEqual(['network', 'http']);
    expect([isRetryable(silent), isRetryable(broken)]).toEqual([true, true]);
    expect(isRetryable(new Error('other'))).toBe(false);
  });
});
