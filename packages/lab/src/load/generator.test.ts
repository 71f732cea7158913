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
