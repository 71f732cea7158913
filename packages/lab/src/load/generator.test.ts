import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createLoadGenerator } from './generator.js';
import type { LoadTask } from './protocol.js';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(answer: (response: ServerResponse) => void): Promise<LoadTask> {
  const own = createServer((_request, response) => answer(response));
  server = own;
  await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve));
  const { port } = own.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, requestsPerSecond: 100, connections: 2, warmupMs: 0, durationMs: 0 };
}

test('it makes the planned number of requests', async () => {
  let served = 0;
  const task = await serve((response) => {
    served++;
    response.end('ok');
  });
  const generator = createLoadGenerator(task);
  const result = await generator.run(200);
  generator.close();
  expect(result).toMatchObject({ requests: 20, errors: 0 });
  expect(served).toBe(20);
});

test('waiting for a busy server counts, from the time the request was planned', async () => {
  // 20 requests in 200 ms over 2 connections that each need 50 ms: the last waits for about 9 others.
  const task = await serve((response) => void setTimeout(() => response.end('ok'), 50));
  const generator = createLoadGenerator(task);
  const result = await generator.run(200);
  generator.close();
  expect(result.maxMs).toBeGreaterThan(200);
  expect(result.maxMs).toBeGreaterThan(result.p50Ms);
});

test('answers that are not 200 are errors', async () => {
  const task = await serve((response) => response.writeHead(500).end());
  const generator = createLoadGenerator(task);
  const result = await generator.run(50);
  generator.close();
  expect(result).toMatchObject({ requests: 5, errors: 5 });
});

test('each request is kept, by the wall clock and as planned, only where that is asked for', async () => {
  const task = await serve((response) => void response.end('ok'));
  const before = Date.now();
  const generator = createLoadGenerator({ ...task, keepsRequests: true });
  const { seen = [] } = await generator.run(200);
  generator.close();
  const times = seen.map(({ atUnixMs }) => atUnixMs).toSorted((left, right) => left - right);
  expect(times).toHaveLength(20);
  expect(times[19]).toBeCloseTo((times[0] as number) + 190, 0);
  // A clock that was set in between is not what is tested.
  expect(Math.abs((times[0] as number) - before)).toBeLessThan(60_000);
  const plain = createLoadGenerator(task);
  expect(await plain.run(50)).not.toHaveProperty('seen');
  plain.close();
});
