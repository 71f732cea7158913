import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EventListener, listenTo, send } from '../../test/support/http-client.js';
import { MemoryStore } from '../../test/support/memory-store.js';
import { makeRunningSpan, makeSpan, PROTOBUF, toProtobuf } from '../../test/support/spans.js';
import { startCollector, type TestCollector } from '../../test/support/start-collector.js';
import { createLiveHub, type LiveClient, type LiveHub } from './hub.js';

describe('GET /api/v1/live', () => {
  let collector: TestCollector;
  const listeners: EventListener[] = [];

  beforeEach(async () => {
    collector = await startCollector();
  });

  afterEach(async () => {
    for (const listener of listeners.splice(0)) listener.close();
    await collector.destroy();
  });

  async function listen(query = ''): Promise<EventListener> {
    const listener = await listenTo(`${collector.url}/api/v1/live${query}`);
    listeners.push(listener);
    return listener;
  }

  const post = (body: Buffer) => send(`${collector.url}/v1/traces`, { body, headers: PROTOBUF });

  it('greets, with the headers of a stream and of safety', async () => {
    const listener = await listen();
    expect(listener.status).toBe(200);
    expect(listener.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(listener.headers['cache-control']).toBe('no-store');
    expect(listener.headers['x-content-type-options']).toBe('nosniff');
    await vi.waitFor(() => expect(listener.events).toEqual([{ event: 'hello', data: {} }]));
  });

  it('tells of a new trace, and again when it changes', async () => {
    const listener = await listen();
    const running = makeRunningSpan({ name: 'lesson' });
    await post(toProtobuf(running));
    await vi.waitFor(() =>
      expect(listener.events.at(-1)).toMatchObject({
        event: 'trace',
        data: { traceId: running.traceId, running: true },
      }),
    );
    await post(toProtobuf(makeSpan({ traceId: running.traceId, spanId: running.spanId, name: 'lesson' })));
    await vi.waitFor(() =>
      expect(listener.events.at(-1)).toMatchObject({
        event: 'trace',
        data: { traceId: running.traceId, running: false },
      }),
    );
  });

  it('tells only of traces that match the filter', async () => {
    const [all, some] = await Promise.all([listen(), listen('?name=wanted')]);
    await post(toProtobuf(makeSpan({ name: 'other' }), makeSpan({ name: 'wanted' })));
    const names = ({ events }: EventListener) =>
      events.filter(({ event }) => event === 'trace').map(({ data }) => (data as { name: string }).name);
    await vi.waitFor(() => expect(names(all).sort()).toEqual(['other', 'wanted']));
    await vi.waitFor(() => expect(names(some)).toEqual(['wanted']));
  });

  it('answers 400 to a filter that is none', async () => {
    const response = await send(`${collector.url}/api/v1/live?level=LOUD`);
    expect(response.status).toBe(400);
    expect(response.json()).toMatchObject({ error: { code: 'invalid_filter' } });
  });

  it('takes a hundred listeners and answers 503 to the next', async () => {
    await Promise.all(Array.from({ length: 100 }, () => listen()));
    const refused = await send(`${collector.url}/api/v1/live`);
    expect(refused.status).toBe(503);
    expect(refused.json()).toMatchObject({ error: { code: 'too_many_listeners' } });
    listeners.pop()!.close();
    await vi.waitFor(async () => {
      const listener = await listen();
      expect(listener.status).toBe(200);
    });
  });

  it('ends its streams when the collector closes', async () => {
    const listener = await listen();
    await collector.close();
    await vi.waitFor(() => expect(listener.isEnded()).toBe(true));
  });
});

describe('the live hub', () => {
  let store: MemoryStore;
  let hub: LiveHub;

  beforeEach(async () => {
    store = new MemoryStore();
  });

  afterEach(async () => {
    await hub.close();
  });

  function makeClient(takes: (event: string) => boolean = () => true) {
    const sent: string[] = [];
    let isEnded = false;
    const client: LiveClient = {
      send(event) {
        sent.push(event);
        return takes(event);
      },
      end() {
        isEnded = true;
      },
    };
    return { client, sent, isEnded: () => isEnded };
  }

  async function putTraces(count: number): Promise<string[]> {
    const spans = Array.from({ length: count }, () => makeSpan());
    await store.write({ payloads: [toProtobuf(...spans)], cursor: 1 });
    return spans.map(({ traceId }) => traceId);
  }

  it('tells changes of one moment together, once a trace', async () => {
    hub = createLiveHub({ store, coalesceMs: 5 });
    const { client, sent } = makeClient();
    hub.subscribe({}, client);
    const [first, second] = await putTraces(2);
    for (let index = 0; index < 10; index++) hub.changed([first!, second!]);
    await vi.waitFor(() => expect(sent).toEqual(['hello', 'trace', 'trace']));
  });

  it('asks once for all who share a filter, and for at most 500 traces a call', async () => {
    const calls: number[] = [];
    hub = createLiveHub({
      store: {
        summaries: async (ids) => {
          calls.push(ids.length);
          return [];
        },
      },
      coalesceMs: 1,
    });
    for (let index = 0; index < 3; index++) hub.subscribe({ name: 'x' }, makeClient().client);
    hub.changed(Array.from({ length: 501 }, (_, index) => `trace ${index}`));
    await vi.waitFor(() => expect(calls).toEqual([500, 1]));
  });

  it('keeps a bounded number of changes and counts the rest', async () => {
    hub = createLiveHub({ store, coalesceMs: 60_000 });
    hub.subscribe({}, makeClient().client);
    hub.changed(Array.from({ length: 2000 }, (_, index) => `trace ${index}`));
    expect(hub.stats().skippedTraces).toBe(0);
    hub.changed(['trace 0', 'one more']);
    expect(hub.stats().skippedTraces).toBe(1);
  });

  it('asks the store nothing while nobody listens', async () => {
    let calls = 0;
    store.before = () => {
      calls++;
    };
    hub = createLiveHub({ store, coalesceMs: 1 });
    hub.changed(['a']);
    const unsubscribe = hub.subscribe({}, makeClient().client);
    hub.changed(['a']);
    unsubscribe?.();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(calls).toBe(0);
  });

  it('cuts off a client that takes no more, and counts it', async () => {
    hub = createLiveHub({ store, coalesceMs: 1 });
    const slow = makeClient((event) => event !== 'trace');
    const quick = makeClient();
    hub.subscribe({}, slow.client);
    hub.subscribe({}, quick.client);
    hub.changed(await putTraces(3));
    await vi.waitFor(() => expect(quick.sent.filter((event) => event === 'trace')).toHaveLength(3));
    expect(slow.isEnded()).toBe(true);
    expect(slow.sent).toEqual(['hello', 'trace']);
    expect(hub.stats()).toMatchObject({ subscribers: 1, slowClients: 1 });
  });

  it('bears a store that fails, and tells the next change', async () => {
    hub = createLiveHub({ store, coalesceMs: 1 });
    const { client, sent } = makeClient();
    hub.subscribe({}, client);
    const ids = await putTraces(1);
    let failures = 1;
    store.before = () => {
      if (failures-- > 0) throw new TypeError('away');
    };
    hub.changed(ids);
    await vi.waitFor(() => expect(hub.stats().skippedTraces).toBe(1));
    hub.changed(ids);
    await vi.waitFor(() => expect(sent).toEqual(['hello', 'trace']));
  });

  it('pings', async () => {
    hub = createLiveHub({ store, pingIntervalMs: 5 });
    const { client, sent } = makeClient();
    hub.subscribe({}, client);
    await vi.waitFor(() => expect(sent.slice(0, 3)).toEqual(['hello', 'ping', 'ping']));
  });

  it('ends its clients and takes none any more when it closes, twice too', async () => {
    hub = createLiveHub({ store });
    const { client, isEnded } = makeClient();
    hub.subscribe({}, client);
    await hub.close();
    await hub.close();
    expect(isEnded()).toBe(true);
    expect(hub.subscribe({}, makeClient().client)).toBeUndefined();
  });
});
