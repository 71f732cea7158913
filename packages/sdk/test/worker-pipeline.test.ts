import { afterEach, describe, expect, it } from 'vitest';
import { FIELD, FLAG, KIND } from '../src/record/format.js';
import { COUNT, SLOT } from '../src/ring/layout.js';
import {
  type Answer,
  acceptAsCollector,
  attributesOf,
  startBackend,
  type TestBackend,
} from './worker-support/backend.js';
import { type FixtureOptions, ManualClock, PipelineFixture } from './worker-support/pipeline-fixture.js';
import { encodeRecord, SPAN_ID, spanId, TRACE_ID } from './worker-support/record-encoder.js';
import { until } from './worker-support/until.js';

const backends: TestBackend[] = [];
const fixtures: PipelineFixture[] = [];

async function open(options: Omit<FixtureOptions, 'url'> & { answer?: Answer } = {}) {
  const backend = await startBackend(options.answer);
  backends.push(backend);
  const fixture = new PipelineFixture({ ...options, url: backend.url });
  fixtures.push(fixture);
  return { backend, fixture, producer: fixture.producer };
}

afterEach(async () => {
  for (const backend of backends) backend.defaultAnswer = acceptAsCollector;
  await Promise.all(fixtures.splice(0).map((fixture) => fixture.end()));
  await Promise.all(backends.splice(0).map((backend) => backend.close()));
});

const otherTrace = 'f'.repeat(32);

describe('a span on its way', () => {
  it('arrives as OTLP with the ids, times and name of its record', async () => {
    const { backend, fixture, producer } = await open();
    producer.span({ name: 'lesson.webhook', parentSpanId: '00f067aa0ba902b7', startMs: 10.25, endMs: 12.5 });
    await fixture.tickUntil(() => fixture.delivered === 1);
    const [span] = backend.spans;
    expect(span).toMatchObject({
      traceId: TRACE_ID,
      spanId: SPAN_ID,
      parentSpanId: '00f067aa0ba902b7',
      name: 'lesson.webhook',
      kind: 1,
      status: { code: 0 },
    });
    expect(span!.endTimeUnixNano - span!.startTimeUnixNano).toBe(2_250_000n);
    expect(attributesOf(span)).toEqual({ 'langfuse.observation.type': 'span' });
    expect(backend.requests[0]!.path).toBe('/v1/traces');
    expect(fixture.slot(SLOT.STARTED)).toBe(1);
  });

  it('carries every field of a generation by the attribute keys that Langfuse reads', async () => {
    const clock = new ManualClock();
    const { backend, fixture, producer } = await open({
      clock,
      settings: { environment: 'test', release: 'r1', version: 'v0' },
    });
    producer.span({
      type: 1,
      level: 3,
      fields: [
        [FIELD.INPUT, [{ role: 'user', content: 'Xin chào' }]],
        [FIELD.OUTPUT, 'Chào bạn'],
        [FIELD.METADATA, { bot_id: 'b1', turn: 3, deep: { a: true } }],
        [FIELD.STATUS_MESSAGE, 'quota'],
        [FIELD.VERSION, 'v1'],
        [FIELD.MODEL, 'gpt'],
        [FIELD.MODEL_PARAMETERS, { temperature: 0.5 }],
        [FIELD.USAGE_DETAILS, { input: 8, output: 2 }],
        [FIELD.COST_DETAILS, { total: 0.001 }],
        [FIELD.COMPLETION_START, 1500],
        [FIELD.PROMPT_NAME, 'greeting'],
        [FIELD.PROMPT_VERSION, '7'],
      ],
    });
    await fixture.tickUntil(() => fixture.delivered === 1);
    const [span] = backend.spans;
    expect(span).toMatchObject({ kind: 3, status: { code: 2, message: 'quota' } });
    expect(attributesOf(span)).toEqual({
      'langfuse.observation.type': 'generation',
      'langfuse.observation.level': 'ERROR',
      'langfuse.observation.status_message': 'quota',
      'langfuse.observation.input': '[{"role":"user","content":"Xin chào"}]',
      'langfuse.observation.output': 'Chào bạn',
      'langfuse.observation.metadata.bot_id': 'b1',
      'langfuse.observation.metadata.turn': 3n,
      'langfuse.observation.metadata.deep': '{"a":true}',
      'langfuse.observation.model.name': 'gpt',
      'langfuse.observation.model.parameters': '{"temperature":0.5}',
      'langfuse.observation.usage_details': '{"input":8,"output":2}',
      'langfuse.observation.cost_details': '{"total":0.001}',
      'langfuse.observation.completion_start_time': new Date(clock.wall + 1500).toISOString(),
      'langfuse.observation.prompt.name': 'greeting',
      'langfuse.observation.prompt.version': 7n,
      'langfuse.version': 'v1',
      'langfuse.environment': 'test',
      'langfuse.release': 'r1',
    });
    expect(Object.fromEntries(backend.requests[0]!.resource)).toEqual({
      'service.name': 'fixture',
      'service.instance.id': 'instance-1',
      'service.version': 'v0',
      'deployment.environment.name': 'test',
      'telemetry.sdk.name': 'slipstream',
      'telemetry.sdk.language': 'nodejs',
      'telemetry.sdk.version': '0.0.0-test',
      'process.pid': 4242n,
    });
  });

  it('replaces lone surrogates in plain text, and keeps all else of it', async () => {
    const { backend, fixture, producer } = await open();
    producer.span({ fields: [[FIELD.INPUT, 'a\ud800b 👋 ế \u0000']] });
    await fixture.tickUntil(() => fixture.delivered === 1);
    expect(attributesOf(backend.spans[0])['langfuse.observation.input']).toBe('a\ufffdb 👋 ế \u0000');
  });

  it('goes by the name that a NAME record gave its number', async () => {
    const { backend, fixture, producer } = await open();
    producer.write({ kind: KIND.NAME, nameId: 5, fields: [[FIELD.NAME, 'intent.llm']] });
    producer.write({ kind: KIND.END, nameId: 5 });
    producer.write({ kind: KIND.END, nameId: 6, spanId: spanId(2) });
    await fixture.tickUntil(() => fixture.delivered === 2);
    expect(backend.spans.map((span) => span.name)).toEqual(['intent.llm', 'unknown']);
  });
});

