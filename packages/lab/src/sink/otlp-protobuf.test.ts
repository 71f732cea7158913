import { expect, test } from 'vitest';
import { MalformedMessageError } from '../errors.js';
import { visitOtlpProtobufSpans } from './otlp-protobuf.js';

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
}

function field(number: number, content: readonly number[]): number[] {
  return [...varint(number * 8 + 2), ...varint(content.length), ...content];
}

function span(id: number, extra: readonly number[] = []): number[] {
  const traceId = field(1, new Array<number>(16).fill(id));
  return [...traceId, ...extra, ...field(2, new Array<number>(8).fill(id))];
}

function visited(bytes: readonly number[]): string[] {
  const ids: string[] = [];
  visitOtlpProtobufSpans(Buffer.from(bytes), (id) => ids.push(Buffer.from(id, 'latin1').toString('hex')));
  return ids;
}

const request = (...spans: number[][]): number[] =>
  field(1, [
    ...field(1, field(1, [1, 2])),
    ...field(
      2,
      spans.flatMap((bytes) => field(2, bytes)),
    ),
  ]);

test('each span of every resource is visited with its own id', () => {
  expect(visited([...request(span(1), span(2)), ...request(span(3))])).toEqual([
    '0101010101010101',
    '0202020202020202',
    '0303030303030303',
  ]);
});

test('fields before the id are stepped over, whatever their wire type', () => {
  const start = [7 * 8 + 1, 1, 2, 3, 4, 5, 6, 7, 8];
  const kind = [6 * 8, 150, 1];
  const flags = [...varint(16 * 8 + 5), 1, 2, 3, 4];
  const attribute = field(9, field(1, [...Buffer.from('a key of some length '.repeat(20))]));
  expect(visited(request(span(9, [...start, ...kind, ...flags, ...attribute])))).toEqual(['0909090909090909']);
});

test('an empty body has no spans', () => {
  expect(visited([])).toEqual([]);
});

test('a length past the end, a cut varint and a group are refused', () => {
  for (const bytes of [[10, 5, 1], [10, 128], [8 + 3], [10, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]]) {
    expect(() => visited(bytes)).toThrow(MalformedMessageError);
  }
});
