import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Observation } from '@slipstream/wire';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ClientResponse, send } from '../../../test/support/http-client.js';
import type { MemoryStore } from '../../../test/support/memory-store.js';
import { makeSpan, PROTOBUF, toProtobuf } from '../../../test/support/spans.js';
import { startCollector, type TestCollector } from '../../../test/support/start-collector.js';
import { decodeScores, holdsScores } from '../../scores/payload.js';
import type { CollectorSettings } from '../../settings.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const START = '2026-01-01T00:00:00.000Z';
const JSON_TYPE = { 'content-type': 'application/json' };

let collector: TestCollector;

beforeEach(async () => {
  collector = await startCollector();
});

afterEach(() => collector.destroy());

async function restart(settings: Partial<CollectorSettings>, store?: MemoryStore): Promise<void> {
  await collector.destroy();
  collector = await startCollector(settings, store);
}

/** The same data and store in a new process, as far as the receiver can tell. */
async function reopen(): Promise<void> {
  const { store, dataDirectory } = collector;
  await collector.close();
  store.isClosed = false;
  collector = await startCollector({ dataDirectory }, store);
}

interface TestEvent {
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly body: object;
}

/** An event so many milliseconds after the start. */
function event(type: string, body: object, atMs = 0): TestEvent {
  return { id: randomUUID(), type, timestamp: new Date(Date.parse(START) + atMs).toISOString(), body };
}

function post(body: unknown, headers: Record<string, string> = {}): Promise<ClientResponse> {
  const bytes = Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body);
  return send(`${collector.url}/api/public/ingestion`, { body: bytes, headers: { ...JSON_TYPE, ...headers } });
}

interface Answer {
  readonly successes: readonly { id: string; status: number }[];
  readonly errors: readonly { id: string; status: number; message: string }[];
}

/** Sends a batch that is taken as a whole. */
async function take(...batch: TestEvent[]): Promise<void> {
  const response = await post({ batch });
  expect([response.status, response.json()]).toEqual([
    207,
    { successes: batch.map(({ id }) => ({ id, status: 201 })), errors: [] },
  ]);
}

/** Whatever the queue holds is in the store. */
const settled = () =>
  vi.waitFor(async () => {
    const { queue } = await collector.status();
    expect(queue.backlog.store ?? 0).toBe(0);
  });

/** The observations of a trace as they are stored, by name. */
async function stored(traceId = TRACE): Promise<Map<string, Observation>> {
  await settled();
  const rows = collector.store.traces.get(traceId)?.values() ?? [];
  return new Map([...rows].map(({ observation }) => [observation.name, observation]));
}

async function only(traceId = TRACE): Promise<Observation> {
  const all = [...(await stored(traceId)).values()];
  expect(all).toHaveLength(1);
  return all[0]!;
}

const startNs = BigInt(Date.parse(START)) * 1_000_000n;
const afterMs = (ms: number) => startNs + BigInt(ms) * 1_000_000n;

