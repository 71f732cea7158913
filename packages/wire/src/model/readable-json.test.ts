import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readableJson } from './readable-json.js';

const escaped = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

describe('JSON whose characters were escaped', () => {
  it.each([
    ['{"question": "Con voi ti\\u1ebfng Anh"}', '{"question": "Con voi tiếng Anh"}'],
    ['["\\ud83d\\ude00"]', '["😀"]'],
    ['"\\u00e9"', '"é"'],
    ['{"a":"\\u0022\\u005c\\u000a\\u0085"}', '{"a":"\\u0022\\u005c\\u000a\\u0085"}'],
    ['["\\ud83d x", "\\ude00"]', '["\\ud83d x", "\\ude00"]'],
    ['["C:\\\\u00e9"]', '["C:\\\\u00e9"]'],
    ['{"n": 1.50, "e":"\\u00E9" }', '{"n": 1.50, "e":"é" }'],
  ])('%s is %s', (text, expected) => {
    expect(readableJson(text)).toBe(expected);
    expect(JSON.parse(readableJson(text))).toEqual(JSON.parse(text));
  });

  it.each(['[see \\u00e9', 'C:\\users\\u00e9', '{\\u00e9}', ''])('leaves a text that is no JSON: %j', (text) => {
    expect(readableJson(text)).toBe(text);
  });

  it('means the same, and is written as anybody would', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const readable = readableJson(escaped(value));
        expect(JSON.parse(readable)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 500 },
    );
  });
});
