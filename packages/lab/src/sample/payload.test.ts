import { expect, test } from 'vitest';
import { createPayload, type PayloadShape } from './payload.js';

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

test('each shape has the characters that its name says', () => {
  const sizes: Record<PayloadShape, number> = {
    tiny: 20,
    '4kb': 4_096,
    '4kb-vietnamese': 4_096,
    '100kb-string': 102_408,
    '100kb-messages': 102_408,
    '100kb-string-vietnamese': 102_408,
  };
  for (const [shape, size] of Object.entries(sizes) as [PayloadShape, number][]) {
    const payload = createPayload(shape, 1);
    expect(payload.textLength, shape).toBe(size);
    const actual = text(payload.nextInput()).length + text(payload.nextOutput()).length;
    expect(actual, shape).toBeGreaterThanOrEqual(size);
    expect(actual, shape).toBeLessThan(size * 1.1 + 20);
  }
});

test('the messages are 200', () => {
  expect(createPayload('100kb-messages', 1).nextInput()).toHaveLength(200);
});

test('Vietnamese text needs two bytes a character, the other text one', () => {
  const widest = (shape: PayloadShape): number =>
    Math.max(...[...text(createPayload(shape, 1).nextInput())].map((character) => character.charCodeAt(0)));
  expect(widest('4kb-vietnamese')).toBeGreaterThan(255);
  expect(widest('4kb')).toBeLessThan(128);
});

test('values differ from call to call and are the same for the same seed', () => {
  const [first, second, other] = [createPayload('4kb', 1), createPayload('4kb', 1), createPayload('4kb', 2)];
  const once = text(first.nextInput());
  expect(text(first.nextInput())).not.toBe(once);
  expect(text(second.nextInput())).toBe(once);
  expect(text(other.nextInput())).not.toBe(once);
});