describe('the Langfuse receiver', () => {
  it('makes one observation of a create and the update that ends it, in one batch', async () => {
    await take(
      event(
        'generation-create',
        {
          id: SPAN,
          traceId: TRACE,
          name: 'llm',
          startTime: '2026-01-01T00:00:00.123456Z',
          model: 'gpt-4o',
          modelParameters: { temperature: 0.5, stop: ['a'] },
          input: [{ role: 'user', content: 'chào' }],
          metadata: { a: 'x', b: { c: 1 } },
          promptName: 'p',
          promptVersion: 3,
          environment: 'test',
          version: 'v1',
        },
        0,
      ),
      event(
        'generation-update',
        {
          id: SPAN,
          traceId: TRACE,
          endTime: '2026-01-01T00:00:02.000Z',
          completionStartTime: '2026-01-01T00:00:01.000Z',
          output: { role: 'assistant', content: 'hi' },
          usage: { input: 10, output: 5, unit: 'TOKENS', inputCost: 0.1, outputCost: 0.2 },
          level: 'WARNING',
          statusMessage: 'slow',
        },
        2000,
      ),
    );
    expect(await only()).toMatchObject({
      traceId: TRACE,
      spanId: SPAN,
      type: 'generation',
      name: 'llm',
      startTimeUnixNano: startNs + 123_456_000n,
      endTimeUnixNano: afterMs(2000),
      completionStartTimeUnixNano: afterMs(1000),
      input: '[{"role":"user","content":"chào"}]',
      output: '{"role":"assistant","content":"hi"}',
      model: 'gpt-4o',
      modelParameters: '{"temperature":0.5,"stop":["a"]}',
      metadata: new Map([
        ['a', 'x'],
        ['b', '{"c":1}'],
      ]),
      usageDetails: new Map([
        ['input', 10],
        ['output', 5],
        ['total', 15],
      ]),
      promptName: 'p',
      promptVersion: '3',
      environment: 'test',
      version: 'v1',
      level: 'WARNING',
      statusMessage: 'slow',
      revision: Date.parse(START) + 2000,
    });
    expect((await only()).costDetails.get('total')).toBeCloseTo(0.3);
    expect(collector.store.batches).toHaveLength(1);
    expect((await collector.status()).receiver).toMatchObject({ requests: 1, acceptedSpans: 1, acceptedStarts: 0 });
  });

  it.each([
    ['span-create', 'span'],
    ['generation-create', 'generation'],
    ['event-create', 'event'],
    ['agent-create', 'agent'],
    ['tool-create', 'tool'],
    ['chain-create', 'chain'],
    ['retriever-create', 'retriever'],
    ['evaluator-create', 'evaluator'],
    ['embedding-create', 'embedding'],
    ['guardrail-create', 'guardrail'],
  ])('makes of %s an observation of its type, which an update does not change', async (type, expected) => {
    await take(
      event(type, { id: SPAN, traceId: TRACE, name: 'n' }, 5),
      event('span-update', { id: SPAN, traceId: TRACE, endTime: START }, 10),
    );
    expect(await only()).toMatchObject({ type: expected, startTimeUnixNano: expect.any(BigInt) });
  });

  it('takes the older observation-create and observation-update', async () => {
    await take(
      event('observation-create', { id: SPAN, traceId: TRACE, type: 'GENERATION', name: 'n', startTime: START }),
      event('observation-update', { id: SPAN, traceId: TRACE, type: 'GENERATION', endTime: START, model: 'm' }, 1),
    );
    expect(await only()).toMatchObject({ type: 'generation', model: 'm', endTimeUnixNano: startNs });
  });

  it('shows an observation as running until its end comes in a later batch, and takes what comes after that', async () => {
    await take(event('span-create', { id: SPAN, traceId: TRACE, name: 'n', startTime: START, input: 'i' }));
    expect(await only()).toMatchObject({ endTimeUnixNano: undefined, input: 'i' });
    await take(event('span-update', { id: SPAN, traceId: TRACE, endTime: START, output: 'o' }, 10));
    expect(await only()).toMatchObject({ endTimeUnixNano: startNs, input: 'i', output: 'o' });
    await take(event('span-update', { id: SPAN, traceId: TRACE, metadata: { late: true } }, 20));
    const last = await only();
    expect(last).toMatchObject({ endTimeUnixNano: startNs, input: 'i', output: 'o' });
    expect(last.metadata.get('late')).toBe('true');
    expect((await collector.status()).receiver).toMatchObject({ acceptedSpans: 1, acceptedStarts: 1 });
  });

  it('takes an event as complete at once', async () => {
    await take(event('event-create', { id: SPAN, traceId: TRACE, name: 'n', startTime: START, output: 1 }));
    expect(await only()).toMatchObject({ type: 'event', endTimeUnixNano: startNs, output: '1' });
  });

  it('carries a trace by a root span that lasts as long as its observations', async () => {
    await take(
      event('trace-create', {
        id: TRACE,
        timestamp: START,
        name: 'chat',
        userId: 'u',
        sessionId: 's',
        input: { q: 1 },
        tags: ['a', 'b'],
        metadata: { bot: 'x' },
        version: 'v',
        release: 'r',
        environment: 'e',
        public: true,
      }),
      event('span-create', { id: SPAN, traceId: TRACE, name: 'child', startTime: START }, 1),
      event('span-create', {
        id: 'grandchild',
        traceId: TRACE,
        name: 'g',
        parentObservationId: SPAN,
        startTime: START,
      }),
    );
    await take(
      event('span-update', { id: SPAN, traceId: TRACE, endTime: '2026-01-01T00:00:05.000Z' }, 5000),
      event('trace-create', { id: TRACE, timestamp: '2026-01-01T00:00:05Z', output: 'done', tags: ['c'] }, 5000),
    );
    const all = await stored();
    const root = all.get('chat')!;
    expect(root).toMatchObject({
      parentSpanId: '',
      type: 'span',
      traceName: 'chat',
      userId: 'u',
      sessionId: 's',
      input: '{"q":1}',
      output: 'done',
      tags: ['a', 'b', 'c'],
      version: 'v',
      release: 'r',
      environment: 'e',
      startTimeUnixNano: startNs,
      endTimeUnixNano: afterMs(5000),
    });
    expect(root.traceMetadata).toEqual(new Map([['bot', 'x']]));
    expect(root.metadata.get('attributes.langfuse.trace.public')).toBe('true');
    expect(all.get('child')?.parentSpanId).toBe(root.spanId);
    expect(all.get('g')?.parentSpanId).toBe(SPAN);
    expect((await collector.status()).receiver).toMatchObject({ acceptedSpans: 2, acceptedStarts: 2 });
  });

  it('hangs observations on the root span whether the trace comes before, after or never', async () => {
    await take(event('event-create', { id: SPAN, traceId: TRACE, name: 'first' }));
    const { parentSpanId } = await only();
    await take(event('trace-create', { id: TRACE, name: 'late' }, 10));
    expect((await stored()).get('late')?.spanId).toBe(parentSpanId);
  });

  it('keeps ids that are ids already, and makes the same one of any other each time', async () => {
    const uuid = '3F2504E0-4F89-41D3-9A0C-0305E82C3301';
    const traceId = uuid.replaceAll('-', '').toLowerCase();
    await take(event('event-create', { id: randomUUID(), traceId: uuid, name: 'of uuid' }));
    expect((await only(traceId)).metadata.has('langfuse_trace_id')).toBe(false);
    await take(
      event('span-create', { id: 'ünïcode id', traceId: 'my trace', name: 'a', startTime: START }),
      event('trace-create', { id: 'my trace', name: 't' }),
      event('score-create', { id: 's1', traceId: 'my trace', observationId: 'ünïcode id', name: 'n', value: 1 }),
      event('score-create', { id: 's2', traceId: uuid, name: 'n', value: 1 }),
    );
    await settled();
    const [trace] = [...collector.store.traces.values()].filter((rows) =>
      [...rows.values()].some(({ observation }) => observation.name === 'a'),
    );
    const byName = new Map([...trace!.values()].map(({ observation }) => [observation.name, observation]));
    expect(byName.get('a')?.metadata.get('langfuse_id')).toBe('ünïcode id');
    expect(byName.get('a')?.metadata.get('langfuse_trace_id')).toBe('my trace');
    expect(byName.get('t')?.traceMetadata.get('langfuse_id')).toBe('my trace');
    const { scores } = JSON.parse(
      collector.store.batches
        .flatMap(({ payloads }) => payloads.map((each) => Buffer.from(each).toString()))
        .find((text) => text.startsWith('{"scores"')) ?? '',
    ) as { scores: { traceId: string; observationId: string }[] };
    expect(scores[0]).toMatchObject({ traceId: byName.get('a')?.traceId, observationId: byName.get('a')?.spanId });
    expect(scores[1]?.traceId).toBe(traceId);
  });

  it('lets the later value win, whatever the order in a batch, and lets nothing empty replace anything', async () => {
    await take(
      event('span-update', { id: SPAN, traceId: TRACE, output: 'second', metadata: { a: 2, nested: { y: 2 } } }, 20),
      event(
        'span-update',
        { id: SPAN, traceId: TRACE, output: 'first', metadata: { a: 1, b: 1, nested: { x: 1, y: 1 } } },
        10,
      ),
      event('span-create', { id: SPAN, traceId: TRACE, name: 'n', startTime: START, output: 'zeroth', input: 'i' }, 30),
      event(
        'span-update',
        { id: SPAN, traceId: TRACE, endTime: START, input: {}, output: null, metadata: {}, name: '' },
        40,
      ),
    );
    const observation = await only();
    expect(observation).toMatchObject({ name: 'n', input: 'i', output: 'second', startTimeUnixNano: startNs });
    expect(Object.fromEntries(observation.metadata)).toEqual({ a: '2', b: '1', nested: '{"y":2,"x":1}' });
  });

  it('keeps every key of metadata, model parameters and scores, whatever it means to objects', async () => {
    const own = (value: string) => JSON.parse(`{"__proto__":${value},"":1}`) as object;
    await take(
      event('span-create', {
        id: SPAN,
        traceId: TRACE,
        name: 'n',
        metadata: own('{"a":1}'),
        modelParameters: own('2'),
      }),
      event('span-update', { id: SPAN, traceId: TRACE, endTime: START, metadata: own('{"b":2}') }, 1),
      event('score-create', { id: 's', traceId: TRACE, name: 'good', value: 1, metadata: own('"x"') }),
    );
    const { metadata, modelParameters } = await only();
    expect([...metadata]).toEqual([
      ['__proto__', '{"b":2,"a":1}'],
      ['', '1'],
    ]);
    expect(modelParameters).toBe('{"__proto__":2,"":1}');
    const payloads = collector.store.batches.flatMap((batch) => batch.payloads);
    const [score] = payloads.flatMap((payload) => (holdsScores(payload) ? (decodeScores(payload) ?? []) : []));
    expect(Object.entries(score?.metadata ?? {})).toEqual([
      ['__proto__', 'x'],
      ['', '1'],
    ]);
  });

  it('changes nothing when a batch comes again, in the same process and in the next', async () => {
    const batch = [
      event('trace-create', { id: TRACE, name: 't', input: 'i' }),
      event('span-create', { id: SPAN, traceId: TRACE, name: 'n', startTime: START, output: 'old' }),
      event('span-update', { id: SPAN, traceId: TRACE, endTime: START, output: 'new', metadata: { a: { b: 1 } } }, 5),
    ];
    const later = event('span-update', { id: SPAN, traceId: TRACE, output: 'newest', metadata: { a: { c: 2 } } }, 10);
    await take(...batch);
    await take(later);
    const before = await stored();
    const { nextId } = (await collector.status()).queue;
    await take(...batch);
    await take(...batch, later);
    expect((await collector.status()).queue.nextId).toBe(nextId);
    await reopen();
    await take(...batch);
    await take(later, ...batch);
    expect((await collector.status()).queue.nextId).toBe(nextId);
    expect(await stored()).toEqual(before);
    expect(before.get('n')).toMatchObject({ output: 'newest' });
    expect(before.get('n')?.metadata.get('a')).toBe('{"c":2,"b":1}');
  });

  it('goes on with what an earlier process took', async () => {
    await take(
      event('trace-create', { id: TRACE, timestamp: START, name: 't', tags: ['a'], metadata: { x: 1 }, public: true }),
      event('generation-create', {
        id: SPAN,
        traceId: TRACE,
        name: 'n',
        startTime: START,
        model: 'm',
        usageDetails: { input: 1, output: 2 },
        costDetails: { total: 0.5 },
        metadata: { a: 1 },
      }),
    );
    await reopen();
    await take(
      event(
        'generation-update',
        { id: SPAN, traceId: TRACE, endTime: '2026-01-01T00:00:01Z', output: 'o', metadata: { b: 2 } },
        1000,
      ),
      event('trace-create', { id: TRACE, timestamp: '2026-01-01T00:00:01Z', userId: 'u', tags: ['b'] }, 1000),
    );
    const all = await stored();
    expect(all.get('n')).toMatchObject({
      type: 'generation',
      startTimeUnixNano: startNs,
      endTimeUnixNano: afterMs(1000),
      model: 'm',
      output: 'o',
      usageDetails: new Map([
        ['input', 1],
        ['output', 2],
        ['total', 3],
      ]),
      costDetails: new Map([['total', 0.5]]),
      metadata: new Map([
        ['a', '1'],
        ['b', '2'],
      ]),
    });
    expect(all.get('t')).toMatchObject({ userId: 'u', tags: ['a', 'b'], startTimeUnixNano: startNs });
    expect(all.get('t')?.traceMetadata).toEqual(new Map([['x', '1']]));
    expect(all.get('t')?.metadata.get('attributes.langfuse.trace.public')).toBe('true');
    expect((await collector.status()).receiver).toMatchObject({ acceptedSpans: 1, acceptedStarts: 0 });
  });

  it('waits for the store to have what an earlier process took, and answers 503 where it does not get there', async () => {
    await take(event('span-create', { id: SPAN, traceId: TRACE, name: 'n', startTime: START, input: 'i' }));
    await settled();
    const { store, dataDirectory } = collector;
    let fail = (): void => undefined;
    store.before = (method) => {
      if (method === 'scan') fail();
    };
    await collector.close();
    store.isClosed = false;
    collector = await startCollector({ dataDirectory }, store);
    const update = event('span-update', { id: SPAN, traceId: TRACE, endTime: START }, 10);
    fail = () => {
      throw new TypeError('away');
    };
    const refused = await post({ batch: [update] });
    expect(refused.status).toBe(503);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await collector.status()).receiver.refused).toEqual({ '503': 1 });
    fail = () => undefined;
    await take(update);
    expect(await only()).toMatchObject({ input: 'i', endTimeUnixNano: startNs });
  });

  it('keeps the order of batches that come at the same moment', async () => {
    const batches = Array.from({ length: 20 }, (_, index) => [
      event('span-update', { id: SPAN, traceId: TRACE, output: `${index}`, metadata: { [`k${index}`]: index } }, index),
    ]);
    await take(event('span-create', { id: SPAN, traceId: TRACE, name: 'n', startTime: START, endTime: START }));
    await Promise.all(batches.map((batch) => take(...batch)));
    const observation = await only();
    expect(observation.output).toBe('19');
    expect(observation.metadata.size).toBe(20);
  });

  it('counts an id once that two events of a batch share', async () => {
    const first = event('span-create', { id: SPAN, traceId: TRACE, name: 'n', output: 'a' });
    const response = await post({ batch: [first, { ...first, body: { ...first.body, output: 'b' } }] });
    expect((response.json() as Answer).successes).toHaveLength(2);
    expect((await only()).output).toBe('a');
  });

  it.each([
    [{ usage: { promptTokens: 3, completionTokens: 4, totalTokens: 7 } }, { input: 3, output: 4, total: 7 }],
    [{ usage: { input: 3, output: 4, total: 9 } }, { input: 3, output: 4, total: 9 }],
    [{ usage: { input: 3 } }, { input: 3, total: 3 }],
    [
      { usageDetails: { input: 3, cache: 2, no: -1, half: 0.5, text: '4', none: null } },
      { input: 3, cache: 2, text: 4, total: 9 },
    ],
    [
      {
        usage: { input: 10, output: 5, total: 15 },
        usageDetails: {
          prompt_tokens: 10,
          completion_tokens: 5,
          total_tokens: 15,
          prompt_tokens_details: { cached_tokens: 4, audio_tokens: null },
          completion_tokens_details: { reasoning_tokens: 2 },
        },
      },
      { input: 6, input_cached_tokens: 4, output: 3, output_reasoning_tokens: 2, total: 15 },
    ],
  ])('counts each token once: %j', async (body, expected) => {
    await take(event('generation-create', { id: SPAN, traceId: TRACE, name: 'n', endTime: START, ...body }));
    expect(Object.fromEntries((await only()).usageDetails)).toEqual(expected);
  });

  it('takes sdk-log and keeps nothing of it', async () => {
    await take(event('sdk-log', { log: 'x' }));
    expect((await collector.status()).queue.nextId).toBe(1);
    const { text } = await send(`${collector.url}/metrics`);
    expect(text).toContain('slipstream_receiver_ingestion_events_total{type="sdk-log",outcome="accepted"} 1');
  });

  it.each([
    ['a dataset run item', event('dataset-run-item-create', { id: 'x', traceId: TRACE }), /no datasets/],
    ['an unknown type', event('x-create', {}), /"x-create" is no event/],
    ['no type', { id: '1', timestamp: START, body: {} }, /type/],
    ['no id', { type: 'span-create', timestamp: START, body: {} }, /id/],
    ['a time that is none', { ...event('span-create', { id: SPAN }), timestamp: 'yesterday' }, /timestamp/],
    ['a start that is none', event('span-create', { id: SPAN, startTime: '2026-13-01T00:00:00Z' }), /startTime/],
    ['a start before 1970', event('span-create', { id: SPAN, startTime: '1969-12-31T23:59:59Z' }), /startTime/],
    ['no observation id', event('span-create', { traceId: TRACE }), /id/],
    ['too long an id', event('span-create', { id: 'x'.repeat(801) }), /id/],
    ['a level that is none', event('span-create', { id: SPAN, level: 'LOUD' }), /level/],
    ['a prompt without version', event('generation-create', { id: SPAN, promptName: 'p' }), /belong together/],
    ['a body that is none', event('span-create', 'x' as unknown as object), /./],
    [
      'too much metadata',
      event('span-create', {
        id: SPAN,
        metadata: Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`k${i}`, i])),
      }),
      /1000 keys/,
    ],
    [
      'too many tags',
      event('trace-create', { id: TRACE, tags: Array.from({ length: 1001 }, (_, i) => `${i}`) }),
      /tags/,
    ],
    ['too long a trace name', event('trace-create', { id: TRACE, name: 'x'.repeat(1001) }), /name/],
    ['no event at all', null, /./],
  ])('refuses %s alone, and takes its neighbour', async (_, wrong, message) => {
    const good = event('span-create', { id: 'x'.repeat(800), traceId: TRACE, name: 'n' });
    const response = await post({ batch: [wrong, good] });
    expect(response.status).toBe(207);
    const { successes, errors } = response.json() as Answer;
    expect(successes).toEqual([{ id: good.id, status: 201 }]);
    expect(errors).toEqual([expect.objectContaining({ status: 400, message: expect.stringMatching(message) })]);
    expect((await only()).name).toBe('n');
  });

  it('refuses an observation that is larger than a record, and keeps its neighbour', async () => {
    const large = event('span-create', { id: 'large', traceId: TRACE, input: 'x'.repeat(17 * 1024 * 1024) });
    const good = event('span-create', { id: SPAN, traceId: TRACE, name: 'n' });
    const { successes, errors } = (await post({ batch: [large, good] })).json() as Answer;
    expect(successes).toEqual([{ id: good.id, status: 201 }]);
    expect(errors).toEqual([
      expect.objectContaining({ id: large.id, message: expect.stringContaining('larger than') }),
    ]);
  });

  it('takes a thousand events at once, and refuses one more as a whole', async () => {
    const batch = Array.from({ length: 1001 }, (_, index) =>
      event('event-create', { id: `e${index}`, traceId: TRACE, name: `${index}` }),
    );
    const refused = await post({ batch });
    expect([refused.status, refused.json()]).toMatchObject([400, { error: { code: 'invalid_batch' } }]);
    await take(...batch.slice(1));
    expect((await stored()).size).toBe(1000);
  });

  it.each([
    ['no JSON', '{', 400],
    ['no list', { batch: {} }, 400],
    ['null', 'null', 400],
    ['nothing', '', 400],
  ])('refuses a body that is %s', async (_, body, status) => {
    const response = await post(body);
    expect(response.status).toBe(status);
    expect(response.headers['x-slipstream-collector']).toBe('1');
  });

  it('takes an empty batch, and gzip, and no other encoding', async () => {
    expect((await post({ batch: [] })).json()).toEqual({ successes: [], errors: [] });
    const body = JSON.stringify({ batch: [event('event-create', { id: SPAN, traceId: TRACE, name: 'n' })] });
    expect((await post(gzipSync(body), { 'content-encoding': 'gzip' })).status).toBe(207);
    expect((await only()).name).toBe('n');
    expect((await post(body, { 'content-encoding': 'br' })).status).toBe(415);
  });

  it('takes a body of exactly the limit, and answers 413 to one byte more', async () => {
    const body = JSON.stringify({ batch: [event('event-create', { id: SPAN, traceId: TRACE, name: 'n' })] });
    await restart({ maxBodyBytes: body.length, maxInflatedBytes: body.length });
    expect((await post(body)).status).toBe(207);
    expect((await post(`${body} `)).status).toBe(413);
    expect((await post(gzipSync(`${body} `.padEnd(100_000)), { 'content-encoding': 'gzip' })).status).toBe(413);
  });

  it('meets spans that come by OTLP in the same trace', async () => {
    const span = makeSpan({ traceId: TRACE, name: 'otlp' });
    await send(`${collector.url}/v1/traces`, { body: toProtobuf(span), headers: PROTOBUF });
    await take(event('event-create', { id: SPAN, traceId: TRACE, name: 'n', parentObservationId: span.spanId }));
    const all = await stored();
    expect([...all.keys()].sort()).toEqual(['n', 'otlp']);
    expect(all.get('n')?.parentSpanId).toBe(span.spanId);
  });

  it('says which library sent a batch', async () => {
    const batch = [event('event-create', { id: SPAN, traceId: TRACE, name: 'n' })];
    await post({ batch, metadata: { sdk_name: 'langfuse-js', sdk_version: '3.39.2' } });
    expect(await only()).toMatchObject({ scopeName: 'langfuse ingestion: langfuse-js', scopeVersion: '3.39.2' });
  });
});

