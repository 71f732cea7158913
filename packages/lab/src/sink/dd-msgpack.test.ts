import { expect, test } from 'vitest';
import { MalformedMessageError } from '../errors.js';
import { visitDdSpans } from './dd-msgpack.js';

const text = (value: string): number[] => [0xa0 + value.length, ...Buffer.from(value)];
const id = (last: number): number[] => [0xcf, 0, 0, 0, 0, 0, 0, 0, last];

function span(last: number, fields: readonly (readonly number[])[] = []): number[] {
  const all = [...fields, [...text('span_id'), ...id(last)]];
  return [0xde, 0, all.length, ...all.flat()];
}

function visited(bytes: readonly number[]): number[] {
  const ids: number[] = [];
  visitDdSpans(Buffer.from(bytes), (spanId) => ids.push(spanId.charCodeAt(spanId.length - 1)));
  return ids;
}

test('the spans of all traces are visited', () => {
  expect(visited([0x92, 0x92, ...span(1), ...span(2), 0x91, ...span(3)])).toEqual([1, 2, 3]);
});

test('long headers are read', () => {
  expect(visited([0xdd, 0, 0, 0, 1, 0xdc, 0, 1, ...span(4)])).toEqual([4]);
});

test('other fields are stepped over, whatever their type', () => {
  const values = [
    [0xc0],
    [0xc3],
    [0x05],
    [0xff],
    [0xcb, 1, 2, 3, 4, 5, 6, 7, 8],
    [0xd2, 1, 2, 3, 4],
    [0xd9, 2, 65, 66],
    [0xda, 0, 1, 65],
    [0xc4, 1, 9],
    [0x92, ...text('span_id'), ...id(99)],
    [0x81, ...text('span_id'), ...id(98)],
    [0xd4, 1, 2],
  ];
  const fields = values.map((value, index) => [...text(`field ${index}`), ...value]);
  expect(visited([0x91, 0x91, ...span(5, fields)])).toEqual([5]);
});

test('a body that ends early, is no array, or nests without end is refused', () => {
  const nested = new Array<number>(100).fill(0x91);
  for (const bytes of [
    [0x91],
    [0x91, 0x91, 0x81, ...text('span_id'), 0xcf, 1],
    [0x80],
    [0xc1],
    [0x91, 0x91, 0x81, ...nested],
  ]) {
    expect(() => visited(bytes)).toThrow(MalformedMessageError);
  }
});
