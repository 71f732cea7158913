import { describe, expect, it } from 'vitest';
import { createBackoff } from './backoff.js';

describe('createBackoff', () => {
  it('doubles up to the last wait and begins anew after a reset', () => {
    const backoff = createBackoff(100, 500, () => 0.5);
    expect([1, 2, 3, 4, 5].map(() => backoff.nextMs())).toEqual([100, 200, 400, 500, 500]);
    backoff.reset();
    expect(backoff.nextMs()).toBe(100);
  });

  it('spreads each wait by a quarter to both sides', () => {
    expect(createBackoff(100, 500, () => 0).nextMs()).toBe(75);
    expect(createBackoff(100, 500, () => 1).nextMs()).toBe(125);
  });
});
