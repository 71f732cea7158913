/** A collector that is killed while it forwards: everything that it acknowledged reaches the backend. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFaultyServer } from '@slipstream/testkit';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type BundledCollector, bundleCollector } from './support/bundle-collector.js';
import { startProcess } from './support/collector-process.js';
import { send } from './support/http-client.js';
import { makeSpan, PROTOBUF, toProtobuf } from './support/spans.js';

let bundle: BundledCollector;
let dataDirectory: string;

beforeAll(async () => {
  bundle = await bundleCollector();
  dataDirectory = await mkdtemp(join(tmpdir(), 'slipstream-forward-crash-'));
});

afterAll(async () => {
  await bundle.remove();
  await rm(dataDirectory, { recursive: true, force: true });
});

it('is delivered at least once after each kill, whatever the backend did meanwhile', async () => {
  const faults = ['reset', 'hang', 'garbage'] as const;
  const sink = await createFaultyServer({
    script: Array.from({ length: 6 }, (_, index) =>
      index % 2 === 0 ? { kind: faults[(index / 2) % 3] ?? 'reset' } : { kind: 'status', status: 503 },
    ),
  });
  const environment = {
    SLIPSTREAM_COLLECTOR_DATA_DIR: dataDirectory,
    SLIPSTREAM_COLLECTOR_GRPC_PORT: 'off',
    SLIPSTREAM_FORWARD: 'backend',
    SLIPSTREAM_FORWARD_BACKEND_URL: sink.url,
    SLIPSTREAM_FORWARD_BACKEND_TIMEOUT_MS: '100',
  };
  const acknowledged = new Set<string>();
  const post = async (url: string) => {
    const span = makeSpan();
    const answer = await send(`${url}/v1/traces`, { body: toProtobuf(span), headers: PROTOBUF });
    if (answer.status === 200) acknowledged.add(span.spanId);
  };
  for (let round = 0; round < 2; round++) {
    const collector = await startProcess(bundle.mainPath, environment);
    await Promise.all(Array.from({ length: 20 }, () => post(collector.url)));
    const { requests } = sink.stats();
    await vi.waitFor(() => expect(sink.stats().requests).toBeGreaterThan(requests), { timeout: 10_000 });
    await collector.end('SIGKILL');
  }
  const last = await startProcess(bundle.mainPath, environment);
  await vi.waitFor(
    async () => {
      const { text } = await send(`${last.url}/metrics`);
      expect(text).toContain('slipstream_queue_backlog_entries{destination="backend"} 0\n');
    },
    { timeout: 60_000, interval: 200 },
  );
  expect(acknowledged.size).toBe(40);
  const arrived = new Set(sink.spans().map(({ spanId }) => spanId));
  expect([...acknowledged].filter((id) => !arrived.has(id))).toEqual([]);
  await last.end('SIGTERM');
  await sink.close();
}, 90_000);
