import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { send } from '../test/support/http-client.js';
import { MemoryStore } from '../test/support/memory-store.js';
import { makeSpan, PROTOBUF, toProtobuf } from '../test/support/spans.js';
import { startCollector } from '../test/support/start-collector.js';
import { COLLECTOR_VERSION } from './version.js';

let dataDirectory: string;

beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'slipstream-collector-'));
});

afterEach(async () => {
  await rm(dataDirectory, { recursive: true, force: true });
});

describe('a collector', () => {
  it('says that it is alive and ready', async () => {
    const collector = await startCollector();
    expect((await send(`${collector.url}/health`)).json()).toEqual({ status: 'ok' });
    const ready = await send(`${collector.url}/ready`);
    expect([ready.status, ready.json()]).toEqual([200, { ready: true, queue: 'ok', store: 'ok', warnings: [] }]);
    await collector.destroy();
  });

  it('is not ready while its store is unhealthy, and still alive', async () => {
    const collector = await startCollector();
    collector.store.before = () => {
      throw new TypeError('away');
    };
    const ready = await send(`${collector.url}/ready`);
    expect([ready.status, ready.json()]).toEqual([
      503,
      { ready: false, queue: 'ok', store: 'unavailable', warnings: [] },
    ]);
    expect((await send(`${collector.url}/health`)).status).toBe(200);
    await collector.destroy();
  });

  it('is not ready while its queue is full', async () => {
    const store = new MemoryStore();
    store.before = (method) => (method === 'write' ? new Promise(() => undefined) : undefined);
    const body = toProtobuf(makeSpan());
    const collector = await startCollector({ maxQueueBytes: body.byteLength + 100, closeTimeoutMs: 10 }, store);
    for (let index = 0; index < 2; index++) {
      await send(`${collector.url}/v1/traces`, {
        body: toProtobuf(makeSpan({ name: 'x'.repeat(60) })),
        headers: PROTOBUF,
      });
    }
    const ready = await send(`${collector.url}/ready`);
    expect([ready.status, ready.json()]).toEqual([
      503,
      { ready: false, queue: 'queue_full', store: 'ok', warnings: [] },
    ]);
    await collector.destroy();
  });

  it('shows its figures to Prometheus, and those of the rest while the store is away', async () => {
    const collector = await startCollector();
    await send(`${collector.url}/v1/traces`, { body: toProtobuf(makeSpan()), headers: PROTOBUF });
    await send(`${collector.url}/v1/traces`, { body: 'x', headers: PROTOBUF });
    await vi.waitFor(async () => {
      const { text } = await send(`${collector.url}/metrics`);
      expect(text).toContain('slipstream_receiver_spans_total{outcome="accepted"} 1\n');
      expect(text).toContain('slipstream_receiver_refused_requests_total{status="400"} 1\n');
      expect(text).toContain('slipstream_queue_backlog_entries{destination="store"} 0\n');
      expect(text).toContain('slipstream_queue_commit_seconds_count 1\n');
      expect(text).toContain('slipstream_destination_delivered_entries_total{destination="store"} 1\n');
      expect(text).toContain('slipstream_store_spans 1\n');
    });
    collector.store.before = () => {
      throw new TypeError('away');
    };
    const { text, headers } = await send(`${collector.url}/metrics`);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toContain('slipstream_store_up 0\n');
    expect(text).toContain('slipstream_receiver_requests_total 2\n');
    await collector.destroy();
  });

  it('finishes the request under way and delivers the queue before it closes, once', async () => {
    const store = new MemoryStore();
    const collector = await startCollector({ dataDirectory }, store);
    const answers = Array.from({ length: 20 }, () =>
      send(`${collector.url}/v1/traces`, { body: toProtobuf(makeSpan()), headers: PROTOBUF }),
    );
    await Promise.all(answers);
    await Promise.all([collector.close(), collector.close()]);
    expect(store.isClosed).toBe(true);
    expect(store.traces.size).toBe(20);
  });

  it('closes at its deadline when the store hangs; the next one delivers what is left', async () => {
    const hanging = new MemoryStore();
    hanging.before = (method) => (method === 'write' ? new Promise(() => undefined) : undefined);
    const first = await startCollector({ dataDirectory, closeTimeoutMs: 50 }, hanging);
    const body = toProtobuf(makeSpan());
    expect((await send(`${first.url}/v1/traces`, { body, headers: PROTOBUF })).status).toBe(200);
    await first.close();
    const second = await startCollector({ dataDirectory });
    await vi.waitFor(() => expect(second.store.traces.size).toBe(1));
    await second.close();
  });

  it('says when spans cannot be delivered, and when they can again', async () => {
    const collector = await startCollector();
    let isAway = true;
    collector.store.before = (method) => {
      if (isAway && method === 'write') throw new TypeError('away');
    };
    await send(`${collector.url}/v1/traces`, { body: toProtobuf(makeSpan()), headers: PROTOBUF });
    await vi.waitFor(() => expect(collector.lines).toHaveLength(1));
    isAway = false;
    await vi.waitFor(() => expect(collector.lines).toHaveLength(2));
    expect(collector.lines[0]).toContain('cannot be delivered to the store: away');
    expect(collector.lines[1]).toContain('over: ');
    await collector.destroy();
  });

  it('has the version of its package', async () => {
    const path = fileURLToPath(new URL('../package.json', import.meta.url));
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ version: COLLECTOR_VERSION });
  });
});

describe('a collector that cannot start', () => {
  it('names the port that is taken, and leaves nothing open', async () => {
    const holder = createServer();
    const port = await new Promise<number>((resolve) => {
      holder.listen(0, '127.0.0.1', () => resolve((holder.address() as { port: number }).port));
    });
    const store = new MemoryStore();
    await expect(startCollector({ dataDirectory, port }, store)).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringContaining(String(port)),
    });
    expect(store.isClosed).toBe(true);
    holder.close();
    await (await startCollector({ dataDirectory })).close();
  });

  it('names the process that uses the data directory', async () => {
    const first = await startCollector({ dataDirectory });
    await expect(startCollector({ dataDirectory })).rejects.toMatchObject({
      code: 'DATA_DIRECTORY_LOCKED',
      message: expect.stringContaining(String(process.pid)),
    });
    await first.close();
  });

  it('says why the data directory cannot be used', async () => {
    const path = join(dataDirectory, 'a file');
    await writeFile(path, '');
    await expect(startCollector({ dataDirectory: path })).rejects.toMatchObject({ code: 'DATA_DIRECTORY_UNUSABLE' });
  });

  it('refuses wrong settings, all at once', async () => {
    await expect(startCollector({ dataDirectory, host: '0.0.0.0', port: -1 })).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      problems: [expect.stringContaining('port'), expect.stringContaining('token')],
    });
  });

  it('says which address it cannot listen on', async () => {
    const settings = { dataDirectory, host: '192.0.2.1', token: 'a-token-of-some-length' };
    await expect(startCollector(settings)).rejects.toMatchObject({ code: 'ADDRESS_UNAVAILABLE' });
  });
});
