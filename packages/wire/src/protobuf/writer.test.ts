import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WireError } from '../errors.js';
import { ProtobufReader } from './reader.js';
import type { TextWriter } from './text-writer.js';
import { ProtobufWriter } from './writer.js';

const TAG = 0x0a;

/** Any UTF-16 code units, lone surrogates included. */
const anyText = fc
  .array(fc.oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.nat(0xffff)), { maxLength: 60 })
  .map((codes) => String.fromCharCode(...codes));

function hexOf(write: (writer: ProtobufWriter) => void, capacityBytes?: number): string {
  const writer = new ProtobufWriter(undefined, capacityBytes);
  write(writer);
  return Buffer.from(writer.toBytes()).toString('hex');
}

describe('ProtobufWriter', () => {
  test.each([
    ['a varint of one byte', (w: ProtobufWriter) => w.varintField(0x08, 127), '087f'],
    ['a varint of two bytes', (w: ProtobufWriter) => w.varintField(0x08, 128), '088001'],
    ['the largest uint32', (w: ProtobufWriter) => w.varintField(0x08, 0xffffffff), '08ffffffff0f'],
    ['a negative int32', (w: ProtobufWriter) => w.int32Field(0x08, -2), '08feffffffffffffffff01'],
    ['the smallest int64', (w: ProtobufWriter) => w.int64Field(0x08, -(2n ** 63n)), '0880808080808080808001'],
    ['a tag of two bytes', (w: ProtobufWriter) => w.fixed32Field(0x85, 1), '850101000000'],
    ['a fixed64', (w: ProtobufWriter) => w.fixed64Field(0x39, 0x0102030405060708n), '390807060504030201'],
    ['a double', (w: ProtobufWriter) => w.doubleField(0x21, -1.5), '21000000000000f8bf'],
    ['a string', (w: ProtobufWriter) => w.stringField(TAG, 'é€'), '0a05c3a9e282ac'],
    ['an empty string', (w: ProtobufWriter) => w.stringField(TAG, ''), '0a00'],
    ['bytes', (w: ProtobufWriter) => w.bytesField(TAG, Uint8Array.of(0, 255)), '0a0200ff'],
    ['hexadecimal of either case', (w: ProtobufWriter) => w.hexField(TAG, '0aFf'), '0a020aff'],
    ['raw fields', (w: ProtobufWriter) => w.rawFields(Uint8Array.of(8, 1)), '0801'],
  ])('%s has these bytes', (_, write, hex) => {
    expect(hexOf(write)).toBe(hex);
    expect(hexOf(write, 1)).toBe(hex);
  });

  test.each([0, 41, 42, 43, 126, 127, 128, 129, 5_461, 16_383, 16_384, 70_000])(
    'text of %i characters gets the shortest length, whatever its bytes are',
    (length) => {
      for (const character of ['a', 'é', '語']) {
        const text = character.repeat(length);
        const writer = new ProtobufWriter();
        writer.stringField(TAG, text);
        writer.varintField(0x10, 1);
        const reader = new ProtobufReader(writer.toBytes());
        reader.readTag();
        expect(reader.readString()).toBe(text);
        expect(reader.readTag()).toBe(0x10);
        const textBytes = length * Buffer.byteLength(character);
        const lengthBytes = textBytes < 128 ? 1 : textBytes < 16_384 ? 2 : 3;
        expect(writer.sizeBytes).toBe(1 + lengthBytes + textBytes + 2);
      }
    },
  );

  test.each([0, 127, 128, 16_383, 16_384])('a message of %i bytes is framed whatever was guessed', (size) => {
    const content = new Uint8Array(size).fill(7);
    const expected = hexOf((writer) => writer.bytesField(TAG, content));
    for (const guess of [0, 127, 128, 16_384, 3_000_000]) {
      const framed = hexOf((writer) => {
        writer.beginMessage(TAG, guess);
        writer.rawFields(content);
        writer.endMessage();
      });
      expect(framed).toBe(expected);
    }
  });

  test('messages nest', () => {
    const nested = hexOf((writer) => {
      writer.beginMessage(TAG);
      writer.beginMessage(0x12);
      writer.stringField(TAG, 'x'.repeat(130));
      writer.endMessage();
      writer.varintField(0x18, 1);
      writer.endMessage();
    });
    expect(nested).toBe(`0a8a01128501${'0a8201'}${'78'.repeat(130)}1801`);
  });

  test.each([
    ['\ud800', '\ufffd'],
    ['a\udc00b', 'a\ufffdb'],
    [`${'x'.repeat(50)}\ud83d`, `${'x'.repeat(50)}\ufffd`],
    ['\udc00\ud800', '\ufffd\ufffd'],
  ])('a lone surrogate in %j becomes U+FFFD', (text, expected) => {
    const writer = new ProtobufWriter();
    writer.stringField(TAG, text);
    const reader = new ProtobufReader(writer.toBytes());
    reader.readTag();
    expect(reader.readString()).toBe(expected);
  });

  test('a text writer of the caller gives the same bytes', () => {
    const bufferWriter: TextWriter = {
      write: (target, text, offset) =>
        Buffer.from(target.buffer, target.byteOffset, target.byteLength).write(text, offset),
    };
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 5 }), (texts) => {
        const ours = new ProtobufWriter();
        const theirs = new ProtobufWriter(bufferWriter);
        for (const writer of [ours, theirs]) for (const text of texts) writer.stringField(TAG, text);
        expect(Buffer.compare(ours.toBytes(), theirs.toBytes())).toBe(0);
      }),
    );
  });

  test('a writer that is reset forgets what it held, and messages left open', () => {
    const writer = new ProtobufWriter();
    writer.beginMessage(TAG);
    writer.stringField(TAG, 'left');
    writer.reset();
    writer.varintField(0x08, 1);
    expect([...writer.toBytes()]).toEqual([8, 1]);
  });

  test.each(['abc', 'zz', '0g', ' 1', '０１'])('%j is no id', (hex) => {
    const write = () => new ProtobufWriter().hexField(TAG, hex);
    expect(write).toThrow(WireError);
    expect(write).toThrow(/hexadecimal/);
  });
});
