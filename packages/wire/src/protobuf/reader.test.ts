import { describe, expect, test } from 'vitest';
import { WireError, type WireErrorCode } from '../errors.js';
import { ProtobufReader } from './reader.js';
import { ProtobufWriter } from './writer.js';

const LENGTH_FIELD = 0x0a;

function codeOf(read: () => unknown): WireErrorCode | 'none' {
  try {
    read();
    return 'none';
  } catch (error) {
    if (error instanceof WireError) return error.code;
    throw error;
  }
}

const reader = (...bytes: number[]) => new ProtobufReader(Uint8Array.from(bytes));

/** A field whose content has the given length varint, of which only the varint is there. */
const afterTag = (...bytes: number[]) => {
  const result = reader(LENGTH_FIELD, ...bytes);
  result.readTag();
  return result;
};

describe('ProtobufReader: tags', () => {
  test.each([
    ['field number 0', [0x00], 'field_number_zero'],
    ['field number 0 of wire type 2', [0x02], 'field_number_zero'],
    ['the start of a group', [0x0b], 'group_wire_type'],
    ['the end of a group', [0x0c], 'group_wire_type'],
    ['wire type 6', [0x0e], 'unknown_wire_type'],
    ['wire type 7', [0x0f], 'unknown_wire_type'],
    ['a field number of 2^29', [0x80, 0x80, 0x80, 0x80, 0x10], 'field_number_out_of_range'],
    ['a tag that is cut off', [0x80], 'truncated'],
    ['no bytes', [], 'truncated'],
  ] as const)('%s is refused', (_, bytes, code) => {
    expect(codeOf(() => reader(...bytes).readTag())).toBe(code);
  });

  test('the largest field number is read', () => {
    expect(reader(0xf8, 0xff, 0xff, 0xff, 0x0f).readTag() >>> 3).toBe(2 ** 29 - 1);
  });
});

describe('ProtobufReader: varints', () => {
  test.each([
    0n,
    1n,
    127n,
    128n,
    2n ** 28n - 1n,
    2n ** 28n,
    2n ** 32n - 1n,
    2n ** 32n,
    2n ** 35n,
    2n ** 63n - 1n,
    -1n,
    -(2n ** 63n),
  ])('%s comes back as it was written', (value) => {
    const writer = new ProtobufWriter();
    writer.int64Field(0x08, value);
    const result = new ProtobufReader(writer.toBytes());
    result.readTag();
    expect(result.readInt64()).toBe(value);
    expect(result.hasMore()).toBe(false);
  });

  test('ten bytes are read, eleven are refused', () => {
    const ten = [...new Array<number>(9).fill(0x80), 0x01];
    expect(reader(...ten).readInt64()).toBe(-(2n ** 63n));
    expect(codeOf(() => reader(...new Array<number>(10).fill(0x80), 0x01).readInt64())).toBe('varint_too_long');
  });

  test('a tenth byte above 1 does not fit into 64 bits', () => {
    expect(codeOf(() => reader(...new Array<number>(9).fill(0xff), 0x02).readInt64())).toBe('varint_too_long');
  });

  test.each([1, 2, 9])('a varint cut off after %i bytes is refused', (count) => {
    expect(codeOf(() => reader(...new Array<number>(count).fill(0x80)).readUint32())).toBe('truncated');
  });

  test('a bool is true for any bit, also above the 32nd', () => {
    expect(reader(0x80, 0x80, 0x80, 0x80, 0x80, 0x01).readBool()).toBe(true);
    expect(reader(0x80, 0x00).readBool()).toBe(false);
  });

  test('an int32 of ten bytes is negative', () => {
    expect(reader(...new Array<number>(9).fill(0xff), 0x01).readInt32()).toBe(-1);
  });
});

