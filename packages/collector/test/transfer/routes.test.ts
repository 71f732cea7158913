import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { apiErrorSchema, importResultSchema, type ObservationRow, sqlResultSchema } from '@slipstream/query-api';
import { ATTRIBUTE } from '@slipstream/wire';
import { type FastifyInstance, fastify } from 'fastify';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createCollector } from '../../src/app.js';
import type { Collector } from '../../src/collector.js';
import { transferRoutes } from '../../src/http/transfer-routes.js';
import type { Queue } from '../../src/queue/contract.js';
import { payload } from '../../src/store/suite/payloads.js';
import { buildStoreWorker } from '../../src/store/testing.js';
import { openTransferDirectory } from '../../src/transfer/transfer-directory.js';
import { TRANSFER_LIMITS, type TransferLimits, Transfers } from '../../src/transfer/transfers.js';
import { type ClientResponse, send } from '../support/http-client.js';

const SCORE_ROW = {
  kind: 'score',
  score_id: 's-1',
  trace_id: '',
  span_id: '',
  session_id: 'lesson',
  name: 'thumb',
  data_type: 'NUMERIC',
  value: 1,
  text: null,
  comment: null,
  metadata: {},
  environment: null,
  time_us: 1,
};

let root: string;
const collectors: Collector[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'slipstream-routes-'));
});

afterEach(async () => {
  for (const collector of collectors.splice(0)) await collector.close();
  await rm(root, { recursive: true, force: true });
});

async function open(name = 'one', settings: Partial<Parameters<typeof createCollector>[0]> = {}): Promise<Collector> {
  const collector = await createCollector({
    dataDirectory: join(root, name),
    port: 0,
    storeWorkerUrl: await buildStoreWorker(),
    logLevel: 'silent',
    ...settings,
  });
  collectors.push(collector);
  return collector;
}

async function sendSpans({ url }: Collector, count: number): Promise<void> {
  const specs = Array.from({ length: count }, (_, index) => ({
    trace: 1 + (index % 3),
    span: index + 1,
    attributes: { [ATTRIBUTE.observationInput]: `Xin chào ${index} 🤖` },
  }));
  const headers = { 'content-type': 'application/x-protobuf' };
  expect((await send(`${url}/v1/traces`, { headers, body: payload(...specs) })).status).toBe(200);
  await untilStored(url, count);
}

async function untilStored(url: string, count: number): Promise<void> {
  await vi.waitFor(
    async () => expect((await send(`${url}/api/v1/status`)).json()).toMatchObject({ store: { spans: count } }),
    { timeout: 15_000, interval: 50 },
  );
}

const rowsOf = (text: string): ObservationRow[] =>
  text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as ObservationRow]));

const importFile = (url: string, body: string | Uint8Array, query = 'format=jsonl'): Promise<ClientResponse> =>
  send(`${url}/api/v1/import?${query}`, { body, headers: { 'content-type': 'application/x-ndjson' } });

const errorOf = (response: ClientResponse): string => apiErrorSchema.parse(response.json()).error.code;

describe('an export', () => {
  test('is a line for each row, plain or gzipped, within its bounds', async () => {
    const { url } = await open();
    await sendSpans(collectors[0]!, 30);
    const plain = await send(`${url}/api/v1/export`);
    expect(plain.headers['content-type']).toContain('application/x-ndjson');
    expect(rowsOf(plain.text)).toHaveLength(30);
    const zipped = await send(`${url}/api/v1/export`, { headers: { 'accept-encoding': 'gzip, br' } });
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(zipped.body).toString('utf8')).toBe(plain.text);
    const refusing = await send(`${url}/api/v1/export`, { headers: { 'accept-encoding': 'gzip;q=0' } });
    expect(refusing.headers['content-encoding']).toBeUndefined();
    const [first] = rowsOf(plain.text);
    const ofOne = await send(`${url}/api/v1/export?traceId=${first?.trace_id}&what=observations`);
    expect(rowsOf(ofOne.text)).toHaveLength(10);
    expect((await send(`${url}/api/v1/export?format=csv`)).status).toBe(400);
    expect(errorOf(await send(`${url}/api/v1/export?traceId=x`))).toBe('invalid_query');
  });

  test('goes into another collector and comes out as it was, as JSONL and as Parquet', async () => {
    const one = await open();
    await sendSpans(one, 30);
    const { text } = await send(`${one.url}/api/v1/export`);
    const parquet = await send(`${one.url}/api/v1/export?format=parquet`);
    expect(parquet.body.subarray(0, 4).toString()).toBe('PAR1');
    for (const [name, body, query] of [
      ['two', gzipSync(text), 'format=jsonl'],
      ['three', parquet.body, 'format=parquet'],
    ] as const) {
      const { url } = await open(name);
      const answer = await importFile(url, body, query);
      expect(importResultSchema.parse(answer.json())).toEqual({
        observations: 30,
        scores: 0,
        refused: 0,
        problems: [],
      });
      await untilStored(url, 30);
      expect((await send(`${url}/api/v1/export`)).text).toBe(text);
      expect(await readdir(join(root, name, 'transfer')).catch(() => [])).toEqual([]);
    }
  });

  test('that its reader leaves makes room for others, and holds no more than the reader takes', async () => {
    const { url } = await open();
    await sendSpans(collectors[0]!, 10);
    for (let round = 0; round < 12; round += 1) {
      await new Promise<void>((resolve, reject) => {
        const outgoing = request(`${url}/api/v1/export`, { agent: false }, (incoming) => {
          incoming.destroy();
          resolve();
        });
        outgoing.on('error', reject);
        outgoing.end();
      });
    }
    await vi.waitFor(async () => expect((await send(`${url}/api/v1/export`)).status).toBe(200), { timeout: 5000 });
  });
});