describe('a span of two records', () => {
  const start = { kind: KIND.START, fields: [[FIELD.INPUT, 'question'] as const] };

  it('is joined by its span id', async () => {
    const { backend, fixture, producer } = await open();
    producer.write(start);
    producer.write({ ...start, spanId: spanId(9), fields: [[FIELD.INPUT, 'of another span']] });
    producer.span({ flags: FLAG.HAS_START, fields: [[FIELD.OUTPUT, 'answer']] });
    await fixture.tickUntil(() => fixture.delivered === 1);
    expect(attributesOf(backend.spans[0])).toMatchObject({
      'langfuse.observation.input': 'question',
      'langfuse.observation.output': 'answer',
    });
  });

  it('has the later input where both records hold one', async () => {
    const { backend, fixture, producer } = await open();
    producer.write(start);
    producer.span({ flags: FLAG.HAS_START, fields: [[FIELD.INPUT, 'corrected']] });
    await fixture.tickUntil(() => fixture.delivered === 1);
    expect(attributesOf(backend.spans[0])['langfuse.observation.input']).toBe('corrected');
  });

  it.each([
    ['found no room', FLAG.INPUT_LOST, 'ring_full'],
    ['was not held any more', FLAG.HAS_START, 'not_held'],
  ])('says so when its start %s', async (_what, flags, reason) => {
    const { backend, fixture, producer } = await open();
    producer.span({ flags });
    await fixture.tickUntil(() => fixture.delivered === 1);
    expect(attributesOf(backend.spans[0])['langfuse.observation.metadata.slipstream_input_lost']).toBe(reason);
  });
});

