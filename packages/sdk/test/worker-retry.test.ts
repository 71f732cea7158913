import { afterEach, describe, expect, it } from 'vitest';
import { FIELD } from '../src/record/format.js';
import { COUNT, SLOT } from '../src/ring/layout.js';
import {
  type Answer,
  accept,
  acceptAsCollector,
  attributesOf,
  refuse,
  rejectPartly,
  startBackend,
  type TestBackend,
} from './worker-support/backend.js';
import { type FixtureOptions, ManualClock, PipelineFixture } from './worker-support/pipeline-fixture.js';
import { spanId } from './worker-support/record-encoder.js';

const backends: TestBackend[] = [];
const fixtures: PipelineFixture[] = [];
/** Longest time that full jitter can draw. */
const latest = () => 0.999999;

async function open(options: Omit<FixtureOptions, 'url'> & { url?: string; answer?: Answer } = {}) {
  const backend = await startBackend(options.answer);
  backends.push(backend);
  const clock = new ManualClock();
  const fixture = new PipelineFixture({ clock, random: latest, url: backend.url, ...options });
  fixtures.push(fixture);
  return { backend, clock, fixture, producer: fixture.producer };
}

afterEach(async () => {
  for (const backend of backends) {
    backend.answers.length = 0;
    backend.defaultAnswer = accept;
  }
  await Promise.all(fixtures.splice(0).map((fixture) => fixture.end()));
  await Promise.all(backends.splice(0).map((backend) => backend.close()));
});

const failures = (fixture: PipelineFixture) => fixture.count(COUNT.FAILED_REQUESTS);

describe('an answer that asks to try again', () => {
  it.each([429, 502, 503, 504])('%i: the batch is sent again, and delivered once', async (status) => {
    const { backend, clock, fixture, producer } = await open();
    backend.answers.push(refuse(status));
    producer.span();
    await fixture.tickUntil(() => failures(fixture) === 1);
    expect(fixture.delivered).toBe(0);
    clock.advance(100);
    await fixture.tickUntil(() => fixture.delivered === 1);
    expect(backend.requests).toHaveLength(2);
    expect(fixture.pending).toBe(0);
  });

  it('is asked again no earlier than it says', async () => {
    const { backend, clock, fixture, producer } = await open();
    backend.answers.push(refuse(503, { 'retry-after': '3' }));
    producer.span();
    await fixture.tickUntil(() => failures(fixture) === 1);
    clock.advance(2_999);
    fixture.pipeline.tick();
    expect(fixture.count(COUNT.REQUESTS)).toBe(1);
    clock.advance(1);
    await fixture.tickUntil(() => fixture.delivered === 1);
  });

  it('is asked at longer and longer intervals, and one batch at a time', async () => {
    const { backend, clock, fixture, producer } = await open({ answer: refuse(503), settings: { batchAgeMs: 0 } });
    for (let attempt = 0; attempt < 4; attempt++) {
      producer.span({ spanId: spanId(attempt) });
      await fixture.tickUntil(() => failures(fixture) === attempt + 1);
      clock.advance(100 * 2 ** attempt - 1);
      fixture.pipeline.tick();
      expect(fixture.count(COUNT.REQUESTS)).toBe(attempt + 1);
      clock.advance(1);
    }
    backend.defaultAnswer = accept;
    await fixture.tickUntil(() => fixture.delivered === 4);
  });

  it('does not hold up other batches with one that it cannot digest', async () => {
    const digestible: Answer = (response, spans) => {
      const isBad = spans.some((span) => attributesOf(span)['langfuse.observation.input'] === 'bad');
      response.writeHead(isBad ? 503 : 200).end();
    };
    const { clock, fixture, producer } = await open({ answer: digestible });
    producer.span({ spanId: spanId(0), fields: [[FIELD.INPUT, 'bad']] });
    await fixture.tickUntil(() => failures(fixture) === 1);
    for (let index = 1; index <= 5; index++) {
      producer.span({ spanId: spanId(index) });
      clock.advance(2_000);
      await fixture.tickUntil(() => fixture.delivered === index);
    }
    expect(fixture.pending).toBe(1);
  });
});

