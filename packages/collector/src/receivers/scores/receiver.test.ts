import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ClientResponse, send } from '../../../test/support/http-client.js';
import { startCollector, type TestCollector } from '../../../test/support/start-collector.js';
import { decodeScores, type ScoreEntry } from '../../scores/payload.js';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const JSON_TYPE = { 'content-type': 'application/json' };

let collector: TestCollector;

beforeEach(async () => {
  collector = await startCollector();
});

afterEach(() => collector.destroy());

function post(body: unknown, headers: Record<string, string> = {}): Promise<ClientResponse> {
  const bytes = Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body);
  return send(`${collector.url}/api/public/ingestion`, {
    method: 'POST',
    body: bytes,
    headers: { ...JSON_TYPE, ...headers },
  });
}

function event(body: object, fields: object = {}): Record<string, unknown> & { readonly id: string } {
  const timestamp = '2026-01-01T00:00:00.000Z';
  return {
    id: randomUUID(),
    type: 'score-create',
    timestamp,
    body: { traceId: TRACE_ID, name: 'n', value: 1, ...body },
    ...fields,
  };
}

/** What the store was given, in order. */
async function stored(): Promise<readonly ScoreEntry[]> {
  // Which delivers what is in the queue.
  await collector.close();
  const payloads = collector.store.batches.flatMap(({ payloads: each }) => each);
  return payloads.flatMap((payload) => decodeScores(payload) ?? []);
}

const answer = (response: ClientResponse) =>
  JSON.parse(response.text) as {
    successes: { id: string; status: number }[];
    errors: { id: string; status: number; message: string }[];
  };

describe('the receiver of scores', () => {
  it('takes them, says so one by one, and names itself', async () => {
    const events = [
      event({ id: 's1', value: 0.5, comment: 'c', metadata: { a: 'x', b: { c: 1 } }, environment: 'test' }),
      event({ value: 'happy', observationId: 'B7AD6B7169203331', traceId: TRACE_ID.toUpperCase() }),
      event(
        { value: 1, dataType: 'BOOLEAN', traceId: undefined, sessionId: 'session' },
        { timestamp: '2026-01-01T07:00:00+07:00' },
      ),
    ];
    const response = await post({ batch: events });
    expect(response.status).toBe(207);
    expect(response.headers['x-slipstream-collector']).toBe('1');
    expect(answer(response)).toEqual({ successes: events.map(({ id }) => ({ id, status: 201 })), errors: [] });
    const timeUs = Date.UTC(2026, 0, 1) * 1000;
    expect(await stored()).toEqual([
      {
        id: 's1',
        traceId: TRACE_ID,
        observationId: '',
        sessionId: '',
        name: 'n',
        dataType: 'NUMERIC',
        value: 0.5,
        comment: 'c',
        metadata: { a: 'x', b: '{"c":1}' },
        environment: 'test',
        timeUs,
      },
      expect.objectContaining({
        id: events[1]?.id,
        traceId: TRACE_ID,
        observationId: 'b7ad6b7169203331',
        dataType: 'CATEGORICAL',
        text: 'happy',
        timeUs,
      }),
      expect.objectContaining({ traceId: '', sessionId: 'session', dataType: 'BOOLEAN', value: 1, timeUs }),
    ]);
  });

  it.each([
    ['an event of another type', event({}, { type: 'trace-create' }), /takes score-create here.*"trace-create".*OTLP/],
    ['no name', event({ name: '' }), /name/],
    ['no value', event({ value: undefined }), /value/],
    ['nothing to judge', event({ traceId: undefined }), /traceId or a sessionId/],
    [
      'an observation without its trace',
      event({ traceId: undefined, sessionId: 's', observationId: 'o' }),
      /its traceId/,
    ],
    ['a text as number', event({ value: 'x', dataType: 'NUMERIC' }), /not of the dataType/],
    ['a number as category', event({ value: 1, dataType: 'CATEGORICAL' }), /not of the dataType/],
    ['two as boolean', event({ value: 2, dataType: 'BOOLEAN' }), /not of the dataType/],
    ['an unknown dataType', event({ dataType: 'STARS' }), /dataType/],
    ['a time that is none', event({}, { timestamp: 'yesterday' }), /timestamp/],
    ['no event at all', null, /./],
    ['too long a comment', event({ comment: 'x'.repeat(100_001) }), /comment/],
    [
      'too many metadata',
      event({ metadata: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [i, i])) }),
      /100 keys/,
    ],
  ])('refuses %s alone, and takes the others', async (_, wrong, message) => {
    const good = event({ comment: 'x'.repeat(100_000) });
    const response = await post({ batch: [wrong, good] });
    expect(response.status).toBe(207);
    const { successes, errors } = answer(response);
    expect(successes).toEqual([{ id: good.id, status: 201 }]);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ status: 400, message: expect.stringMatching(message) });
    expect(await stored()).toHaveLength(1);
  });

  it('takes a thousand at once, and refuses one more as a whole', async () => {
    const batch = Array.from({ length: 1_001 }, () => event({}));
    expect((await post({ batch })).status).toBe(400);
    expect((await post({ batch: batch.slice(1) })).status).toBe(207);
    expect(await stored()).toHaveLength(1_000);
  });

  it.each([
    ['no JSON', '{', 400],
    ['no list', { batch: {} }, 400],
    ['null', 'null', 400],
    ['nothing', '', 400],
    ['more than 4.5 MB', Buffer.alloc(4_500_001, 0x20), 413],
  ])('refuses a body that is %s', async (_, body, status) => {
    const response = await post(body);
    expect(response.status).toBe(status);
    expect(response.headers['x-slipstream-collector']).toBe('1');
  });

  it('takes an empty batch, and gzip', async () => {
    expect(answer(await post({ batch: [] }))).toEqual({ successes: [], errors: [] });
    const body = gzipSync(JSON.stringify({ batch: [event({})] }));
    expect((await post(body, { 'content-encoding': 'gzip' })).status).toBe(207);
    expect(await stored()).toHaveLength(1);
  });

  it('answers 503 and keeps nothing while they cannot be made durable', async () => {
    await collector.destroy();
    collector = await startCollector({ maxQueueBytes: 1024 * 1024 });
    const batch = Array.from({ length: 12 }, () => event({ comment: 'x'.repeat(100_000) }));
    const response = await post({ batch });
    expect(response.status).toBe(503);
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    expect(await stored()).toEqual([]);
  });

  it('counts them in its metrics', async () => {
    await post({ batch: [event({}), event({}), event({ name: '' })] });
    const { text } = await send(`${collector.url}/metrics`, {});
    expect(text).toContain('slipstream_receiver_scores_total{outcome="accepted"} 2');
    expect(text).toContain('slipstream_receiver_scores_total{outcome="rejected"} 1');
  });
});