describe('trace-level values', () => {
  it('are on every later span of their trace, merged, and on no other', async () => {
    const { backend, fixture, producer } = await open({ settings: { environment: 'default', version: 'v0' } });
    producer.span({ spanId: spanId(1) });
    producer.write({
      kind: KIND.TRACE,
      fields: [
        [FIELD.USER_ID, 'u1'],
        [FIELD.TAGS, ['a', 'b']],
        [FIELD.TRACE_METADATA, { bot_id: 'b1', turn: 1 }],
        [FIELD.TRACE_INPUT, 'once'],
      ],
    });
    producer.span({ spanId: spanId(2) });
    producer.write({
      kind: KIND.TRACE,
      fields: [
        [FIELD.SESSION_ID, 's1'],
        [FIELD.TAGS, ['b', 'c']],
        [FIELD.TRACE_METADATA, { turn: 2 }],
        [FIELD.TRACE_NAME, 'lesson'],
        [FIELD.ENVIRONMENT, 'staging'],
        [FIELD.TRACE_VERSION, 'v9'],
        [FIELD.PUBLIC, true],
      ],
    });
    producer.span({ spanId: spanId(3) });
    producer.span({ spanId: spanId(4), traceId: otherTrace });
    await fixture.tickUntil(() => fixture.delivered === 4);
    const [before, second, third, other] = backend.spans.map(attributesOf);
    const untouched = {
      'langfuse.observation.type': 'span',
      'langfuse.environment': 'default',
      'langfuse.version': 'v0',
    };
    expect(before).toEqual(untouched);
    expect(other).toEqual(untouched);
    expect(second).toMatchObject({
      'user.id': 'u1',
      'langfuse.trace.tags': ['a', 'b'],
      'langfuse.trace.metadata.bot_id': 'b1',
      'langfuse.trace.input': 'once',
    });
    expect(third).toEqual({
      'langfuse.observation.type': 'span',
      'user.id': 'u1',
      'session.id': 's1',
      'langfuse.trace.tags': ['a', 'b', 'c'],
      'langfuse.trace.metadata.bot_id': 'b1',
      'langfuse.trace.metadata.turn': 2n,
      'langfuse.trace.name': 'lesson',
      'langfuse.trace.public': true,
      'langfuse.environment': 'staging',
      'langfuse.version': 'v9',
    });
  });

  it('are counted as late when no span of their trace comes after them', async () => {
    const clock = new ManualClock();
    const { fixture, producer } = await open({ clock });
    producer.write({ kind: KIND.TRACE, fields: [[FIELD.USER_ID, 'u']] });
    fixture.pipeline.tick();
    clock.advance(29_000);
    fixture.pipeline.tick();
    expect(fixture.count(COUNT.LATE_UPDATES)).toBe(0);
    clock.advance(1_000);
    fixture.pipeline.tick();
    expect(fixture.count(COUNT.LATE_UPDATES)).toBe(1);
  });
});

describe('batches', () => {
  it('hold all spans that end within the batch age', async () => {
    const clock = new ManualClock();
    const { backend, fixture, producer } = await open({ clock, settings: { batchAgeMs: 100 } });
    producer.span({ spanId: spanId(1) });
    fixture.pipeline.tick();
    clock.advance(99);
    producer.span({ spanId: spanId(2) });
    fixture.pipeline.tick();
    expect(fixture.count(COUNT.REQUESTS)).toBe(0);
    clock.advance(1);
    await fixture.tickUntil(() => fixture.delivered === 2);
    expect(backend.requests).toHaveLength(1);
  });

  it('are closed below 1 MiB, and a larger span goes alone', async () => {
    const clock = new ManualClock();
    const { backend, fixture, producer } = await open({
      clock,
      capacityBytes: 1 << 23,
      maxRecordBytes: 1 << 22,
      settings: { batchAgeMs: 1_000 },
    });
    for (let index = 0; index < 12; index++) {
      producer.span({ spanId: spanId(index), fields: [[FIELD.INPUT, 'x'.repeat(200_000)]] });
    }
    producer.span({ spanId: spanId(12), fields: [[FIELD.INPUT, 'x'.repeat(1_500_000)]] });
    fixture.pipeline.tick();
    clock.advance(1_000);
    await fixture.tickUntil(() => fixture.delivered === 13);
    for (const request of backend.requests) {
      expect(request.bodyBytes < 1 << 20 || request.spans.length === 1).toBe(true);
    }
    expect(backend.requests.length).toBeLessThan(6);
  });

  it('have one span too large for any backend counted, not sent', async () => {
    const { backend, fixture, producer } = await open({ capacityBytes: 1 << 25, maxRecordBytes: 1 << 25 });
    producer.span({ fields: [[FIELD.INPUT, 'x'.repeat(20 * 1024 * 1024)]] });
    producer.span({ spanId: spanId(2) });
    await fixture.tickUntil(() => fixture.pending === 0);
    expect(fixture.count(COUNT.DROPPED_TOO_LARGE)).toBe(1);
    expect(backend.spans.map((span) => span.spanId)).toEqual([spanId(2)]);
  });
});