describe('an answer that refuses', () => {
  it.each([301, 400, 401, 404, 500])('%i: the batch is dropped, counted and told of once', async (status) => {
    const { backend, clock, fixture, producer } = await open({ answer: refuse(status, { location: '/elsewhere' }) });
    for (let index = 0; index < 3; index++) {
      producer.span({ spanId: spanId(index) });
      await fixture.tickUntil(() => fixture.count(COUNT.DROPPED_REJECTED) === index + 1);
    }
    fixture.pipeline.tick();
    expect(backend.requests).toHaveLength(3);
    expect(fixture.pending).toBe(0);
    expect(fixture.log).toHaveLength(1);
    expect(fixture.log[0]).toContain(`HTTP ${status}`);
    clock.advance(5_000);
    fixture.pipeline.tick();
    expect(fixture.log[1]).toBe('dropping has ended (rejected): 3 spans dropped');
  });

  it('a part of the spans has the others delivered, and nothing sent again', async () => {
    const { backend, fixture, producer } = await open({ settings: { batchAgeMs: 60_000 } });
    backend.answers.push(rejectPartly(2n));
    for (let index = 0; index < 5; index++) producer.span({ spanId: spanId(index) });
    fixture.requestFlush();
    await fixture.tickUntil(() => fixture.pending === 0);
    expect(fixture.delivered).toBe(3);
    expect(fixture.count(COUNT.DROPPED_REJECTED)).toBe(2);
    expect(backend.requests).toHaveLength(1);
  });

  it('a part of the spans may say so in JSON', async () => {
    const { backend, fixture, producer } = await open();
    backend.answers.push((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"partialSuccess":{"rejectedSpans":"1","errorMessage":"x"}}');
    });
    producer.span();
    await fixture.tickUntil(() => fixture.pending === 0);
    expect(fixture.count(COUNT.DROPPED_REJECTED)).toBe(1);
  });

  it.each(['ok', '<html></html>', '{"half', '{}', 'null', '\u0000\u0001'])(
    'is not: %j with status 200',
    async (body) => {
      const { backend, fixture, producer } = await open();
      backend.answers.push((response) => void response.writeHead(200).end(body));
      producer.span();
      await fixture.tickUntil(() => fixture.pending === 0);
      expect(fixture.delivered).toBe(1);
    },
  );
});

describe('an answer that the request is too large', () => {
  /** Takes requests of two spans at most. */
  const atMostTwo: Answer = (response, spans) => void response.writeHead(spans.length > 2 ? 413 : 200).end();

  it('has the batch sent in parts', async () => {
    const { backend, fixture, producer } = await open({ answer: atMostTwo, settings: { batchAgeMs: 60_000 } });
    for (let index = 0; index < 9; index++) producer.span({ spanId: spanId(index) });
    fixture.requestFlush();
    await fixture.tickUntil(() => fixture.pending === 0);
    expect(fixture.delivered).toBe(9);
    expect(new Set(backend.spans.map((span) => span.spanId)).size).toBe(9);
    expect(fixture.slot(SLOT.FLUSH_DONE)).toBe(1);
  });

  it('has a span that is alone dropped and counted', async () => {
    const { fixture, producer } = await open({ answer: refuse(413) });
    producer.span();
    await fixture.tickUntil(() => fixture.count(COUNT.DROPPED_TOO_LARGE) === 1);
    expect(fixture.pending).toBe(0);
  });
});

describe('a backend that cannot be reached', () => {
  it('gets everything when it is there again, and its absence is told once', async () => {
    const { backend, clock, fixture, producer } = await open();
    await backend.close();
    for (let index = 0; index < 6; index++) {
      producer.span({ spanId: spanId(index) });
      clock.advance(1_000);
      await fixture.tickUntil(() => failures(fixture) > index);
    }
    const again = await startBackend(accept, backend.port);
    backends.push(again);
    clock.advance(1_000);
    await fixture.tickUntil(() => fixture.delivered === 6);
    expect(again.spans).toHaveLength(6);
    // What waited is sent together, not in as many requests as there were batches.
    expect(again.requests.length).toBeLessThan(6);
    expect(fixture.log).toHaveLength(2);
    expect(fixture.log[0]).toMatch(/does not take spans \(ECONN(REFUSED|RESET)\)/);
    expect(fixture.log[1]).toMatch(/takes spans again after \d+\.\d s/);
  });

  it('is given up after the time limit when it hangs, and tried again', async () => {
    const { backend, clock, fixture, producer } = await open({
      timeouts: { connectMs: 1_000, requestMs: 60, bodyMs: 60 },
    });
    backend.answers.push(() => undefined);
    producer.span();
    await fixture.tickUntil(() => failures(fixture) === 1);
    expect(fixture.log[0]).toContain('ETIMEDOUT');
    clock.advance(100);
    await fixture.tickUntil(() => fixture.delivered === 1);
  });

  it('that cuts the connection is asked again', async () => {
    const { backend, clock, fixture, producer } = await open();
    backend.answers.push((response) => response.destroy());
    producer.span();
    await fixture.tickUntil(() => failures(fixture) === 1);
    clock.advance(100);
    await fixture.tickUntil(() => fixture.delivered === 1);
  });

  it('is asked at once by a flush, whatever the back-off says', async () => {
    const { backend, fixture, producer } = await open();
    backend.answers.push(refuse(502));
    producer.span();
    await fixture.tickUntil(() => failures(fixture) === 1);
    const sequence = fixture.requestFlush();
    await fixture.tickUntil(() => fixture.slot(SLOT.FLUSH_DONE) === sequence);
    expect(fixture.delivered).toBe(1);
  });

  it('is asked once more at the end even when it asked for patience', async () => {
    const { backend, fixture, producer } = await open();
    backend.answers.push(refuse(503, { 'retry-after': '60' }));
    producer.span();
    await fixture.tickUntil(() => failures(fixture) === 1);
    fixture.requestFlush();
    fixture.pipeline.tick();
    expect(fixture.count(COUNT.REQUESTS)).toBe(1);
    fixture.close();
    await fixture.tickUntil(() => fixture.pipeline.isDone);
    expect(fixture.delivered).toBe(1);
  });
});

