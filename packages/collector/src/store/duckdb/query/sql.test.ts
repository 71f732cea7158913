import type { TraceFilter } from '@slipstream/query-api';
import { expect, test } from 'vitest';
import { termOf } from '../schema/metadata-columns.js';
import { TRACE_SCORES_SQL } from './read-scores.js';
import { observationPageQuery, pageEndQuery } from './scan.js';
import { ScanConditions } from './scan-conditions.js';
import { TraceConditions } from './trace-filter.js';
import { tracePageQuery } from './trace-page.js';

/** Regenerate after a change that is meant: `npx vitest run packages/collector/src/store/duckdb/query -u`. */
const golden = (name: string): string => `./golden/${name}.sql`;

const FULL_FILTER: TraceFilter = {
  fromUs: 1,
  toUs: 2,
  name: 'n',
  conversation: 'c',
  user: 'u',
  service: 's',
  metadata: ['key:value', 'key'],
  level: 'WARNING',
  text: 'not of this table',
};

test('the scores of a trace', async () => {
  await expect(`${TRACE_SCORES_SQL};\n`).toMatchFileSnapshot(golden('scores'));
});

test('a page of all traces', async () => {
  const { sql, values } = tracePageQuery(new TraceConditions(), 50);
  await expect(`${sql};\n`).toMatchFileSnapshot(golden('page'));
  expect(values).toEqual({ page_limit: 50 });
});

test('a later page under every condition, with every value bound', async () => {
  const conditions = new TraceConditions().addFilter(FULL_FILTER).addAfter({ startUs: 7, traceId: 'id' });
  const { sql, values } = tracePageQuery(conditions, 50);
  await expect(`${sql};\n`).toMatchFileSnapshot(golden('filtered-page'));
  expect(values).toEqual({
    from_us: 1n,
    to_us: 2n,
    name: 'n',
    conversation_key: 'conversation_id',
    conversation_value: 'c',
    conversation_term: termOf('conversation_id', 'c'),
    session_id: 'c',
    user_id: 'u',
    service: 's',
    metadata_0_key: 'key',
    metadata_0_value: 'value',
    metadata_0_term: termOf('key', 'value'),
    metadata_1_key: 'key',
    level_rank: 2,
    after_us: 7n,
    after_id: 'id',
    page_limit: 50,
  });
});

test('a page of a scan', async () => {
  const conditions = new ScanConditions(['start_ns >= $from_ns'], { from_ns: 1n });
  const { sql: end } = pageEndQuery(conditions, 50);
  const { sql, values } = observationPageQuery(conditions.with('start_ns <= $end_ns', { end_ns: 2n }), 50);
  await expect(`${end};\n\n${sql};\n`).toMatchFileSnapshot(golden('scan-page'));
  expect(values).toEqual({ from_ns: 1n, end_ns: 2n, page_limit: 50 });
});

test('no value becomes part of the text', () => {
  const hostile = "'; DROP TABLE traces; --";
  const filter = { name: hostile, conversation: hostile, user: hostile, service: hostile, metadata: [hostile] };
  expect(tracePageQuery(new TraceConditions().addFilter(filter), 1).sql).not.toContain('DROP');
});
