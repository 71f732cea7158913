import { createFaultyServer, type FaultyServer } from '@slipstream/testkit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { send } from '../../test/support/http-client.js';
import { makeSpan, PROTOBUF, toProtobuf } from '../../test/support/spans.js';
import { startCollector, type TestCollector } from '../../test/support/start-collector.js';

let collector: TestCollector;
let sink: FaultyServer;

afterEach(async () => {
  await collector.destroy();
  await sink.close();
});

async function start(): Promise<void> {
  sink = await createFaultyServer();
  collector = await startCollector({
    closeTimeoutMs: 1000,
    forwards: [{ name: 'backend', kind: 'otlp', url: `${sink.url.replace('//', '//user:s3cret@')}?key=s3cret` }],
  });
}

const post = () => send(`${collector.url}/v1/traces`, { body: toProtobuf(makeSpan()), headers: PROTOBUF });
const destinations = async () => (await send(`${collector.url}/api/v1/destinations`)).json();

function replay(name: string, body?: unknown) {
  return send(`${collector.url}/api/v1/destinations/${name}/replay`, {
    method: 'POST',
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
}

describe('the destinations of a collector', () => {
  it('are listed with how they do, and without what is secret', async () => {
    await start();
    await post();
    await vi.waitFor(async () => {
      expect(await destinations()).toEqual({
        destinations: [
          expect.objectContaining({ name: 'store', kind: 'store', target: 'duckdb', deliveredEntries: 1 }),
          {
            name: 'backend',
            kind: 'otlp',
            target: sink.url,
            backlogEntries: 0,
            deliveredEntries: 1,
            deliveredSpans: 1,
            failedAttempts: 0,
            rejectedSpans: 0,
            sampledOutSpans: 0,
            fault: null,
            deadLetters: { entries: 0, bytes: 0, oldestMs: null, reasons: {} },
          },
        ],
      });
    });
    const { text } = await send(`${collector.url}/metrics`);
    expect(text).toContain('slipstream_destination_spans_total{destination="backend",outcome="delivered"} 1\n');
    expect(text).toContain('slipstream_destination_up{destination="backend"} 1\n');
    expect(text + JSON.stringify(await destinations()) + collector.lines.join()).not.toContain('s3cret');
  });

  it('try their dead letters again when they are asked to', async () => {
    await start();
    sink.enqueue({ kind: 'status', status: 500, message: 'no' });
    await post();
    await vi.waitFor(async () => {
      expect(await destinations()).toMatchObject({
        destinations: [{}, { fault: 'HTTP 500: no', deadLetters: { entries: 1, reasons: { 'HTTP 500: no': 1 } } }],
      });
    });
    const answer = await replay('backend', { maxEntries: 5 });
    expect([answer.status, answer.json()]).toEqual([200, { delivered: 1, failed: 0, remaining: 0 }]);
    expect((await replay('store')).json()).toEqual({ delivered: 0, failed: 0, remaining: 0 });
    expect(sink.uniqueSpanCount()).toBe(1);
  });

  it('are replayed by one at a time', async () => {
    await start();
    sink.enqueue({ kind: 'status', status: 500 }, { kind: 'delay', delayMs: 200 });
    await post();
    await vi.waitFor(async () => {
      expect(await destinations()).toMatchObject({ destinations: [{}, { deadLetters: { entries: 1 } }] });
    });
    const first = replay('backend');
    await vi.waitFor(() => expect(sink.stats().requests).toBe(2));
    const second = await replay('backend');
    expect([second.status, second.json()]).toEqual([
      409,
      { error: { code: 'replay_running', message: expect.stringContaining('under way') } },
    ]);
    expect((await first).json()).toMatchObject({ delivered: 1 });
    expect((await replay('backend')).status).toBe(200);
  });

  it('are not there under other names, and take no other numbers', async () => {
    await start();
    const unknown = await replay('nobody');
    expect([unknown.status, unknown.json()]).toMatchObject([404, { error: { code: 'destination_not_found' } }]);
    expect((await replay('__proto__')).status).toBe(404);
    for (const maxEntries of [0, 100_001, 1.5, 'all']) {
      const wrong = await replay('backend', { maxEntries });
      expect([wrong.status, wrong.json()]).toMatchObject([400, { error: { code: 'invalid_request' } }]);
    }
    expect((await replay('backend', { maxEntries: 100_000 })).status).toBe(200);
  });
});
