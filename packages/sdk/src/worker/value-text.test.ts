import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter, encodeString, encodeValue } from '../../test/worker-support/record-encoder.js';
import { TAG } from '../record/format.js';
import { CorruptRecordError } from './errors.js';
import { ValueReader } from './value-reader.js';
import { readAttribute, readEntries, readText, readTextList } from './value-text.js';

function readerOf(bytes: Uint8Array): ValueReader {
  // Not at offset 0, so that an absolute offset taken for a relative one would show.
  const padded = Buffer.concat([Buffer.alloc(3), bytes]);
  const reader = new ValueReader(padded);
  reader.open(3, padded.length);
  return reader;
}

function textOf(bytes: Uint8Array): string | undefined {
  const reader = readerOf(bytes);
  const text = readText(reader);
  expect(reader.isAtEnd).toBe(true);
  return text;
}

const cut = (count: number) => new ByteWriter().byte(TAG.CUT).double(count).toBuffer();
const cutText = (count: number) => new ByteWriter().byte(TAG.CUT_TEXT).double(count).toBuffer();
const tagged = (tag: number, ...parts: Uint8Array[]) => Buffer.concat([Buffer.from([tag]), ...parts]);
const END = Buffer.from([TAG.END]);

/** As JSON.stringify, but for the numbers that JSON has no words for. */
function expectedJson(value: unknown): string {
  return JSON.stringify(value, (_key, item) =>
    typeof item === 'number' && !Number.isFinite(item) ? String(item) : item,
  );
}

const textOfUnits = (range: { min: number; max: number }) =>
  fc.array(fc.integer(range), { maxLength: 12 }).map((units) => String.fromCharCode(...units));

/** ASCII, Latin-1, anything with surrogates in pairs or alone, and alone for sure. */
const anyString = fc.oneof(
  fc.string(),
  textOfUnits({ min: 0, max: 0xff }),
  textOfUnits({ min: 0, max: 0xffff }),
  textOfUnits({ min: 0xd7f0, max: 0xe010 }),
);

/** `__proto__` as a key sets the prototype of the test's own value instead. */
const anyKey = anyString.filter((key) => key !== '__proto__');

const anyJson = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false, undefined),
    fc.integer(),
    fc.double(),
    anyString,
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(anyKey, tie('value'), { maxKeys: 6, noNullPrototype: true }),
  ),
})).value;

describe('structures', () => {
  it('are the text that JSON.stringify gives', () => {
    fc.assert(
      fc.property(fc.oneof(fc.array(anyJson), fc.dictionary(anyKey, anyJson, { noNullPrototype: true })), (value) => {
        expect(textOf(encodeValue(value))).toBe(expectedJson(value));
      }),
      { numRuns: 200 },
    );
  });

  it('keep Vietnamese, emoji and characters that JSON escapes', () => {
    const value = { 'tên "bài"': ['Chào bạn 👋\n\t\\', '\u0000\u001f\u2028', 'Wörter'] };
    expect(textOf(encodeValue(value))).toBe(JSON.stringify(value));
  });

  it('keep keys that mean something to JavaScript', () => {
    const keys = Buffer.concat(
      ['__proto__', 'constructor', 'toJSON', '10', '9'].map((key) =>
        Buffer.concat([encodeString(key), encodeValue({ polluted: 1 })]),
      ),
    );
    const text = textOf(tagged(TAG.OBJECT, keys, END));
    expect(Object.keys(JSON.parse(text!)).sort()).toEqual(['10', '9', '__proto__', 'constructor', 'toJSON']);
    expect({}).not.toHaveProperty('polluted');
  });

  it('show dates as ISO text, and one that is none by name', () => {
    const value = [new Date(0), new Date(Number.NaN)];
    expect(textOf(encodeValue(value))).toBe('["1970-01-01T00:00:00.000Z","Invalid Date"]');
  });

  it('show big integers as strings of digits', () => {
    expect(textOf(encodeValue({ id: 12345678901234567890n }))).toBe('{"id":"12345678901234567890"}');
  });

  it('show binary data by kind and size, and what cannot be copied as it is named', () => {
    const bytes = tagged(TAG.BYTES, encodeString('Buffer'), Buffer.from(new Float64Array([1024]).buffer));
    const marker = tagged(TAG.MARKER, encodeString('[Circular]'));
    expect(textOf(tagged(TAG.ARRAY, bytes, marker, END))).toBe('["[Buffer 1024 bytes]","[Circular]"]');
  });

  it('show a map with text keys as an object, without its undefined values', () => {
    const map = new Map<unknown, unknown>([
      ['a', 1],
      ['b', undefined],
      ['ç', { d: [] }],
    ]);
    expect(textOf(encodeValue({ map }))).toBe('{"map":{"a":1,"ç":{"d":[]}}}');
  });

  it('show any other map as pairs', () => {
    const map = new Map<unknown, unknown>([
      [1, 'one'],
      ['two', undefined],
      [{ k: 1 }, [2]],
    ]);
    expect(textOf(encodeValue(map))).toBe('[[1,"one"],["two",null],[{"k":1},[2]]]');
  });
});

