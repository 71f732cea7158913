import { describe, expect, it } from 'vitest';
import { createRandom } from './seeded-random.js';

const draw = (seed: number | string, count = 20) => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => random.next());
};

describe('createRandom', () => {
  it('gives equal streams for equal seeds and others for other seeds', () => {
    expect(draw('a')).toEqual(draw('a'));
    expect(draw('a')).not.toEqual(draw('b'));
    expect(draw(1)).toEqual(draw('1'));
  });

  it('gives the same numbers on every machine and in every version', () => {
    expect(createRandom('golden').hex(16)).toBe('9f4c726e558de3f5');
  });

  it('spreads evenly over its range', () => {
    const random = createRandom('spread');
    const counts = new Map<number, number>();
    for (let index = 0; index < 6_000; index++) {
      const value = random.integer(1, 6);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([1, 2, 3, 4, 5, 6]);
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  it('forks by label, whatever was drawn before', () => {
    const fresh = createRandom('x').fork('child');
    const used = createRandom('x');
    used.next();
    expect(used.fork('child').next()).toBe(fresh.next());
    expect(createRandom('x').fork('other').next()).not.toBe(createRandom('x').fork('child').next());
  });

  it('never gives an id of zeros', () => {
    for (let seed = 0; seed < 2_000; seed++) expect(createRandom(seed).hex(2)).not.toBe('00');
  });
});
