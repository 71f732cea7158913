import { describe, expect, it } from 'vitest';
import { createRecording } from '../../test/support/recording.js';
import { COUNT, type RingMemory } from '../ring/layout.js';
import { RingReader } from '../worker/ring-reader.js';
import { bookWhatDied } from './ring-census.js';

const SPAN = { name: 'span', type: 0, hasInput: true, input: 'in' };

function openRing() {
  const { recorder, memory } = createRecording({ bufferBytes: 65_536, maxCaptureBytes: 1024 });
  const reader = new RingReader(memory);
  const make = (count: number) => {
    for (let index = 0; index < count; index++) recorder.start(SPAN, undefined).end();
  };
  /** Takes records as a worker does that dies before it has counted them. */
  const takeRecords = (count: number) => {
    let ends = 0;
    for (let index = 0; index < count; index++) {
      const item = reader.next();
      if (item?.kind === 'record' && item.record.kind === 'end') ends++;
    }
    return ends;
  };
  return { memory, make, takeRecords };
}

function stoppedIn({ counts }: RingMemory): number {
  return counts[COUNT.DROPPED_WORKER_STOPPED] ?? 0;
}

describe('what a dead worker took with it', () => {
  it('is what is not in the ring any more, counted or not', () => {
    const { memory, make, takeRecords } = openRing();
    make(20);
    const taken = takeRecords(15);
    expect(taken).toBeGreaterThan(3);
    bookWhatDied(memory);
    expect(stoppedIn(memory)).toBe(taken);
    expect(memory.counts[COUNT.TAKEN]).toBe(taken);
  });

  it('is nothing where it had decided on everything', () => {
    const { memory, make, takeRecords } = openRing();
    make(10);
    memory.counts[COUNT.DELIVERED] = takeRecords(100);
    bookWhatDied(memory);
    expect(stoppedIn(memory)).toBe(0);
  });

  it('is counted once, however often workers die', () => {
    const { memory, make, takeRecords } = openRing();
    let taken = 0;
    for (let round = 0; round < 100; round++) {
      make(20);
      // Around the ring several times, and at times to its last record.
      taken += takeRecords(round % 7 === 0 ? 10_000 : 37 + (round % 5));
      bookWhatDied(memory);
      expect(stoppedIn(memory)).toBe(taken);
    }
    expect(taken).toBeGreaterThan(1_500);
  });

  it('is at most everything, where the ring cannot be read', () => {
    const { memory, make } = openRing();
    make(5);
    new Uint32Array(memory.shared, 512, 1)[0] = 3;
    bookWhatDied(memory);
    expect(stoppedIn(memory)).toBe(5);
  });
});
