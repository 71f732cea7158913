import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryStore } from '../../../test/support/memory-store.js';
import { makeSpan, toProtobuf } from '../../../test/support/spans.js';
import type { Queue } from '../../queue/contract.js';
import { createSegmentQueue } from '../../queue/segment-queue.js';
import type { Destination } from '../contract.js';
import { createDeadLetters } from '../dead-letters.js';
import { createStoreDestination, type StoreDestinationSettings } from './store-destination.js';

let directory: string;
let queue: Queue;
let store: MemoryStore;
let destination: Destination;
const changed: string[] = [];
const faults: (string | undefined)[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipstream-destination-'));
  queue = await createSegmentQueue({ directory: join(directory, 'queue') });
  store = new MemoryStore();
  changed.length = 0;
  faults.length = 0;
});

afterEach(async () => {
  await destination.stop(0);
  await queue.close();
  await rm(directory, { recursive: true, force: true });
});

const deadLetterPath = () => join(directory, 'dead', 'store.ndjson');
const openDeadLetters = () => createDeadLetters({ path: deadLetterPath(), onLost: () => undefined });

async function start(settings: Partial<StoreDestinationSettings> = {}): Promise<void> {
  destination = createStoreDestination({
    queue,
    store,
    deadLetters: openDeadLetters(),
    onChanged: (traceIds) => changed.push(...traceIds),
    onFault: (reason) => faults.push(reason),
    minWriteIntervalMs: 1,
    firstRetryMs: 1,
    lastRetryMs: 4,
    ...settings,
  });
  await destination.start();
}

async function append(payload: Uint8Array): Promise<void> {
  const result = await queue.append({ tenant: 'default', contentType: 'application/x-protobuf', payload });
  expect(result.kind).toBe('ok');
}

const isDelivered = () => expect(queue.stats().backlog).toEqual({ store: 0 });

