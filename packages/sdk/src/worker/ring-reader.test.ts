import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SPAN_ID, TestProducer, type TestRecord, TRACE_ID } from '../../test/worker-support/record-encoder.js';
import { FIELD, FLAG, HEADER_BYTES, KIND } from '../record/format.js';
import { allocateRing, distance, SLOT } from '../ring/layout.js';
import type { DecodedRecord, SpanRecord } from './record-reader.js';
import { RingReader } from './ring-reader.js';

const CAPACITY = 4096;

function openRing(startPosition = 0, maxRecordBytes = 2048) {
  const memory = allocateRing(CAPACITY, maxRecordBytes);
  const producer = new TestProducer(memory);
  producer.startAt(startPosition);
  return { memory, producer, reader: new RingReader(memory) };
}

function readAll(reader: RingReader): DecodedRecord[] {
  const records: DecodedRecord[] = [];
  for (let item = reader.next(); item !== undefined; item = reader.next()) {
    if (item.kind === 'record') records.push(item.record);
    else throw new TypeError(item.kind);
  }
  return records;
}

const end = (input: string): TestRecord => ({ kind: KIND.END, fields: [[FIELD.INPUT, input]] });

describe('a record', () => {
  it('comes out with every field of its header', () => {
    const { producer, reader } = openRing();
    producer.write({
      kind: KIND.END,
      type: 1,
      level: 3,
      flags: FLAG.HAS_START | FLAG.LOCAL_ROOT,
      parentSpanId: 'ffffffff00000001',
      startMs: 1.5,
      endMs: 2.25,
      nameId: 0xfffffffe,
    });
    expect(readAll(reader)[0]).toMatchObject({
      kind: 'end',
      traceId: TRACE_ID,
      spanId: SPAN_ID,
      parentSpanId: 'ffffffff00000001',
      type: 'generation',
      level: 'ERROR',
      flags: 9,
      startMs: 1.5,
      endMs: 2.25,
      nameId: 0xfffffffe,
    });
  });

  it('comes out with every field that a span may have', () => {
    const { producer, reader } = openRing();
    producer.write({
      kind: KIND.END,
      fields: [
        [FIELD.NAME, 'name'],
        [FIELD.INPUT, { a: 1 }],
        [FIELD.OUTPUT, 'out'],
        [FIELD.METADATA, { k: 'v' }],
        [FIELD.METADATA, { l: 2, k: 'w' }],
        [FIELD.STATUS_MESSAGE, 'status'],
        [FIELD.VERSION, 'v1'],
        [FIELD.MODEL, 'model'],
        [FIELD.MODEL_PARAMETERS, { temperature: 0 }],
        [FIELD.USAGE_DETAILS, { input: 5 }],
        [FIELD.COST_DETAILS, { total: 0.25 }],
        [FIELD.COMPLETION_START, 12.5],
        [FIELD.PROMPT_NAME, 'prompt'],
        [FIELD.PROMPT_VERSION, 3],
        [FIELD.TRACE_STATE, 'a=b'],
      ],
    });
    expect((readAll(reader)[0] as SpanRecord).fields).toEqual({
      name: 'name',
      input: '{"a":1}',
      output: 'out',
      metadata: new Map<string, unknown>([
        ['k', 'w'],
        ['l', 2n],
      ]),
      statusMessage: 'status',
      version: 'v1',
      model: 'model',
      modelParameters: '{"temperature":0}',
      usageDetails: '{"input":5}',
      costDetails: '{"total":0.25}',
      completionStartMs: 12.5,
      promptName: 'prompt',
      promptVersion: '3',
      traceState: 'a=b',
    });
  });

  it('may tell trace-level values, or a name', () => {
    const { producer, reader } = openRing();
    producer.write({
      kind: KIND.TRACE,
      fields: [
        [FIELD.USER_ID, 'u'],
        [FIELD.SESSION_ID, 's'],
        [FIELD.TAGS, ['x', 'y']],
        [FIELD.PUBLIC, true],
      ],
    });
    producer.write({ kind: KIND.NAME, nameId: 7, fields: [[FIELD.NAME, 'seven']] });
    const [trace, name] = readAll(reader);
    expect(trace).toMatchObject({
      kind: 'trace',
      traceId: TRACE_ID,
      fields: { userId: 'u', sessionId: 's', tags: ['x', 'y'], isPublic: true },
    });
    expect(name).toEqual({ kind: 'name', nameId: 7, name: 'seven' });
  });

  it('gives its room back as soon as it is read', () => {
    const { memory, producer, reader } = openRing();
    producer.write(end('x'));
    expect(distance(Atomics.load(memory.slots, SLOT.READ_POSITION), producer.writePosition)).toBeGreaterThan(0);
    reader.next();
    expect(Atomics.load(memory.slots, SLOT.READ_POSITION)).toBe(producer.writePosition);
  });
});

