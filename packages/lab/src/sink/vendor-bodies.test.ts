import { expect, test } from 'vitest';
import type { SpanVisitor } from './counts.js';
import {
  visitIngestionEvents,
  visitLangSmithRuns,
  visitOpikSpans,
  visitOpikUpdate,
  visitSentrySpans,
} from './vendor-bodies.js';

function idsIn(visit: (body: Buffer, visit: SpanVisitor) => void, body: string): string[] {
  const ids: string[] = [];
  visit(Buffer.from(body), (id) => ids.push(id));
  return ids;
}

test('a Sentry envelope is counted by its spans, whatever their text says', () => {
  const spans = [
    { span_id: '01', parent_span_id: '00', attributes: { 'input.value': { value: '{"span_id":"fake"}' } } },
    { span_id: '02', parent_span_id: '01' },
  ];
  const lines = [{ sent_at: 'now' }, { type: 'span', item_count: 2 }, { version: 2, items: spans }];
  expect(idsIn(visitSentrySpans, lines.map((line) => JSON.stringify(line)).join('\n'))).toEqual(['01', '02']);
});

test('a LangSmith run counts when its outputs came, in whichever part', () => {
  const part = (name: string, body: object): string =>
    `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${JSON.stringify(body)}\r\n`;
  const body = [
    part('post.aa', {}),
    part('post.aa.inputs', { text: 'form-data; name="post.fake.outputs"' }),
    part('post.bb', {}),
    part('post.bb.outputs', {}),
    part('patch.cc.outputs', {}),
  ].join('');
  expect(idsIn(visitLangSmithRuns, body)).toEqual(['bb', 'cc']);
});

test('of an ingestion batch only what has ended counts', () => {
  const batch = [
    { type: 'trace-create', body: { id: 't', input: 1 } },
    { type: 'span-create', body: { id: 's1' } },
    { type: 'span-update', body: { id: 's1', output: 2 } },
    { type: 'span-create', body: { id: 's2' } },
    { type: 'trace-create', body: { id: 't', output: 3 } },
  ];
  expect(idsIn(visitIngestionEvents, JSON.stringify({ batch }))).toEqual(['s1', 't']);
});

test('an Opik span counts when its end came, in the batch or in an update', () => {
  const spans = [{ id: 'a', end_time: 'now' }, { id: 'b' }];
  expect(idsIn(visitOpikSpans, JSON.stringify({ spans }))).toEqual(['a']);
  const update = (body: object) =>
    idsIn((bytes, visit) => visitOpikUpdate(bytes, visit, '/v1/private/spans/b'), JSON.stringify(body));
  expect(update({ end_time: 'now' })).toEqual(['b']);
  expect(update({ output: {} })).toEqual([]);
});

test('a body of another shape is refused', () => {
  expect(() => idsIn(visitIngestionEvents, '{}')).toThrow('no list "batch"');
});
