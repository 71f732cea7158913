import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  align,
  allocateRing,
  CONTROL_BYTES,
  distance,
  nextLap,
  nextPosition,
  type RingMemory,
  SLOT,
} from './layout.js';
import { RingWriter } from './ring-writer.js';

const MAX_RECORD_BYTES = 1024;

/** The consumer's side as the layout describes it, written a second time so that the two check each other. */
function readOne(memory: RingMemory): number[] | undefined {
  let position = Atomics.load(memory.slots, SLOT.READ_POSITION);
  if (distance(position, Atomics.load(memory.slots, SLOT.WRITE_POSITION)) === 0) return undefined;
  if (Atomics.load(memory.slots, SLOT.REWIND_AT) === position) position = nextLap(position, memory.capacityBytes);
  const offset = position & (memory.capacityBytes - 1);
  const bytes = Buffer.from(memory.shared, CONTROL_BYTES);
  const length = bytes.readUInt32LE(offset);
  const record = [...bytes.subarray(offset, offset + length)];
  Atomics.store(memory.slots, SLOT.READ_POSITION, nextPosition(position, length, memory.capacityBytes));
  return record;
}

function writeOne(writer: RingWriter, length: number, fill: number): boolean {
  const offset = writer.claim();
  if (offset < 0 || offset + length > writer.limit) return false;
  writer.bytes.fill(fill, offset, offset + length);
  writer.bytes.writeUInt32LE(length, offset);
  writer.publish(length);
  return true;
}

function ringAt(position: number): RingMemory {
  const memory = allocateRing(4096, MAX_RECORD_BYTES);
  // A lap's beginning, as every position is a sum of whole records from one.
  Atomics.store(memory.slots, SLOT.WRITE_POSITION, position);
  Atomics.store(memory.slots, SLOT.READ_POSITION, position);
  return memory;
}

describe('the ring', () => {
  it('hands over every record whole and in order, whatever the steps of the two sides', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('write' as const), length: fc.integer({ min: 64, max: MAX_RECORD_BYTES }) }),
      fc.record({ kind: fc.constant('read' as const), length: fc.constant(0) }),
    );
    // The last start makes the positions pass 2^32 within the run.
    const starts = fc.constantFrom(0, 4096 * 7, -4096, -8192);
    const rewinds = fc.constantFrom(0, 512, 2048, 8192);
    fc.assert(
      fc.property(starts, rewinds, fc.array(step, { maxLength: 400 }), (start, rewindBytes, steps) => {
        const memory = ringAt(start);
        const writer = new RingWriter(memory, () => undefined, rewindBytes);
        const expected: number[][] = [];
        let fill = 0;
        for (const { kind, length } of steps) {
          if (kind === 'read') {
            expect(readOne(memory)).toEqual(expected.shift());
            continue;
          }
          fill = (fill + 1) % 250;
          if (!writeOne(writer, length, fill)) continue;
          const record = new Array<number>(length).fill(fill);
          record[0] = length & 255;
          record[1] = length >> 8;
          record[2] = 0;
          record[3] = 0;
          expected.push(record);
        }
        for (const record of expected) expect(readOne(memory)).toEqual(record);
        expect(readOne(memory)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  it('takes records until it is full, and takes more once they are read', () => {
    const memory = ringAt(0);
    const writer = new RingWriter(memory, () => undefined);
    let written = 0;
    while (writeOne(writer, 128, 1)) written += 1;
    expect(written).toBe(4096 / 128);
    readOne(memory);
    expect(writeOne(writer, 128, 2)).toBe(true);
    expect(writeOne(writer, 128, 2)).toBe(false);
  });

  it('goes back to its beginning when it is empty, and still has all of its room there', () => {
    const memory = ringAt(0);
    const writer = new RingWriter(memory, () => undefined, 1024);
    for (let index = 0; index < 1024 / 64; index++) writeOne(writer, 64, 1);
    while (readOne(memory) !== undefined);
    expect(writer.claim()).toBe(0);
    let written = 0;
    while (writeOne(writer, 128, 2)) written += 1;
    expect(written).toBe(4096 / 128);
    for (let index = 0; index < written; index++) expect(readOne(memory)?.[8]).toBe(2);
    expect(readOne(memory)).toBeUndefined();
  });

  it('goes on where it is while something is left to read', () => {
    const memory = ringAt(0);
    const writer = new RingWriter(memory, () => undefined, 1024);
    for (let index = 0; index < 1024 / 64; index++) writeOne(writer, 64, 1);
    readOne(memory);
    expect(writer.claim()).toBe(1024);
  });

  it('takes a record of the greatest length at the very end of a lap', () => {
    const memory = ringAt(0);
    const writer = new RingWriter(memory, () => undefined);
    for (let index = 0; index < 4096 / 64 - 1; index++) {
      expect(writeOne(writer, 64, 1)).toBe(true);
      readOne(memory);
    }
    expect(writeOne(writer, MAX_RECORD_BYTES, 9)).toBe(true);
    expect(readOne(memory)).toHaveLength(MAX_RECORD_BYTES);
  });

  it('wakes its consumer once each time it fills by half', () => {
    const memory = ringAt(0);
    let wakes = 0;
    const writer = new RingWriter(memory, () => {
      wakes += 1;
    });
    for (let round = 0; round < 2; round++) {
      while (writeOne(writer, 64, 1)) expect(wakes).toBeLessThanOrEqual(round + 1);
      expect(wakes).toBe(round + 1);
      while (readOne(memory) !== undefined);
    }
  });

  it('rounds its size up to a power of two', () => {
    expect(allocateRing(100_000, 64).capacityBytes).toBe(131_072);
    expect(allocateRing(65_536, 64).capacityBytes).toBe(65_536);
    expect(align(9)).toBe(16);
  });
});
