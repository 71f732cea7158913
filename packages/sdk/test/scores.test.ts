import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Client, createClient, type SlipstreamOptions } from '../src/index.js';
import { type IngestionSink, type IngestionSinkOptions, startIngestionSink } from './score-support/ingestion-sink.js';
import { startApp } from './support/app-process.js';
import { until } from './worker-support/until.js';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';

const clients: Client[] = [];
const sinks: IngestionSink[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.shutdown({ timeoutMs: 500 })));
  await Promise.all(sinks.splice(0).map((sink) => sink.close()));
});

async function open(
  options: Partial<SlipstreamOptions> & { readonly sink?: IngestionSinkOptions; readonly path?: string } = {},
): Promise<{ client: Client; sink: IngestionSink }> {
  const { sink: sinkOptions, path = '', ...rest } = options;
  const sink = await startIngestionSink(sinkOptions);
  sinks.push(sink);
  const client = createClient({ url: sink.url + path, service: 'scores', handleSignals: false, ...rest });
  clients.push(client);
  return { client, sink };
}

/** Warnings of Node that ours caused. */
function warningsDuring(): string[] {
  const warnings: string[] = [];
  vi.spyOn(process, 'emitWarning').mockImplementation((message) => void warnings.push(String(message)));
  return warnings;
}