describe('the store destination', () => {
  it('delivers what is in the queue and what comes, and tells which traces changed', async () => {
    const [before, after] = [makeSpan(), makeSpan()];
    await append(toProtobuf(before));
    await start();
    await append(toProtobuf(after));
    await vi.waitFor(isDelivered);
    expect(changed).toEqual([before.traceId, after.traceId]);
    expect(await store.cursor()).toBe(2);
    expect(destination.stats()).toMatchObject({ deliveredEntries: 2, failedAttempts: 0, deadLetteredEntries: 0 });
  });

  it('starts from the cursor of the store, not from that of the queue', async () => {
    const spans = [makeSpan(), makeSpan(), makeSpan()];
    for (const span of spans) await append(toProtobuf(span));
    await (await queue.open('store')).commit(3);
    store = new MemoryStore(1);
    await start();
    await vi.waitFor(isDelivered);
    expect([...store.traces.keys()]).toEqual([spans[1]!.traceId, spans[2]!.traceId]);
  });

  it('gathers what comes close together into one write', async () => {
    await start({ minWriteIntervalMs: 200 });
    await append(toProtobuf(makeSpan()));
    await vi.waitFor(() => expect(store.batches).toHaveLength(1));
    for (let index = 0; index < 10; index++) await append(toProtobuf(makeSpan()));
    await vi.waitFor(isDelivered);
    expect(store.batches).toHaveLength(2);
    expect(store.batches[1]!.payloads).toHaveLength(10);
  });

  it('never puts more bytes into a batch than its limit, unless one entry is larger', async () => {
    const payload = toProtobuf(makeSpan({ name: 'x'.repeat(1000) }));
    for (let index = 0; index < 5; index++) await append(payload);
    await start({ maxBatchBytes: 2 * payload.byteLength });
    await vi.waitFor(isDelivered);
    expect(store.batches.map(({ payloads }) => payloads.length)).toEqual([2, 2, 1]);
  });

  it('repeats a write that fails until the store works again, and says so once each', async () => {
    let failures = 5;
    store.before = (method) => {
      if (method === 'write' && failures-- > 0) throw new TypeError('the store is away');
    };
    await append(toProtobuf(makeSpan(), makeSpan()));
    await start();
    await vi.waitFor(isDelivered);
    expect(await store.counts()).toMatchObject({ spans: 2, duplicates: 0 });
    expect(destination.stats()).toMatchObject({ failedAttempts: 5, deadLetteredEntries: 0 });
    expect(faults).toEqual(['the store is away', undefined]);
  });

  it('sets aside what cannot be decoded, with its bytes, and delivers the rest', async () => {
    const broken = Buffer.from([0x0a, 0xff]);
    await append(toProtobuf(makeSpan()));
    await append(broken);
    await append(toProtobuf(makeSpan()));
    await start();
    await vi.waitFor(isDelivered);
    expect(await store.counts()).toMatchObject({ spans: 2 });
    const [line] = (await readFile(deadLetterPath(), 'utf8')).trim().split('\n');
    expect(JSON.parse(line!)).toMatchObject({
      id: 2,
      reason: 'it cannot be decoded',
      payload: broken.toString('base64'),
    });
    expect(destination.stats()).toMatchObject({ deliveredEntries: 2, deadLetteredEntries: 1 });
  });

  it('finds the one entry that a healthy store refuses for ever, sets it aside, and goes on', async () => {
    const poison = toProtobuf(makeSpan({ name: 'poison' }));
    for (const payload of [toProtobuf(makeSpan()), poison, toProtobuf(makeSpan())]) await append(payload);
    const write = store.write.bind(store);
    store.write = async (batch) => {
      if (batch.payloads.some((payload) => Buffer.compare(payload, poison) === 0)) throw new TypeError('poison');
      return write(batch);
    };
    await start();
    await vi.waitFor(isDelivered);
    expect(await store.counts()).toMatchObject({ spans: 2 });
    expect(await store.cursor()).toBe(3);
    expect(destination.stats()).toMatchObject({ deliveredEntries: 2, deadLetteredEntries: 1 });
  });

  it('sets nothing aside while the store itself is down', async () => {
    let isDown = true;
    let attempts = 0;
    store.before = (method) => {
      if (!isDown) return;
      if (method === 'write') attempts++;
      throw new TypeError('down');
    };
    await append(toProtobuf(makeSpan()));
    await start();
    await vi.waitFor(() => expect(attempts).toBeGreaterThan(25));
    isDown = false;
    await vi.waitFor(isDelivered);
    expect(destination.stats()).toMatchObject({ deliveredEntries: 1, deadLetteredEntries: 0 });
  });

  it('delivers what the queue holds before it stops', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    store.before = () => gate;
    await append(toProtobuf(makeSpan()));
    await start();
    for (let index = 0; index < 5; index++) await append(toProtobuf(makeSpan()));
    const stopping = destination.stop(10_000);
    release();
    await stopping;
    expect(await store.counts()).toMatchObject({ spans: 6 });
  });

  it('stops at its deadline when the store hangs, and the next start delivers', async () => {
    store.before = () => new Promise(() => undefined);
    await append(toProtobuf(makeSpan()));
    await start();
    await destination.stop(10);
    store = new MemoryStore();
    await start();
    await vi.waitFor(isDelivered);
    expect(await store.counts()).toMatchObject({ spans: 1 });
  });

  it('leaves the place to the queue where the store keeps none', async () => {
    const keepsNone = new MemoryStore();
    store = Object.assign(keepsNone, { cursor: async () => undefined });
    await append(toProtobuf(makeSpan()));
    await start();
    await vi.waitFor(isDelivered);
    expect(store.batches.map(({ cursor }) => cursor)).toEqual([undefined]);
    await destination.stop(1000);
    await append(toProtobuf(makeSpan()));
    await start();
    await vi.waitFor(isDelivered);
    expect(store.batches.map(({ payloads }) => payloads.length)).toEqual([1, 1]);
  });

  it('shows the fault that it meets, and none when it is over', async () => {
    let isAway = true;
    store.before = (method) => {
      if (method === 'write' && isAway) throw new TypeError('away');
    };
    await append(toProtobuf(makeSpan()));
    await start();
    await vi.waitFor(() => expect(destination.stats().fault).toBe('away'));
    isAway = false;
    await vi.waitFor(() => expect(destination.stats().fault).toBeUndefined());
  });

  it('tells of a fault that comes and goes no more than once a minute', async () => {
    let isAway = false;
    store.before = (method) => {
      if (method === 'write' && isAway) throw new TypeError('away');
    };
    await start();
    for (let round = 0; round < 3; round++) {
      isAway = true;
      await append(toProtobuf(makeSpan()));
      await vi.waitFor(() => expect(destination.stats().fault).toBe('away'));
      isAway = false;
      await vi.waitFor(isDelivered);
    }
    expect(faults).toEqual(['away', undefined]);
  });

  it('delivers nothing past a letter that cannot be buried', async () => {
    let isDiskFull = true;
    const letters = openDeadLetters();
    const add = letters.add.bind(letters);
    letters.add = async (list) => {
      if (isDiskFull) throw new TypeError('ENOSPC');
      await add(list);
    };
    await append(Buffer.from([0x0a, 0xff]));
    await append(toProtobuf(makeSpan()));
    await start({ deadLetters: letters });
    await vi.waitFor(() => expect(destination.stats().fault).toContain('dead letters cannot be written: ENOSPC'));
    expect(queue.stats().backlog).toEqual({ store: 2 });
    isDiskFull = false;
    await vi.waitFor(isDelivered);
    expect(await destination.deadLetters()).toMatchObject({ entries: 1, reasons: { 'it cannot be decoded': 1 } });
  });

  it('replays what the store takes now, and leaves its cursor alone', async () => {
    const poison = toProtobuf(makeSpan({ name: 'poison' }));
    const write = store.write.bind(store);
    let isPoisonous = true;
    store.write = async (batch) => {
      if (isPoisonous && batch.payloads.some((payload) => Buffer.compare(payload, poison) === 0)) {
        throw new TypeError('poison');
      }
      return write(batch);
    };
    for (const payload of [poison, Buffer.from([0x0a, 0xff]), toProtobuf(makeSpan())]) await append(payload);
    await start();
    await vi.waitFor(isDelivered);
    const { signal } = new AbortController();
    expect(await destination.replay({ maxEntries: 10, signal })).toEqual({ delivered: 0, failed: 2, remaining: 2 });
    isPoisonous = false;
    expect(await destination.replay({ maxEntries: 10, signal })).toEqual({ delivered: 1, failed: 1, remaining: 1 });
    expect(await store.counts()).toMatchObject({ spans: 2 });
    expect(await store.cursor()).toBe(3);
    store.before = () => {
      throw new TypeError('away');
    };
    expect(await destination.replay({ maxEntries: 10, signal })).toEqual({ delivered: 0, failed: 0, remaining: 1 });
  });

  it('stops twice, and before it starts', async () => {
    destination = createStoreDestination({
      queue,
      store,
      deadLetters: openDeadLetters(),
      onChanged: () => undefined,
      onFault: () => undefined,
    });
    await destination.stop(10);
    await destination.stop(10);
  });
});