describe('the retry buffer', () => {
  it('drops the oldest batches when it is full, and the books stay exact', async () => {
    const { backend, clock, fixture, producer } = await open({
      answer: refuse(503),
      settings: { retryBufferBytes: 64 * 1024 },
    });
    for (let index = 0; index < 60; index++) {
      producer.span({ spanId: spanId(index), fields: [[FIELD.INPUT, 'x'.repeat(4_000)]] });
      fixture.pipeline.tick();
      clock.advance(50);
    }
    await fixture.tickUntil(() => !fixture.log.every((line) => !line.includes('retry_buffer_full')));
    const dropped = fixture.count(COUNT.DROPPED_RETRY_BUFFER_FULL);
    expect(dropped).toBeGreaterThanOrEqual(60 - 16);
    backend.defaultAnswer = accept;
    await fixture.tickUntil(() => {
      // Each time, because a request under way may still be refused.
      clock.advance(1_000);
      return fixture.pending === 0;
    });
    const finallyDropped = fixture.count(COUNT.DROPPED_RETRY_BUFFER_FULL);
    expect(fixture.delivered + finallyDropped).toBe(60);
    const arrived = backend.spans.map((span) => span.spanId);
    expect(new Set(arrived).size).toBe(fixture.delivered);
    // The newest are those that are kept.
    expect(arrived).toContain(spanId(59));
    expect(arrived).not.toContain(spanId(10));
  });

  it('takes a batch larger than itself when there is nothing else', async () => {
    const { fixture, producer } = await open({ settings: { retryBufferBytes: 4096 } });
    producer.span({ fields: [[FIELD.INPUT, 'x'.repeat(10_000)]] });
    await fixture.tickUntil(() => fixture.pending === 0);
    expect(fixture.delivered).toBe(1);
  });

  it('lets the ring wait while the backend is slow but answers', async () => {
    const held: (() => void)[] = [];
    const { fixture, producer } = await open({
      answer: (response) => void held.push(() => response.writeHead(200).end()),
      settings: { retryBufferBytes: 64 * 1024 },
    });
    for (let index = 0; index < 60; index++) {
      producer.span({ spanId: spanId(index), fields: [[FIELD.INPUT, 'x'.repeat(4_000)]] });
    }
    await fixture.tickUntil(() => held.length > 0);
    await fixture.tickUntil(() => {
      for (const release of held.splice(0)) release();
      return fixture.pending === 0;
    });
    expect(fixture.count(COUNT.DROPPED_RETRY_BUFFER_FULL)).toBe(0);
    expect(fixture.delivered).toBe(60);
  });

  it('forgets that spans run when they have to be sent again', async () => {
    const { backend, clock, fixture, producer } = await open({ answer: acceptAsCollector });
    producer.span();
    await fixture.tickUntil(() => fixture.delivered === 1);
    backend.answers.push(refuse(503));
    producer.write({ kind: 1, flags: 4, spanId: spanId(7) });
    await fixture.tickUntil(() => failures(fixture) === 1);
    clock.advance(1_000);
    fixture.pipeline.tick();
    expect(fixture.count(COUNT.REQUESTS)).toBe(2);
  });
});
