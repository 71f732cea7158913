import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { readExportRequest } from '@slipstream/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { namesOf, useForwarding } from '../../../test/support/forwarding.js';
import { makeSpan, newSpanId, newTraceId } from '../../../test/support/spans.js';
import type { ScoreEntry } from '../../scores/payload.js';

interface Seen {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Event {
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly body: Record<string, unknown>;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const SPANS_PATH = '/api/public/otel/v1/traces';
const SCORES_PATH = '/api/public/ingestion';

const forwarding = useForwarding('lf');
let server: Server;
let url: string;
let seen: Seen[];
/** What Langfuse answers; its own way unless a test says otherwise. */
let answer: (request: Seen) => Answer | undefined;

beforeEach(async () => {
  seen = [];
  answer = () => undefined;
  server = createServer((request, response) => {
    readBody(request).then((body) => {
      const arrived = { path: request.url ?? '', headers: request.headers, body };
      seen.push(arrived);
      const { status, body: text } = answer(arrived) ?? asLangfuse(arrived);
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(text));
    }, response.destroy);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

/** One span without proper ids has it refuse everything; events are answered one by one. */
function asLangfuse({ path, body }: Seen): Answer {
  if (path === SCORES_PATH) {
    return { status: 207, body: { successes: eventsOf(body).map(({ id }) => ({ id, status: 201 })), errors: [] } };
  }
  const { rejections } = readExportRequest(body);
  return rejections.length === 0
    ? { status: 200, body: {} }
    : { status: 400, body: { message: 'Invalid request data' } };
}

const eventsOf = (body: Buffer) => (JSON.parse(body.toString()) as { batch: Event[] }).batch;
const eventsSeen = () => seen.filter(({ path }) => path === SCORES_PATH).map(({ body }) => eventsOf(body));
const spansSeen = () =>
  seen
    .filter(({ path }) => path === SPANS_PATH)
    .flatMap(({ body }) => readExportRequest(body).request.resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));

const start = (base = url) =>
  forwarding.start({ kind: 'langfuse', url: base, publicKey: 'pk-lf-1', secretKey: 'sk-lf-secret' });

const makeScore = (parts: Partial<ScoreEntry> = {}): ScoreEntry => ({
  id: `score-${newSpanId()}`,
  traceId: newTraceId(),
  observationId: '',
  sessionId: '',
  name: 'helpful',
  dataType: 'NUMERIC',
  value: 0.5,
  text: undefined,
  comment: undefined,
  metadata: {},
  environment: undefined,
  timeUs: 1_767_225_600_000_000,
  ...parts,
});

describe('Langfuse as a destination', () => {
  it('gets spans on its own path, with its keys and its header', async () => {
    await forwarding.append(makeSpan({ name: 'a' }));
    const destination = await start();
    await forwarding.isDone();
    expect(seen.map(({ path }) => path)).toEqual([SPANS_PATH]);
    expect(seen[0]?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('pk-lf-1:sk-lf-secret').toString('base64')}`,
      'x-langfuse-ingestion-version': '4',
      'content-type': 'application/x-protobuf',
    });
    expect(namesOf(spansSeen())).toEqual(['a']);
    expect(destination.stats()).toMatchObject({ deliveredSpans: 1, fault: undefined });
  });

  it.each(['/', '/api/public/otel', '/api/public/otel/v1/traces'])('may be named with %s behind it', async (path) => {
    await forwarding.append(makeSpan());
    await forwarding.appendScores(makeScore());
    await start(url + path);
    await forwarding.isDone();
    expect(seen.map((each) => each.path)).toEqual([SPANS_PATH, SCORES_PATH]);
  });

  it('gets requests below four megabytes', async () => {
    for (let index = 0; index < 6; index++) await forwarding.append(makeSpan({ name: 'x'.repeat(1_500_000) }));
    await start();
    await forwarding.isDone();
    expect(spansSeen()).toHaveLength(6);
    expect(Math.max(...seen.map(({ body }) => body.length))).toBeLessThan(4_000_000);
  });

  it('never gets a span without proper ids, which would have it refuse the whole request', async () => {
    await forwarding.append(makeSpan(), makeSpan({ name: 'nameless', traceId: '0'.repeat(32) }), makeSpan());
    const destination = await start();
    await forwarding.isDone();
    expect(seen).toHaveLength(1);
    expect(spansSeen()).toHaveLength(2);
    expect(destination.stats()).toMatchObject({ deliveredSpans: 2, deadLetteredSpans: 1 });
    expect((await forwarding.letters())[0]?.reason).toBe('its ids are none');
  });

  it('says in JSON what it does not take', async () => {
    answer = ({ path, body }) =>
      path === SPANS_PATH && body.includes('bad') ? { status: 400, body: { message: 'Invalid shape' } } : undefined;
    await forwarding.append(makeSpan({ name: 'bad' }), makeSpan({ name: 'good' }));
    await start();
    await forwarding.isDone();
    expect((await forwarding.letters()).map(({ reason, spans }) => [reason, namesOf(spans)])).toEqual([
      ['HTTP 400: Invalid shape', ['bad']],
    ]);
  });

  it('is waited for when it does not know the keys, and nothing is buried', async () => {
    let isKnown = false;
    answer = () => (isKnown ? undefined : { status: 401, body: { message: 'Invalid credentials sk-lf-secret' } });
    await forwarding.append(makeSpan());
    const destination = await start();
    await expect.poll(() => destination.stats().failedAttempts).toBeGreaterThan(2);
    expect(destination.stats()).toMatchObject({ deadLetteredEntries: 0 });
    expect(destination.stats().fault).toContain(
      'SLIPSTREAM_FORWARD_LF_PUBLIC_KEY and SLIPSTREAM_FORWARD_LF_SECRET_KEY',
    );
    expect(destination.stats().fault).not.toContain('sk-lf-secret');
    isKnown = true;
    await forwarding.isDone();
    expect(spansSeen().length).toBeGreaterThan(0);
  });
});

describe('scores for Langfuse', () => {
  it('go as events of its ingestion API, with everything that is known of them', async () => {
    const traceId = newTraceId();
    const observationId = newSpanId();
    await forwarding.appendScores(
      makeScore({
        id: 's1',
        traceId,
        observationId,
        comment: 'fine',
        metadata: { by: 'a teacher' },
        environment: 'test',
      }),
      makeScore({
        id: 's2',
        traceId: '',
        sessionId: 'lesson-1',
        dataType: 'CATEGORICAL',
        value: undefined,
        text: 'good',
      }),
      makeScore({ id: 's3', traceId, dataType: 'BOOLEAN', value: 1 }),
    );
    await start();
    await forwarding.isDone();
    const [events = []] = eventsSeen();
    expect(events.map(({ type, timestamp }) => [type, timestamp])).toEqual(
      Array.from({ length: 3 }, () => ['score-create', '2026-01-01T00:00:00.000Z']),
    );
    expect(events.map(({ body }) => body)).toEqual([
      {
        id: 's1',
        traceId,
        observationId,
        name: 'helpful',
        dataType: 'NUMERIC',
        value: 0.5,
        comment: 'fine',
        metadata: { by: 'a teacher' },
        environment: 'test',
      },
      { id: 's2', sessionId: 'lesson-1', name: 'helpful', dataType: 'CATEGORICAL', value: 'good' },
      { id: 's3', traceId, name: 'helpful', dataType: 'BOOLEAN', value: 1 },
    ]);
  });

  it('have an id that stays when they come again, and changes when they do', async () => {
    const score = makeScore();
    await forwarding.appendScores(score);
    await forwarding.appendScores(score, { ...score, value: 1 });
    await start();
    await forwarding.isDone();
    const [first, again, changed] = eventsSeen()
      .flat()
      .map(({ id }) => id);
    expect(again).toBe(first);
    expect(changed).not.toBe(first);
  });

  it('are buried one by one where Langfuse refuses one by one, and tried again where it is busy', async () => {
    let isBusy = true;
    answer = ({ path, body }) => {
      if (path !== SCORES_PATH) return undefined;
      const errors = eventsOf(body).flatMap(({ id, body: { name } }) => {
        if (name === 'bad') return [{ id, status: 400, message: 'no such score' }];
        return name === 'later' && isBusy ? [{ id, status: 503, message: 'busy' }] : [];
      });
      isBusy = false;
      return { status: 207, body: { successes: [], errors } };
    };
    const names = ['good', 'bad', 'later'];
    await forwarding.appendScores(...names.map((name) => makeScore({ id: name, name })));
    const destination = await start();
    await forwarding.isDone();
    expect(eventsSeen().map((events) => events.map(({ body }) => body.name))).toEqual([names, ['later']]);
    expect(destination.stats()).toMatchObject({ deadLetteredEntries: 1, deadLetteredSpans: 0 });
    const [letter] = await forwarding.letters();
    expect([letter?.reason, letter?.contentType]).toEqual(['event 400: no such score', 'application/json']);
    expect(JSON.parse(letter?.payload.toString() ?? '')).toMatchObject({ scores: [{ id: 'bad', name: 'bad' }] });
  });

  it('are replayed like spans', async () => {
    answer = () => ({ status: 500, body: { error: 'storage is down' } });
    await forwarding.append(makeSpan({ name: 'span' }));
    await forwarding.appendScores(makeScore({ name: 'score' }));
    const destination = await start();
    await forwarding.isDone();
    expect(await destination.deadLetters()).toMatchObject({ entries: 2, reasons: { 'HTTP 500: storage is down': 2 } });
    answer = () => undefined;
    seen = [];
    const { signal } = new AbortController();
    const result = await destination.replay({ maxEntries: 10, signal });
    expect(result).toEqual({ delivered: 2, failed: 0, remaining: 0 });
    expect(namesOf(spansSeen())).toEqual(['span']);
    expect(eventsSeen().flat()[0]?.body).toMatchObject({ name: 'score' });
  });
});
