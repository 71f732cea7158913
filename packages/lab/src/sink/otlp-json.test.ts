import { expect, test } from 'vitest';
import { visitOtlpJsonSpans } from './otlp-json.js';

function visited(body: string): string[] {
  const ids: string[] = [];
  visitOtlpJsonSpans(Buffer.from(body), (id) => ids.push(id));
  return ids;
}

test('span ids are found, parents and captured text are not counted', () => {
  const spans = [
    { traceId: 'aa', spanId: '01', parentSpanId: '00' },
    { traceId: 'aa', spanId: '02', attributes: [{ value: { stringValue: '{"spanId":"no"}' } }] },
  ];
  expect(visited(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }))).toEqual(['01', '02']);
});

test('a body that is cut in an id ends there', () => {
  expect(visited('{"spanId":"01"},{"spanId":"02')).toEqual(['01']);
});
