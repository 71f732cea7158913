import { expect, test } from 'vitest';
import { maskPeople } from './mask.js';

test.each([
  ['mail lan.nguyen+robot@mail.example.vn today', 'mail [email] today'],
  ['call +84 912 345 678 or (028) 3822 1234', 'call [phone] or [phone]'],
])('%s', (text, masked) => {
  expect(maskPeople({ data: text })).toBe(masked);
});

test.each(['lesson number 12 of 2026-03-01', 'the robot asks', 'x1234567890y'])('%s stays', (text) => {
  expect(maskPeople({ data: text })).toBe(text);
});

test('what is no text stays as it is', () => {
  expect(maskPeople({ data: 7 })).toBe(7);
});