describe('what Langfuse libraries ask for', () => {
  it('answers at start, with the token where one is set', async () => {
    await restart({ token: 'a-token-of-some-length' });
    const authorization = `Basic ${Buffer.from('pk-lf-1:a-token-of-some-length').toString('base64')}`;
    for (const path of ['/api/public/health', '/api/public/projects']) {
      expect((await send(`${collector.url}${path}`)).status).toBe(401);
      expect((await send(`${collector.url}${path}`, { headers: { authorization } })).status).toBe(200);
    }
    const projects = await send(`${collector.url}/api/public/projects`, { headers: { authorization } });
    expect(projects.json()).toEqual({
      data: [
        {
          id: expect.any(String),
          name: expect.any(String),
          metadata: {},
          organization: { id: expect.any(String), name: expect.any(String) },
        },
      ],
    });
  });

  it('says of everything else that it is not there, in JSON', async () => {
    const paths = ['/api/public/v2/prompts/x', '/api/public/traces', '/api/public/media', '/api/public/nothing'];
    for (const path of paths) {
      for (const method of ['GET', 'POST', 'PATCH']) {
        const body = method === 'GET' ? undefined : '{}';
        const headers = { accept: 'text/html,*/*', ...(body === undefined ? {} : JSON_TYPE) };
        const response = await send(`${collector.url}${path}`, {
          method,
          headers,
          ...(body === undefined ? {} : { body }),
        });
        expect(response.status, `${method} ${path}`).toBe(404);
        expect(response.json()).toMatchObject({ message: expect.any(String), error: { code: 'not_found' } });
      }
    }
  });
});