describe('spans that run', () => {
  const announced = (id: number) => ({
    kind: KIND.START,
    type: 1,
    flags: FLAG.ANNOUNCE,
    spanId: spanId(id),
    fields: [[FIELD.NAME, 'llm'] as const, [FIELD.INPUT, 'q'] as const],
  });

  it('are told to a collector, without an end and outside the books', async () => {
    const { backend, fixture, producer } = await open({ answer: acceptAsCollector });
    producer.span();
    await fixture.tickUntil(() => fixture.delivered === 1);
    producer.write(announced(1));
    await fixture.tickUntil(() => backend.spans.length === 2);
    const span = backend.spans[1];
    expect(span).toMatchObject({ spanId: spanId(1), name: 'llm', endTimeUnixNano: 0n });
    expect(attributesOf(span)).toMatchObject({
      'slipstream.span.running': true,
      'langfuse.observation.input': 'q',
    });
    expect(fixture.delivered).toBe(1);
    producer.span({ spanId: spanId(1), flags: FLAG.HAS_START });
    await fixture.tickUntil(() => fixture.delivered === 2);
    const ended = attributesOf(backend.spans[2]);
    expect(ended['langfuse.observation.input']).toBe('q');
    expect(ended).not.toHaveProperty('slipstream.span.running');
  });

  it('are never told to another backend', async () => {
    const { backend, fixture, producer } = await open();
    producer.span();
    await fixture.tickUntil(() => fixture.delivered === 1);
    producer.write(announced(1));
    fixture.pipeline.tick();
    producer.span({ spanId: spanId(2) });
    await fixture.tickUntil(() => fixture.delivered === 2);
    expect(backend.spans).toHaveLength(2);
  });

  it('are sent once, ended, when they end before their start was sent', async () => {
    const clock = new ManualClock();
    const { backend, fixture, producer } = await open({
      clock,
      answer: acceptAsCollector,
      settings: { batchAgeMs: 100 },
    });
    producer.span();
    fixture.pipeline.tick();
    clock.advance(100);
    await fixture.tickUntil(() => fixture.delivered === 1);
    producer.write(announced(1));
    fixture.pipeline.tick();
    clock.advance(50);
    producer.span({ spanId: spanId(1) });
    fixture.pipeline.tick();
    clock.advance(100);
    await fixture.tickUntil(() => fixture.delivered === 2);
    expect(backend.spans).toHaveLength(2);
    expect(attributesOf(backend.spans[1])).not.toHaveProperty('slipstream.span.running');
  });
});

describe('a flush', () => {
  it('sends at once what waits for its batch, and is answered when that is delivered', async () => {
    const clock = new ManualClock();
    const { backend, fixture, producer } = await open({ clock, settings: { batchAgeMs: 60_000 } });
    producer.span();
    const sequence = fixture.requestFlush();
    await fixture.tickUntil(() => fixture.replies.length > 0);
    expect(fixture.replies).toEqual([{ kind: 'flushed', sequence }]);
    expect(fixture.slot(SLOT.FLUSH_DONE)).toBe(sequence);
    expect(backend.spans).toHaveLength(1);
    expect(fixture.delivered).toBe(1);
  });

  it('with nothing to deliver is answered at once', async () => {
    const { fixture } = await open();
    const sequence = fixture.requestFlush();
    fixture.pipeline.tick();
    expect(fixture.replies).toEqual([{ kind: 'flushed', sequence }]);
  });

  it('does not wait for spans that end after it', async () => {
    const clock = new ManualClock();
    const { backend, fixture, producer } = await open({ clock, settings: { batchAgeMs: 1_000 } });
    producer.span();
    const sequence = fixture.requestFlush();
    fixture.pipeline.tick();
    producer.span({ spanId: spanId(2) });
    await fixture.tickUntil(() => fixture.slot(SLOT.FLUSH_DONE) === sequence);
    expect(backend.spans).toHaveLength(1);
    clock.advance(1_000);
  });
});

