import { describe, expect, it } from 'vitest';
import { FIELD, FLAG, KIND } from '../src/record/format.js';
import { COUNT, SLOT } from '../src/ring/layout.js';
import { acceptAsCollector, attributesOf } from './worker-support/backend.js';
import { usePipelines } from './worker-support/open-pipeline.js';
import { ManualClock } from './worker-support/pipeline-fixture.js';
import { encodeRecord, spanId } from './worker-support/record-encoder.js';
import { until } from './worker-support/until.js';

const open = usePipelines();

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
        redis_full: 0,
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
  it('are reported to a collector every two seconds while they change', async () => {
    const clock = new ManualClock();
    const { backend, fixture, producer } = await open({ clock, answer: acceptAsCollector });
    producer.span();
    await fixture.tickUntil(() => backend.books.length === 1);
    expect(backend.books[0]).toMatchObject({ final: false, started: 1, delivered: 1, pending: 0, open: 0 });
    producer.span({ spanId: spanId(2) });
    await fixture.tickUntil(() => fixture.delivered === 2);
    // It has changed, and no time has passed.
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
