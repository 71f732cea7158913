import { describe, expect, test } from 'vitest';
import type { AnyValue } from '../otlp/messages.js';
import { anyValueToJson, anyValueToText } from './any-value-text.js';

describe('values as text', () => {
  test('a string is itself', () => {
    expect(anyValueToText('{"a": 1}')).toBe('{"a": 1}');
  });

  test.each<[AnyValue, string]>([
    ['a"b', '"a\\"b"'],
    [12345678901234567890n, '12345678901234567890'],
    [1.5, '1.5'],
    [Number.NaN, '"NaN"'],
    [Number.NEGATIVE_INFINITY, '"-Infinity"'],
    [true, 'true'],
    [null, 'null'],
    [Uint8Array.of(1, 2, 255), '"AQL/"'],
    [['x', [1n], null], '["x",[1],null]'],
    [{ entries: [{ key: 'a', value: { entries: [] } }] }, '{"a":{}}'],
  ])('value %# as JSON', (value, json) => {
    expect(anyValueToJson(value)).toBe(json);
  });
});