describe('an import', () => {
  test('names the lines that are no rows, and takes the others', async () => {
    const one = await open();
    await sendSpans(one, 3);
    const lines = (await send(`${one.url}/api/v1/export`)).text.trimEnd().split('\n');
    const { url } = await open('two');
    const row = JSON.parse(lines[1]!) as ObservationRow;
    const secret = 'sk-secret-value';
    const answer = await importFile(
      url,
      [
        lines[0],
        '',
        `{"kind":"observation","${secret}"`,
        JSON.stringify({ ...row, start_ns: secret }),
        JSON.stringify({ ...row, trace_id: '0'.repeat(32) }),
        JSON.stringify({ ...row, kind: 'other' }),
        'x'.repeat(33 * 1024 * 1024),
        JSON.stringify({ ...SCORE_ROW, name: 'x'.repeat(1001) }),
        lines[2],
      ].join('\n'),
    );
    const result = importResultSchema.parse(answer.json());
    expect(result).toMatchObject({ observations: 2, scores: 0, refused: 6 });
    expect(result.problems.map(({ line }) => line)).toEqual([3, 4, 5, 6, 7, 8]);
    expect(result.problems[5]?.message).toContain('name: ');
    expect(result.problems[1]?.message).toContain('start_ns');
    expect(answer.text).not.toContain(secret);
    await untilStored(url, 2);
  });

  test('reads no file that is damaged, and says what is wrong', async () => {
    const { url } = await open();
    const torn = gzipSync('{}\n'.repeat(1000)).subarray(0, 30);
    expect(errorOf(await importFile(url, torn))).toBe('import_unreadable');
    expect(errorOf(await importFile(url, 'no parquet at all', 'format=parquet'))).toBe('import_unreadable');
    expect((await importFile(url, '', 'format=jsonl')).json()).toMatchObject({ observations: 0, refused: 0 });
    expect(errorOf(await importFile(url, '{}', 'format=xml'))).toBe('invalid_query');
  });

  test('passes forward destinations by, unless it is asked to go there', async () => {
    const labels: string[] = [];
    const sink = await open('sink');
    const one = await open('one', { forwards: [{ name: 'sink', kind: 'otlp', url: sink.url }] });
    const two = await open('two');
    await sendSpans(two, 3);
    const { text } = await send(`${two.url}/api/v1/export`);
    await importFile(one.url, text);
    await untilStored(one.url, 3);
    await sendSpansOf(one.url, 9);
    await untilStored(sink.url, 1);
    labels.push(...rowsOf((await send(`${sink.url}/api/v1/export`)).text).map(({ name }) => name));
    expect(labels).toEqual(['span-9']);
    await importFile(one.url, text, 'format=jsonl&forward=1');
    await untilStored(sink.url, 4);
  });

  test('leaves no file behind that a crash left', async () => {
    const left = join(root, 'one', 'transfer', 'left');
    await mkdir(left, { recursive: true });
    await writeFile(join(left, 'import'), 'x');
    await open();
    expect(await readdir(join(root, 'one', 'transfer')).catch(() => [])).toEqual([]);
  });

  async function sendSpansOf(url: string, span: number): Promise<void> {
    const headers = { 'content-type': 'application/x-protobuf' };
    await send(`${url}/v1/traces`, { headers, body: payload({ trace: 9, span }) });
  }
});

