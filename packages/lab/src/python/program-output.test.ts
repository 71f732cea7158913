import { expect, test } from 'vitest';
import { MAX_LINE_CHARS, parseConstants, parseListening, parseSamples, parseServed } from './program-output.js';

const sample = { variant: 'plain', spansSent: 4, metrics: { addedMs: 0.2 } };
const samplesLine = (samples: unknown): string => JSON.stringify({ type: 'samples', samples });

test('a line of samples is read, with its notes', () => {
  expect(parseSamples(samplesLine([sample, { ...sample, note: 'slow' }]))).toEqual([
    sample,
    { ...sample, note: 'slow' },
  ]);
});

test.each([
  ['no JSON', '{"type":"samples"'],
  ['a list', '[]'],
  ['another message', '{"type":"served","samples":[]}'],
  ['no samples', samplesLine([])],
  ['a sample without a variant', samplesLine([{ spansSent: 1, metrics: {} }])],
  ['half a span', samplesLine([{ ...sample, spansSent: 0.5 }])],
  ['spans below zero', samplesLine([{ ...sample, spansSent: -1 }])],
  ['a metric that is text', samplesLine([{ ...sample, metrics: { addedMs: '1' } }])],
])('a line of samples is refused: %s', (_why, line) => {
  expect(() => parseSamples(line)).toThrow(expect.objectContaining({ code: 'LAB_MALFORMED_MESSAGE' }));
});

test('32 samples are read and 33 are not', () => {
  expect(parseSamples(samplesLine(Array(32).fill(sample)))).toHaveLength(32);
  expect(() => parseSamples(samplesLine(Array(33).fill(sample)))).toThrow('1 to 32 samples');
});

test('64 metrics are read and 65 are not', () => {
  const metrics = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}`, 1]));
  expect(Object.keys(parseSamples(samplesLine([{ ...sample, metrics: metrics(64) }]))[0]?.metrics ?? {})).toHaveLength(
    64,
  );
  expect(() => parseSamples(samplesLine([{ ...sample, metrics: metrics(65) }]))).toThrow('more than 64');
});

test('a line at the limit is read and one beyond it is not', () => {
  const filled = (chars: number): string => samplesLine([sample]).padEnd(chars);
  expect(parseSamples(filled(MAX_LINE_CHARS))).toHaveLength(1);
  expect(() => parseSamples(filled(MAX_LINE_CHARS + 1))).toThrow('longer than the lab reads');
});

test('only an address of the loopback interface is believed', () => {
  expect(parseListening('{"type":"listening","url":"http://127.0.0.1:80/turn"}')).toBe('http://127.0.0.1:80/turn');
  for (const url of ['http://example.com/turn', 'http://127.0.0.1:80@example.com/x', 'https://127.0.0.1:1/x', 7]) {
    expect(() => parseListening(JSON.stringify({ type: 'listening', url }))).toThrow('loopback');
  }
});

test('what a server served is read with its exports', () => {
  const line = '{"type":"served","requests":2,"spansSent":8,"exports":[[1.5,2.5]]}';
  expect(parseServed(line)).toEqual({ requests: 2, spansSent: 8, exports: [[1.5, 2.5]] });
  expect(() => parseServed(line.replace('[1.5,2.5]', '[1.5]'))).toThrow('a begin and an end');
});

test('constants are numbers', () => {
  expect(parseConstants('{"type":"constants","constants":{"lockUs":0.1}}')).toEqual({ lockUs: 0.1 });
  expect(() => parseConstants('{"type":"constants","constants":{"lockUs":null}}')).toThrow('a number');
});
