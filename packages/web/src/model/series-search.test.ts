import { expect, test } from 'vitest';
import { seriesSearch } from './series-search.js';

const NOW_MS = 1_800_000_000_000;

test('sums over time follow the time, the name and the service of the search', () => {
  expect(seriesSearch({ range: '1h', name: 'n', service: 's' }, NOW_MS)).toEqual({
    query: { fromUs: NOW_MS * 1000 - 3_600_000_000, name: 'n', service: 's' },
    ignored: [],
  });
  expect(seriesSearch({ fromUs: 1, toUs: 2 }, NOW_MS)).toEqual({ query: { fromUs: 1, toUs: 2 }, ignored: [] });
  expect(seriesSearch({}, NOW_MS)).toEqual({ query: {}, ignored: [] });
});

test('what they cannot follow is named', () => {
  const search = { text: 't', user: 'u', conversation: 'c', level: 'ERROR', metadata: ['a:1'] } as const;
  const { ignored, query } = seriesSearch({ ...search, metadata: [...search.metadata] }, NOW_MS) ?? {};
  expect(query).toEqual({});
  expect(ignored).toEqual(['text', 'conversation', 'user', 'level', 'metadata']);
});

test('a time that is none is not asked for', () => {
  expect(seriesSearch({ fromUs: 2, toUs: 1 }, NOW_MS)).toBeUndefined();
  expect(seriesSearch({ fromUs: NOW_MS * 1000 + 1 }, NOW_MS)).toBeUndefined();
});
