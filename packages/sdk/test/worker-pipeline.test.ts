import { describe, expect, it } from 'vitest';
import { FIELD, FLAG, KIND } from '../src/record/format.js';
import { COUNT, SLOT } from '../src/ring/layout.js';
import { attributesOf } from './worker-support/backend.js';
import { usePipelines } from './worker-support/open-pipeline.js';
import { ManualClock } from './worker-support/pipeline-fixture.js';
import { SPAN_ID, spanId, TRACE_ID } from './worker-support/record-encoder.js';

const open = usePipelines();

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

  it('says so when its start found no room', async () => {
    const { backend, fixture, producer } = await open();
    producer.span({ flags: FLAG.INPUT_LOST });
    await fixture.tickUntil(() => fixture.delivered === 1);
    expect(attributesOf(backend.spans[0])['langfuse.observation.metadata.slipstream_input_lost']).toBe('ring_full');
  });

  it('claims no loss where nobody knows of one', async () => {
    const { backend, fixture, producer } = await open();
    producer.span({ flags: FLAG.HAS_START });
    await fixture.tickUntil(() => fixture.delivered === 1);
    expect(attributesOf(backend.spans[0])).toEqual({ 'langfuse.observation.type': 'span' });
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