describe('what was cut', () => {
  it('is told inside a text, alone and in a structure', () => {
    const text = Buffer.concat([encodeString('hello'), cutText(12)]);
    expect(textOf(text)).toBe('hello…[+12 characters]');
    expect(textOf(tagged(TAG.ARRAY, text, END))).toBe('["hello…[+12 characters]"]');
  });

  it('is told as the last item of an array', () => {
    expect(textOf(tagged(TAG.ARRAY, encodeValue('whole'), cut(7), END))).toBe('["whole","…[+7 items]"]');
    expect(textOf(tagged(TAG.ARRAY, cut(7), END))).toBe('["…[+7 items]"]');
  });

  it('is told as the last key of an object and of a map', () => {
    const pair = [encodeString('a'), encodeValue(1)] as const;
    expect(textOf(tagged(TAG.OBJECT, ...pair, cut(2), END))).toBe('{"a":1,"…":"[+2 keys]"}');
    const count = Buffer.from(new Float64Array([3]).buffer);
    expect(textOf(tagged(TAG.MAP, count, ...pair, cut(2), END))).toBe('{"a":1,"…":"[+2 keys]"}');
  });

  it('is told of a text and of the array that ends with it', () => {
    const bytes = tagged(TAG.ARRAY, encodeValue('cut'), cutText(1), cut(2), END);
    expect(textOf(bytes)).toBe('["cut…[+1 characters]","…[+2 items]"]');
  });
});

describe('a value alone', () => {
  it.each([
    ['a text as it stands', 'hello "you"', 'hello "you"'],
    ['null', null, 'null'],
    ['a boolean', true, 'true'],
    ['a number', -2.5, '-2.5'],
    ['no number', Number.NaN, 'NaN'],
    ['a big integer', 7n, '7'],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
  ])('is %s', (_what, value, text) => {
    expect(textOf(encodeValue(value))).toBe(text);
  });

  it('is nothing when it is undefined', () => {
    expect(textOf(encodeValue(undefined))).toBeUndefined();
  });

  it('is the same text in each form that it may have', () => {
    expect(textOf(encodeString('Wörter', 'short'))).toBe('Wörter');
    expect(textOf(encodeString('Wörter', 'latin1'))).toBe('Wörter');
    expect(textOf(encodeString('Wörter', 'utf16'))).toBe('Wörter');
    expect(textOf(encodeString('', 'short'))).toBe('');
  });
});

describe('metadata', () => {
  const entriesOf = (value: unknown) => Object.fromEntries(readEntries(readerOf(encodeValue(value))));

  it('is split into its top-level keys, numbers as numbers and the rest as text', () => {
    const value = { id: 'c-1', count: 3, ratio: 0.5, on: true, none: undefined, empty: null, deep: { a: [1] } };
    expect(entriesOf(value)).toEqual({
      id: 'c-1',
      count: 3n,
      ratio: 0.5,
      on: 'true',
      empty: 'null',
      deep: '{"a":[1]}',
    });
  });

  it('stands under the key "value" when it is no object', () => {
    expect(entriesOf('note')).toEqual({ value: 'note' });
    expect(entriesOf([1, 2])).toEqual({ value: '[1,2]' });
    expect(entriesOf(undefined)).toEqual({});
  });

  it('may be a map', () => {
    expect(entriesOf(new Map([['bot_id', 'b "7"']]))).toEqual({ bot_id: 'b "7"' });
    expect(entriesOf(new Map([[1, 2]]))).toEqual({ value: '[[1,2]]' });
  });

  it('tells the keys that were cut', () => {
    const bytes = tagged(TAG.OBJECT, encodeString('a'), encodeValue('x'), cut(4), END);
    expect(Object.fromEntries(readEntries(readerOf(bytes)))).toEqual({ a: 'x', '…': '[+4 keys]' });
  });
});

describe('attributes and lists', () => {
  it('keep whole numbers as int64 up to where doubles are exact', () => {
    const attributeOf = (value: unknown) => readAttribute(readerOf(encodeValue(value)));
    expect(attributeOf(2 ** 53 - 1)).toBe(9007199254740991n);
    expect(attributeOf(2 ** 53)).toBe(9007199254740992);
    expect(attributeOf(Number.POSITIVE_INFINITY)).toBe('Infinity');
  });

  it('read tags as texts, whatever they are', () => {
    const listOf = (value: unknown) => readTextList(readerOf(encodeValue(value)));
    expect(listOf(['a', 1, undefined, { b: 2 }])).toEqual(['a', '1', '{"b":2}']);
    expect(listOf('alone')).toEqual(['alone']);
    expect(listOf(undefined)).toEqual([]);
  });
});

describe('bytes that are no value', () => {
  it.each([
    ['an unknown tag', Buffer.from([99])],
    ['nothing', Buffer.alloc(0)],
    ['a text longer than its record', encodeString('hello').subarray(0, 4)],
    ['an array without its end', tagged(TAG.ARRAY, encodeValue(1))],
    ['an end without its array', END],
    ['a key that is no text', tagged(TAG.OBJECT, encodeValue(1), encodeValue(2), END)],
    ['nesting without end', Buffer.alloc(100_000, TAG.ARRAY)],
  ])('are refused: %s', (_what, bytes) => {
    expect(() => readText(readerOf(bytes))).toThrow(CorruptRecordError);
  });

  it('never do worse than that, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        for (const read of [readText, readAttribute, readEntries, readTextList]) {
          try {
            read(readerOf(bytes));
          } catch (error) {
            expect(error).toBeInstanceOf(CorruptRecordError);
          }
        }
      }),
      { numRuns: 600 },
    );
  });
});