describe('the ring', () => {
  it('reads on where records run into the overhang and the next lap begins', () => {
    const { producer, reader } = openRing();
    for (let index = 0; index < 50; index++) {
      const text = `${index}`.padEnd(700, 'x');
      expect(producer.write(end(text))).toBe(true);
      expect((readAll(reader)[0] as SpanRecord).fields.input).toBe(text);
    }
  });

  it('turns at 2^32', () => {
    // The last two laps before the turn.
    const { producer, reader } = openRing(2 ** 32 - 2 * CAPACITY);
    for (let index = 0; index < 40; index++) {
      const text = `${index}`.padEnd(500, 'y');
      expect(producer.write(end(text))).toBe(true);
      expect((readAll(reader)[0] as SpanRecord).fields.input).toBe(text);
    }
    expect(producer.writePosition).toBeGreaterThan(0);
  });

  it('gives out exactly what went in, for any records and any turn-taking', () => {
    const anyStep = fc.record({
      text: fc.tuple(fc.nat(0xffff), fc.nat(500)).map(([unit, times]) => String.fromCharCode(unit).repeat(times)),
      readsAfter: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(anyStep, { maxLength: 60, size: 'max' }),
        fc.constantFrom(0, 2 ** 31 - CAPACITY, 2 ** 32 - CAPACITY, 2 ** 32 - 8 * CAPACITY),
        (steps, startPosition) => {
          const { producer, reader } = openRing(startPosition);
          const written: string[] = [];
          const read: string[] = [];
          const take = () => read.push(...readAll(reader).map((record) => String((record as SpanRecord).fields.input)));
          for (const { text, readsAfter } of steps) {
            if (producer.write(end(text))) written.push(text);
            if (readsAfter) take();
          }
          take();
          expect(read).toEqual(written);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('a damaged record', () => {
  it('is stepped over when its length stands', () => {
    const { producer, reader } = openRing();
    producer.write(end('first'));
    const at = producer.writePosition;
    producer.write(end('second'));
    producer.write(end('third'));
    producer.corrupt(at + HEADER_BYTES + 1, Buffer.from([200]));
    expect(reader.next()).toMatchObject({ kind: 'record' });
    expect(reader.next()).toEqual({ kind: 'unreadable', isEnd: true });
    expect(reader.next()).toMatchObject({ record: { fields: { input: 'third' } } });
    expect(reader.next()).toBeUndefined();
  });

  it.each([
    ['zero', 0],
    ['less than a header', HEADER_BYTES - 1],
    ['more than a record may have', 2 ** 31],
    ['more than was written', 1024],
  ])('makes the reader give up all that was written when its length is %s', (_what, length) => {
    const { producer, reader } = openRing();
    producer.write(end('first'));
    producer.write(end('second'));
    producer.corrupt(0, Buffer.from(new Uint32Array([length]).buffer));
    expect(reader.next()).toEqual({ kind: 'resynchronised' });
    expect(reader.next()).toBeUndefined();
    producer.write(end('after'));
    expect(reader.next()).toMatchObject({ record: { fields: { input: 'after' } } });
  });

  it('never stops the reader, whatever its bytes are', () => {
    const anyDamage = fc.record({
      offset: fc.integer({ min: 0, max: CAPACITY - 1 }),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
    });
    fc.assert(
      fc.property(fc.array(anyDamage, { maxLength: 6 }), (damages) => {
        const { producer, reader } = openRing();
        for (let index = 0; index < 12; index++) producer.write(end(`text ${index}`));
        for (const { offset, bytes } of damages) producer.corrupt(offset, bytes);
        for (let steps = 0; reader.next() !== undefined; steps++) expect(steps).toBeLessThan(100);
        producer.write(end('alive'));
        expect(reader.next()).toMatchObject({ record: { fields: { input: 'alive' } } });
      }),
      { numRuns: 200 },
    );
  });
});