describe('closing', () => {
  it('delivers everything, reports the final books, and only then says that it is drained', async () => {
    const clock = new ManualClock();
    const { backend, fixture, producer } = await open({
      clock,
      answer: acceptAsCollector,
      settings: { batchAgeMs: 60_000 },
    });
    for (let index = 0; index < 10; index++) producer.span({ spanId: spanId(index) });
    producer.count(COUNT.STARTED);
    const progress = fixture.slot(SLOT.PROGRESS);
    fixture.close();
    await fixture.tickUntil(() => fixture.slot(SLOT.DRAINED) === 1);
    expect(fixture.pipeline.isDone).toBe(true);
    expect(backend.spans).toHaveLength(10);
    expect(fixture.slot(SLOT.PROGRESS)).not.toBe(progress);
    expect(backend.books.at(-1)).toEqual({
      schemaVersion: 1,
      instanceId: 'instance-1',
      service: 'fixture',
      pid: 4242,
      startedAtMs: expect.any(Number),
      reportedAtMs: clock.wall,
      final: true,
      started: 11,
      open: 1,
      sampledOut: 0,
      pending: 0,
      delivered: 10,
      dropped: {
        ring_full: 0,
        after_shutdown: 0,
        copy_error: 0,
        retry_buffer_full: 0,
        rejected: 0,
        too_large: 0,
        encode_error: 0,
        worker_stopped: 0,
      },
    });
  });

  it('without a span is done at once', async () => {
    const { fixture } = await open();
    fixture.close();
    fixture.pipeline.tick();
    await until(() => fixture.pipeline.isDone);
    expect(fixture.slot(SLOT.DRAINED)).toBe(1);
  });

  it('reports no books to a backend that is no collector', async () => {
    const { backend, fixture, producer } = await open();
    producer.span();
    await fixture.end();
    expect(backend.spans).toHaveLength(1);
    expect(backend.books).toEqual([]);
  });
});

describe('the books', () => {
  it('are reported to a collector every two seconds when they have changed', async () => {
    const clock = new ManualClock();
    const { backend, fixture, producer } = await open({ clock, answer: acceptAsCollector });
    producer.span();
    await fixture.tickUntil(() => backend.books.length === 1);
    expect(backend.books[0]).toMatchObject({ final: false, started: 1, delivered: 1, pending: 0, open: 0 });
    clock.advance(2_000);
    fixture.pipeline.tick();
    producer.span({ spanId: spanId(2) });
    await fixture.tickUntil(() => fixture.delivered === 2);
    expect(backend.books).toHaveLength(1);
    clock.advance(2_000);
    await fixture.tickUntil(() => backend.books.length === 2);
    expect(backend.books[1]).toMatchObject({ final: false, started: 2, delivered: 2 });
  });

  it('count a record that cannot be read as an encode error', async () => {
    const { backend, fixture, producer } = await open();
    producer.span({ spanId: spanId(1) });
    producer.write(encodeRecord({ kind: KIND.END, fields: [[FIELD.INPUT, Buffer.from([200])]] }));
    producer.span({ spanId: spanId(2) });
    await fixture.tickUntil(() => fixture.pending === 0);
    expect(fixture.count(COUNT.DROPPED_ENCODE_ERROR)).toBe(1);
    expect(backend.spans).toHaveLength(2);
    expect(fixture.log[0]).toMatch(/^dropping spans \(encode_error, 1 so far\)/);
  });

  it('are exact again after a length that cannot be', async () => {
    const { fixture, producer } = await open();
    for (let index = 0; index < 5; index++) producer.span({ spanId: spanId(index) });
    producer.corrupt(0, Buffer.from(new Uint32Array([3]).buffer));
    await fixture.tickUntil(() => fixture.pending === 0);
    expect(fixture.count(COUNT.DROPPED_ENCODE_ERROR)).toBe(5);
    expect(fixture.count(COUNT.TAKEN)).toBe(5);
    producer.span({ spanId: spanId(6) });
    await fixture.tickUntil(() => fixture.delivered === 1);
    expect(fixture.pending).toBe(0);
  });

  it('balance after thousands of spans through a small ring', async () => {
    const { backend, fixture, producer } = await open({ capacityBytes: 8192, maxRecordBytes: 4096 });
    let written = 0;
    await fixture.tickUntil(() => {
      while (written < 3_000 && producer.write({ kind: KIND.END, spanId: spanId(written) })) written++;
      return written === 3_000 && fixture.pending === 0;
    });
    expect(fixture.delivered).toBe(3_000);
    expect(new Set(backend.spans.map((span) => span.spanId)).size).toBe(3_000);
  });
});
