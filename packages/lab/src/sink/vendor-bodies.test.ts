import { expect, test } from 'vitest';
import type { SpanVisitor } from './counts.js';
import {
  visitBraintrustRows,
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

test('a LangSmith run counts when its outputs or its error came, in whichever part', () => {
  const part = (name: string, body: object): string =>
    `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${JSON.stringify(body)}\r\n`;
  const body = [
    part('post.aa', {}),
    part('post.aa.inputs', { text: 'form-data; name="post.fake.outputs"' }),
    part('post.bb', {}),
    part('post.bb.outputs', {}),
    part('patch.cc.outputs', {}),
    part('post.dd.error', {}),
    part('post.ee.events', {}),
  ].join('');
  expect(idsIn(visitLangSmithRuns, body)).toEqual(['bb', 'cc', 'dd']);
});

test('of an ingestion batch only what has ended counts', () => {
  const batch = [
    { type: 'trace-create', body: { id: 't', input: 1 } },
    { type: 'span-create', body: { id: 's1' } },
    { type: 'span-update', body: { id: 's1', output: 2 } },
    { type: 'span-create', body: { id: 's2' } },
    { type: 'generation-create', body: { id: 'g1' } },
    { type: 'generation-update', body: { id: 'g1' } },
    { type: 'generation-create', body: { id: 'g2', output: 3 } },
    { type: 'event-create', body: { id: 'e' } },
    { type: 'trace-create', body: { id: 't', output: 3 } },
  ];
  expect(idsIn(visitIngestionEvents, JSON.stringify({ batch }))).toEqual(['s1', 'g1', 'e', 't']);
});

test('an Opik span counts when its end came, in the batch or in an update', () => {
  const spans = [{ id: 'a', end_time: 'now' }, { id: 'b' }];
  expect(idsIn(visitOpikSpans, JSON.stringify({ spans }))).toEqual(['a']);
  const update = (body: object) =>
    idsIn((bytes, visit) => visitOpikUpdate(bytes, visit, '/v1/private/spans/b'), JSON.stringify(body));
  expect(update({ end_time: 'now' })).toEqual(['b']);
  expect(update({ output: {} })).toEqual([]);
});

test('a Braintrust span counts once its end came, however many rows it came in', () => {
  const body = `{"rows": [${[
    '{"id":"r1","span_id":"a","root_span_id":"t","metrics":{"start":1795410086.84},"span_attributes":{"name":"root"},"_is_merge":false,"log_id":"g"}',
    '{"id":"r1","span_id":"a","root_span_id":"t","input":[{"metrics":{"end":1},"span_id":"no"}],"_is_merge":true,"log_id":"g"}',
    '{"id":"r2","metrics":{"start":1795410087.1,"end":1795410087.2},"input":[1],"error":"no","span_id":"b","span_parents":["a"]}',
    '{"id":"r3","span_id":"c","root_span_id":"t","output":{"said":"\\"end\\":1"},"_is_merge":true,"log_id":"g"}',
    '{"id":"r1","output":"out","_is_merge":true,"metrics":{"end":1795410087.3},"span_id":"a","root_span_id":"t"}',
  ].join(',')}], "api_version": 2}`;
  expect(idsIn(visitBraintrustRows, body)).toEqual(['b', 'a']);
});

test('a Braintrust body that is a reference to an upload is refused: nothing of its spans is in it', () => {
  const reference = JSON.stringify({ rows: { type: 'logs3_overflow', key: 'k' }, api_version: 2 });
  expect(() => idsIn(visitBraintrustRows, reference)).toThrow('no list "rows"');
});

test('a body of another shape is refused', () => {
  expect(() => idsIn(visitIngestionEvents, '{}')).toThrow('no list "batch"');
});