describe('ProtobufReader: lengths', () => {
  test('a length that the message holds exactly is read, one byte more is refused', () => {
    expect(afterTag(2, 0x68, 0x69).readString()).toBe('hi');
    expect(codeOf(() => afterTag(3, 0x68, 0x69).readString())).toBe('truncated');
  });

  test.each([
    ['2^32 - 1', [0xff, 0xff, 0xff, 0xff, 0x0f], 'truncated'],
    ['2^32', [0x80, 0x80, 0x80, 0x80, 0x10], 'length_out_of_range'],
    ['2^63', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], 'length_out_of_range'],
  ] as const)('a length of %s is refused by every reading of a length', (_, bytes, code) => {
    expect(codeOf(() => afterTag(...bytes).readString())).toBe(code);
    expect(codeOf(() => afterTag(...bytes).readInternedString())).toBe(code);
    expect(codeOf(() => afterTag(...bytes).readBytes())).toBe(code);
    expect(codeOf(() => afterTag(...bytes).readHex(8))).toBe(code);
    expect(codeOf(() => afterTag(...bytes).enterMessage())).toBe(code);
    expect(codeOf(() => afterTag(...bytes).skip(LENGTH_FIELD))).toBe(code);
  });

  test('a nested message bounds what is read inside it, though the buffer goes on', () => {
    const result = reader(LENGTH_FIELD, 2, LENGTH_FIELD, 2, 0x68, 0x69);
    result.readTag();
    result.enterMessage();
    result.readTag();
    expect(codeOf(() => result.readString())).toBe('truncated');
  });

  test.each([
    ['fixed32', (r: ProtobufReader) => r.readFixed32(), 3],
    ['fixed64', (r: ProtobufReader) => r.readFixed64(), 7],
    ['double', (r: ProtobufReader) => r.readDouble(), 7],
  ] as const)('a %s that is cut off is refused', (_, read, count) => {
    expect(codeOf(() => read(reader(...new Array<number>(count).fill(1))))).toBe('truncated');
  });

  test('unknown fields of every wire type are passed over', () => {
    const result = reader(0x08, 0x96, 0x01, 0x11, 1, 2, 3, 4, 5, 6, 7, 8, 0x1a, 1, 9, 0x25, 1, 2, 3, 4);
    while (result.hasMore()) result.skip(result.readTag());
    expect(result.offset).toBe(20);
  });

  test("bytes read out of Node's pooled buffers are a copy", () => {
    const source = Buffer.from([LENGTH_FIELD, 2, 7, 8]);
    const result = new ProtobufReader(source);
    result.readTag();
    const copy = result.readBytes();
    source.fill(0);
    expect([...copy]).toEqual([7, 8]);
  });

  test('a reader over part of a buffer sees nothing of the rest', () => {
    const whole = Uint8Array.from([0xff, LENGTH_FIELD, 1, 0x61, 0x11, 0xff]);
    const result = new ProtobufReader(whole.subarray(1, 4));
    result.readTag();
    expect(result.readString()).toBe('a');
    expect(result.hasMore()).toBe(false);
  });
});

describe('ProtobufReader: text', () => {
  const textOf = (bytes: readonly number[], interned = false) => {
    const result = afterTag(bytes.length, ...bytes);
    return interned ? result.readInternedString() : result.readString();
  };

  test.each([
    ['an overlong NUL', [0xc0, 0x80]],
    ['an overlong slash', [0xe0, 0x80, 0xaf]],
    ['an overlong euro sign in four bytes', [0xf0, 0x82, 0x82, 0xac]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a code point above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['a continuation byte alone', [0x80]],
    ['a sequence that is cut off', [0xe1, 0xba]],
    ['a byte that UTF-8 never has', [0xff]],
  ])('%s is refused, short and long', (_, bytes) => {
    expect(codeOf(() => textOf(bytes))).toBe('invalid_utf8');
    expect(codeOf(() => textOf(bytes, true))).toBe('invalid_utf8');
    const padding = new Array<number>(100).fill(0x61);
    expect(codeOf(() => textOf([...padding, ...bytes]))).toBe('invalid_utf8');
  });

  test.each(['', 'a', 'Xin chào 👋', '\ufeffx', '\u0000', 'x'.repeat(24), 'x'.repeat(25), 'é'.repeat(40)])(
    '%j is read whole',
    (text) => {
      const bytes = [...new TextEncoder().encode(text)];
      expect(textOf(bytes)).toBe(text);
      expect(textOf(bytes, true)).toBe(text);
    },
  );

  test('texts that share a slot of the interner stay apart', () => {
    const texts = Array.from({ length: 2_000 }, (_, index) => `key.${index % 1_000}`);
    const writer = new ProtobufWriter();
    for (const text of texts) writer.stringField(LENGTH_FIELD, text);
    const result = new ProtobufReader(writer.toBytes());
    const read: string[] = [];
    while (result.hasMore()) {
      result.readTag();
      read.push(result.readInternedString());
    }
    expect(read).toEqual(texts);
  });

  test('a length of 1 GB in a body of 6 bytes allocates nothing', () => {
    const before = process.memoryUsage().arrayBuffers;
    for (let round = 0; round < 50; round += 1) {
      expect(codeOf(() => afterTag(0x80, 0x80, 0x80, 0x80, 0x04).readBytes())).toBe('truncated');
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });
});