describe('SQL over HTTP', () => {
  test('answers with rows, and refuses with a reason', async () => {
    const one = await open();
    await sendSpans(one, 3);
    const ask = (body: unknown): Promise<ClientResponse> =>
      send(`${one.url}/api/v1/sql`, {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      });
    const answer = await ask({ sql: 'SELECT count(*) AS n FROM observations' });
    expect(sqlResultSchema.parse(answer.json())).toMatchObject({
      columns: [{ name: 'n' }],
      rows: [[3]],
      truncated: false,
    });
    const refused = await ask({ sql: 'DROP VIEW observations' });
    expect(refused.status).toBe(400);
    expect(errorOf(refused)).toBe('sql_refused');
    expect(errorOf(await ask({ sql: '' }))).toBe('invalid_request');
    expect(errorOf(await ask({ sql: 'SELECT 1', maxRows: 100_001 }))).toBe('invalid_request');
  });
});

describe('limits of transfers', () => {
  const apps: FastifyInstance[] = [];

  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
  });

  /** The routes alone, with limits that a test can reach. */
  async function serve(limits: Partial<TransferLimits>, queue: Pick<Queue, 'append'>): Promise<string> {
    const app = fastify();
    apps.push(app);
    const directory = await openTransferDirectory(join(root, 'transfer'));
    const store = { scan: async () => ({ rows: [], next: undefined }) };
    const transfers = new Transfers({ store, queue, directory, limits: { ...TRANSFER_LIMITS, ...limits } });
    app.register(transferRoutes, { transfers });
    return app.listen({ host: '127.0.0.1', port: 0 });
  }

  const taking: Pick<Queue, 'append'> = { append: async () => ({ kind: 'ok', id: 1 }) };

  test('a file may be as long as the limit, and not a byte longer', async () => {
    const url = await serve({ maxFileBytes: 3_000_000 }, taking);
    expect((await importFile(url, ' '.repeat(3_000_000))).status).toBe(200);
    const refused = await importFile(url, ' '.repeat(3_000_001));
    expect(refused.status).toBe(413);
    expect(errorOf(refused)).toBe('import_too_large');
    expect(await readdir(join(root, 'transfer'))).toEqual([]);
  });

  test('its text and its lines, too', async () => {
    const url = await serve({ maxTextBytes: 1000, maxLineBytes: 500 }, taking);
    expect((await importFile(url, gzipSync(`${' '.repeat(500)}\n`.repeat(1)))).json()).toMatchObject({ refused: 0 });
    expect((await importFile(url, `${' '.repeat(501)}\n`)).json()).toMatchObject({ refused: 1 });
    expect(errorOf(await importFile(url, gzipSync(' '.repeat(1001))))).toBe('import_unreadable');
  });

  test('a queue that takes nothing ends an import, and says how much is durable', async () => {
    let appended = 0;
    const queue: Pick<Queue, 'append'> = {
      append: async () => {
        appended += 1;
        if (appended < 2) return { kind: 'ok', id: 1 };
        return { kind: 'unavailable', reason: 'queue is full', retryAfterMs: 60_000 };
      },
    };
    const url = await serve({}, queue);
    const row = (span: number): string =>
      JSON.stringify({
        ...{ kind: 'score', score_id: `${span}`, trace_id: 'a'.repeat(32), span_id: '', session_id: '', name: 'n' },
        ...{ data_type: 'NUMERIC', value: 1, text: null, comment: null, metadata: {}, environment: null, time_us: 1 },
      });
    const refused = await importFile(url, Array.from({ length: 1500 }, (_, index) => row(index)).join('\n'));
    expect(refused.status).toBe(503);
    expect(refused.headers['retry-after']).toBeDefined();
    expect(errorOf(refused)).toBe('import_unavailable');
    expect(refused.text).toContain('after 1000 rows');
  });

  test('a second import waits its turn elsewhere', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const url = await serve({}, { append: async () => held.then(() => ({ kind: 'ok', id: 1 })) });
    const outgoing = request(`${url}/api/v1/import`, { method: 'POST', agent: false });
    outgoing.write('{}\n');
    await vi.waitFor(async () => expect((await readdir(join(root, 'transfer'))).length).toBe(1), { timeout: 5000 });
    const refused = await importFile(url, '{}');
    expect(errorOf(refused)).toBe('transfer_busy');
    const done = new Promise((resolve) => outgoing.once('response', resolve));
    outgoing.end();
    release();
    await done;
    expect((await importFile(url, '')).status).toBe(200);
  });
});
