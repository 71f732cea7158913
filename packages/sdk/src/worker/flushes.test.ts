import { describe, expect, it } from 'vitest';
import { Flushes } from './flushes.js';

const always = () => true;

describe('flushes', () => {
  it('are done when the last batch sealed before them is gone', () => {
    const flushes = new Flushes(0);
    expect(flushes.request(1, 100)).toBe(true);
    expect(flushes.request(1, 100)).toBe(false);
    expect(flushes.needsSeal(() => false)).toBe(false);
    expect(flushes.needsSeal((position) => position <= 100)).toBe(true);
    flushes.sealed(7, always);
    expect(flushes.settle(7)).toBeUndefined();
    expect(flushes.settle(8)).toBe(1);
    expect(flushes.isEmpty).toBe(true);
  });

  it('are not done before the ring was read as far', () => {
    const flushes = new Flushes(0);
    flushes.request(1, 100);
    flushes.sealed(7, () => false);
    expect(flushes.settle(Number.POSITIVE_INFINITY)).toBeUndefined();
  });

  it('that are done together are answered by the newest', () => {
    const flushes = new Flushes(0);
    for (let sequence = 1; sequence <= 3; sequence++) flushes.request(sequence, sequence);
    flushes.sealed(4, always);
    expect(flushes.settle(5)).toBe(3);
  });

  it('that were answered to another worker are not answered again', () => {
    expect(new Flushes(9).request(9, 0)).toBe(false);
  });

  it('stay bounded when nothing is ever delivered, and are all answered in the end', () => {
    const flushes = new Flushes(0);
    for (let sequence = 1; sequence <= 5_000; sequence++) {
      flushes.request(sequence, sequence);
      flushes.sealed(sequence, always);
    }
    expect(flushes.settle(1)).toBeUndefined();
    expect(flushes.settle(5_001)).toBe(5_000);
  });
});
