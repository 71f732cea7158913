import { expect, test } from 'vitest';
import { formatEstimate, formatNumber, formatRatio } from './number-text.js';
import { renderMarkdownTable, renderTextTable, type Table } from './table.js';

const table: Table = {
  title: 'Fruit',
  columns: [
    { header: 'name', align: 'left' },
    { header: 'µs', align: 'right' },
  ],
  rows: [
    ['apple', '1.50'],
    ['a|b\\c', '12,345'],
  ],
  notes: ['two\nlines'],
};

test('text columns are aligned to their widest cell', () => {
  expect(renderTextTable(table).split('\n').slice(0, 5)).toEqual([
    'Fruit',
    'name       µs',
    '-----  ------',
    'apple    1.50',
    'a|b\\c  12,345',
  ]);
});

test('a Markdown cell cannot end its column or its line', () => {
  const lines = renderMarkdownTable(table).split('\n');
  expect(lines).toContain('| a\\|b\\\\c | 12,345 |');
  expect(lines).toContain('| --- | --: |');
  expect(lines.at(-1)).toBe('- two lines');
});

test('numbers keep about three digits', () => {
  expect([0.1234, 1.234, 12.34, 123.4, 12_345, -0.5].map(formatNumber)).toEqual([
    '0.12',
    '1.23',
    '12.3',
    '123',
    '12,345',
    '-0.50',
  ]);
  expect(formatNumber(undefined)).toBe('–');
  expect(formatNumber(Number.NaN)).toBe('–');
});

test('an interval is shown only where there is one', () => {
  expect(formatEstimate({ median: 2, low: 1, high: 3, count: 5 })).toBe('2.00 [1.00, 3.00]');
  expect(formatEstimate({ median: 2, low: 2, high: 2, count: 1 })).toBe('2.00');
});

test('a ratio below one is said as a part', () => {
  expect(formatRatio(1 / 8)).toBe('1/8.00');
  expect(formatRatio(1.15)).toBe('1.15 x');
  expect(formatRatio(-0.2)).toBe('-0.20 x');
});
