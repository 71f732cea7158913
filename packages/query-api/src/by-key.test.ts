import { describe, expect, test } from 'vitest';
import { numbersByKeySchema, textsByKeySchema } from './by-key.js';

describe('objects of any keys', () => {
  test('keep every key as their own, also one that means something to objects', () => {
    const texts = textsByKeySchema.parse(JSON.parse('{"__proto__":"x","constructor":"y","":"z"}'));
    expect(Object.entries(texts)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
      ['', 'z'],
    ]);
    expect(Object.entries(numbersByKeySchema.parse(JSON.parse('{"__proto__":1.5}')))).toEqual([['__proto__', 1.5]]);
  });

  test.each([null, 'x', 1, ['x'], { a: 1 }, { a: null }, undefined])('of texts are not %j', (value) => {
    expect(textsByKeySchema.safeParse(value).success).toBe(false);
  });

  test.each([[1], { a: '1' }, { a: Number.NaN }, { a: Number.POSITIVE_INFINITY }])('of numbers are not %j', (value) => {
    expect(numbersByKeySchema.safeParse(value).success).toBe(false);
  });
});