describe('scores', () => {
  it('judge observations, traces and sessions, with numbers, booleans and categories', async () => {
    const { client, sink } = await open({ environment: 'test' });
    const before = Date.now();
    const trace = client.trace({ name: 'lesson' });
    const step = trace.generation({ name: 'reply' });
    step.score({ name: 'correctness', value: 0.75, comment: 'fluent', metadata: { judge: 'gpt', deep: { a: 1 } } });
    trace.scoreTrace({ name: 'thumb', value: true });
    client.score({ sessionId: 'c1', name: 'mood', value: 'happy' });
    client.score({ traceId: TRACE_ID, observationId: 'b7ad6b7169203331', name: 'stars', value: 5, id: 'mine' });
    step.end();
    trace.end();
    await client.flush();
    expect(sink.scores.map(({ type, body }) => ({ type, ...body, id: undefined }))).toEqual([
      {
        type: 'score-create',
        traceId: trace.traceId,
        observationId: step.id,
        name: 'correctness',
        value: 0.75,
        dataType: 'NUMERIC',
        comment: 'fluent',
        metadata: { judge: 'gpt', deep: '{"a":1}' },
        environment: 'test',
      },
      {
        type: 'score-create',
        traceId: trace.traceId,
        name: 'thumb',
        value: 1,
        dataType: 'BOOLEAN',
        environment: 'test',
      },
      {
        type: 'score-create',
        sessionId: 'c1',
        name: 'mood',
        value: 'happy',
        dataType: 'CATEGORICAL',
        environment: 'test',
      },
      {
        type: 'score-create',
        traceId: TRACE_ID,
        observationId: 'b7ad6b7169203331',
        name: 'stars',
        value: 5,
        dataType: 'NUMERIC',
        environment: 'test',
      },
    ]);
    const ids = sink.scores.map(({ body }) => body.id as string);
    expect(ids[3]).toBe('mine');
    expect(new Set([...ids, ...sink.scores.map(({ id }) => id)]).size).toBe(8);
    for (const { timestamp } of sink.scores) {
      expect(Date.parse(timestamp)).toBeGreaterThanOrEqual(before - 5);
      expect(Date.parse(timestamp)).toBeLessThanOrEqual(Date.now() + 5);
    }
    expect(client.stats().scores).toEqual({ made: 4, delivered: 4, dropped: 0, pending: 0 });
    expect(sink.requests[0]).toMatchObject({
      path: '/api/public/ingestion',
      headers: { 'content-type': 'application/json' },
    });
  });

  it('judge the active observation and its trace, and are counted and explained where none is active', async () => {
    const { client, sink } = await open();
    const warnings = warningsDuring();
    const ids = client.startActive('step', (step) => {
      client.scoreCurrent({ name: 'here', value: 1 });
      client.scoreCurrentTrace({ name: 'all', value: 2 });
      return [step.traceId, step.id];
    });
    for (let index = 0; index < 3; index++) client.scoreCurrent({ name: 'nowhere', value: 1 });
    await client.flush();
    expect(sink.scores.map(({ body }) => [body.traceId, body.observationId, body.name])).toEqual([
      [ids[0], ids[1], 'here'],
      [ids[0], undefined, 'all'],
    ]);
    expect(client.stats()).toMatchObject({ misplacedUpdates: 3, scores: { made: 2, delivered: 2 } });
    expect(warnings.filter((text) => text.includes('scoreCurrent() did nothing'))).toHaveLength(1);
  });

  it('that are none are counted as dropped and explained once', async () => {
    const { client, sink } = await open();
    const warnings = warningsDuring();
    const loose = client as unknown as { score(score: unknown): void };
    const wrong = [
      { name: 'no target', value: 1 },
      { name: 'no trace', observationId: 'b7ad6b7169203331', sessionId: 's', value: 1 },
      { traceId: TRACE_ID, value: 1 },
      { traceId: TRACE_ID, name: 'x' },
      { traceId: TRACE_ID, name: 'x', value: Number.NaN },
      { traceId: TRACE_ID, name: 'x', value: 1n },
      { traceId: TRACE_ID, name: 'x', value: 2, dataType: 'BOOLEAN' },
      { traceId: TRACE_ID, name: 'x', value: 'one', dataType: 'NUMERIC' },
      { traceId: TRACE_ID, name: 'x', value: 1, dataType: 'CATEGORICAL' },
      undefined,
      null,
      5,
    ];
    for (const score of wrong) loose.score(score);
    loose.score({ traceId: TRACE_ID, name: 'right', value: 1, dataType: 'BOOLEAN', comment: 5, id: '' });
    await client.flush();
    expect(sink.scores.map(({ body }) => [body.name, body.value, body.dataType, body.comment])).toEqual([
      ['right', 1, 'BOOLEAN', undefined],
    ]);
    expect(client.stats().scores).toEqual({ made: 13, delivered: 1, dropped: 12, pending: 0 });
    expect(warnings.filter((text) => text.includes('score() did nothing'))).toHaveLength(1);
  });

  it('of traces that sampling left out are left out with them', async () => {
    const { client, sink } = await open({ sampleRate: 0 });
    client.trace({ name: 'left out' }).scoreTrace({ name: 'x', value: 1 }).end();
    client.score({ traceId: TRACE_ID, name: 'x', value: 1 });
    client.score({ sessionId: 's', name: 'kept', value: 1 });
    client.score({ traceId: 'of another system', name: 'kept', value: 1 });
    await client.flush();
    expect(sink.scores.map(({ body }) => body.name)).toEqual(['kept', 'kept']);
    expect(client.stats().scores).toMatchObject({ made: 2, delivered: 2 });
  });

  it('go through the mask', async () => {
    const { client, sink } = await open({ mask: { keys: ['pin'] } } as Partial<SlipstreamOptions>);
    const text = 'write to an.nguyen@example.com';
    client.score({ traceId: TRACE_ID, name: 'x', value: text, comment: text, metadata: { note: text, pin: '1234' } });
    await client.flush();
    const sent = JSON.stringify(sink.scores);
    expect(sink.scores).toHaveLength(1);
    expect(sent).not.toContain('an.nguyen');
    expect(sent).not.toContain('1234');
  });

  it('wait, are sent again, and come once each, when the backend fails for a while', async () => {
    const { client, sink } = await open();
    sink.answers.push({ status: 503 }, { status: 429, headers: { 'retry-after': '0' } }, () => 500);
    for (const name of ['a', 'b', 'c']) client.score({ traceId: TRACE_ID, name, value: 1 });
    await until(() => client.stats().scores.delivered === 3);
    expect(sink.scores.map(({ body }) => body.name).sort()).toEqual(['a', 'b', 'c']);
    expect(sink.requests.length).toBeGreaterThanOrEqual(4);
  });

  it('that a backend refuses are dropped alone, and not tried again', async () => {
    const { client, sink } = await open({ sink: { otherwise: (score) => (score.body.name === 'b' ? 400 : 201) } });
    for (const name of ['a', 'b', 'c']) client.score({ traceId: TRACE_ID, name, value: 1 });
    await client.flush();
    expect(client.stats().scores).toEqual({ made: 3, delivered: 2, dropped: 1, pending: 0 });
    expect(sink.scores.map(({ body }) => body.name)).toEqual(['a', 'c']);
    expect(sink.requests.reduce((sum, { count }) => sum + count, 0)).toBe(3);
  });

  it('are divided when they are too many for one request', async () => {
    const { client, sink } = await open({ sink: { maxCount: 3 } });
    for (let index = 0; index < 40; index++) client.score({ traceId: TRACE_ID, name: `s${index}`, value: index });
    await client.flush();
    expect(sink.scores.map(({ body }) => body.value)).toEqual(Array.from({ length: 40 }, (_, index) => index));
    expect(client.stats().scores).toEqual({ made: 40, delivered: 40, dropped: 0, pending: 0 });
  });

  it('are not sent to a backend that takes none, and dropped with a count', async () => {
    const { client, sink } = await open({ sink: { isCollector: false } });
    client.score({ traceId: TRACE_ID, name: 'x', value: 1 });
    await until(() => client.stats().scores.dropped === 1);
    for (let index = 0; index < 5; index++) client.score({ traceId: TRACE_ID, name: 'x', value: 1 });
    client.span({ name: 'still traced' }).end();
    await client.flush();
    expect(client.stats()).toMatchObject({ delivered: 1, scores: { made: 6, delivered: 0, dropped: 6, pending: 0 } });
    expect(sink.requests).toHaveLength(1);
    expect(sink.spans).toHaveLength(1);
  });

  it.each([
    ['its path', {}, '/langfuse/api/public/otel', '/langfuse/api/public/ingestion'],
    ['its keys', { publicKey: 'pk', secretKey: 'sk' }, '', '/api/public/ingestion'],
    ['keys and a path', { publicKey: 'pk', secretKey: 'sk' }, '/api/public/otel/v1/traces', '/api/public/ingestion'],
  ])('go to Langfuse, known by %s, unpacked and with the keys', async (_, options, path, expected) => {
    const { client, sink } = await open({ sink: { isCollector: false }, path, ...options });
    client.score({ traceId: TRACE_ID, name: 'x', value: 1, comment: 'y'.repeat(5_000) });
    await client.flush();
    expect(sink.requests).toHaveLength(1);
    expect(sink.requests[0]?.path).toBe(expected);
    expect(sink.requests[0]?.headers['content-encoding']).toBeUndefined();
    if ('publicKey' in options) expect(sink.requests[0]?.headers.authorization).toMatch(/^Basic /);
    expect(client.stats().scores).toMatchObject({ delivered: 1 });
  });

  it('cost nothing and are nothing while tracing is off, and count as dropped after shutdown', async () => {
    const off = await open({ enabled: false });
    off.client.score({ traceId: TRACE_ID, name: 'x', value: 1 });
    off.client.trace({ name: 'off' }).score({ name: 'x', value: 1 }).end();
    expect(off.client.stats().scores.made).toBe(0);
    const { client } = await open();
    client.score({ traceId: TRACE_ID, name: 'x', value: 1 });
    await client.shutdown();
    client.score({ traceId: TRACE_ID, name: 'late', value: 1 });
    expect(client.stats().scores).toEqual({ made: 2, delivered: 1, dropped: 1, pending: 0 });
  });

  it.each([
    ['ends by itself', 'return', 0],
    ['calls process.exit(0)', 'exit', 0],
    ['dies of an uncaught error', 'throw', 1],
  ])('are delivered by a process that %s', async (_, ending, expected) => {
    const sink = await startIngestionSink();
    sinks.push(sink);
    const { code } = await startApp('scores.mjs', { args: [500, ending], env: { SLIPSTREAM_URL: sink.url } }).ended;
    expect(code).toBe(expected);
    expect(sink.scores).toHaveLength(500);
  });

  it('are awaited by the flush that follows them, also while the backend makes them wait', async () => {
    const { client, sink } = await open({ batchAgeMs: 60_000 });
    client.score({ traceId: TRACE_ID, name: 'first', value: 1 });
    await client.flush();
    expect(sink.scores).toHaveLength(1);
    sink.answers.push({ status: 503, headers: { 'retry-after': '1' } });
    client.score({ traceId: TRACE_ID, name: 'slow', value: 1 });
    await client.flush({ timeoutMs: 15_000 });
    expect(client.stats().scores).toEqual({ made: 2, delivered: 2, dropped: 0, pending: 0 });
  });
});
