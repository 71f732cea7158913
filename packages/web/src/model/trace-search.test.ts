import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  conditionsOf,
  parseSearch,
  searchFor,
  searchForMetadata,
  splitPair,
  stringifySearch,
  TIME_RANGES,
  type TraceSearch,
  toTraceFilter,
  toTraceSearch,
  withLevel,
  withoutConditions,
  withPair,
  withRange,
  withText,
  withWindow,
} from './trace-search.js';

/** Half a character cannot be written in a URL. */
const isWellFormed = (value: string) => !/\p{Surrogate}/u.test(value);

/** Any text that a URL can carry: whole characters, no blank ends, not empty. */
const text = (limit: number) =>
  fc
    .string({ unit: 'binary', minLength: 1, maxLength: 30 })
    .map((value) => value.trim())
    .filter((value) => value !== '' && value.length <= limit && isWellFormed(value));

const pair = fc
  .tuple(text(20), fc.string({ unit: 'binary', maxLength: 20 }))
  .map(([key, value]) => `${key.replaceAll(':', '')}:${value}`)
  .filter((value) => value.indexOf(':') > 0 && isWellFormed(value));

const time = fc.oneof(
  fc.record({}),
  fc.record({ range: fc.constantFrom(...TIME_RANGES) }),
  fc.record({ fromUs: fc.maxSafeNat(), toUs: fc.maxSafeNat() }, { requiredKeys: [] }),
);

const conditions = fc.record(
  {
    name: text(1000),
    conversation: text(1000),
    user: text(1000),
    service: text(1000),
    metadata: fc.uniqueArray(pair, { minLength: 1, maxLength: 8 }),
    level: fc.constantFrom('DEBUG', 'DEFAULT', 'WARNING', 'ERROR'),
    text: text(500),
  },
  { requiredKeys: [] },
);

const searches = fc.tuple(time, conditions).map(([when, what]) => ({ ...when, ...what }) as TraceSearch);

describe('search in the URL', () => {
  test('any search comes back from its URL as it was', () => {
    fc.assert(
      fc.property(searches, (search) => {
        expect(toTraceSearch(parseSearch(stringifySearch({ ...search })))).toEqual(search);
      }),
    );
  });

  test('no address makes it fail, and what it reads from one is stable', () => {
    fc.assert(
      fc.property(fc.webQueryParameters(), (query) => {
        const once = toTraceSearch(parseSearch(query));
        expect(toTraceSearch(parseSearch(stringifySearch({ ...once })))).toEqual(once);
      }),
    );
  });

  test('values that look like JSON stay text', () => {
    const search = toTraceSearch(parseSearch('?conversation=123&user=true&name=%7B%22a%22%3A1%7D'));
    expect(search).toEqual({ conversation: '123', user: 'true', name: '{"a":1}' });
  });

  test('keys that objects are born with are read as any other', () => {
    expect(toTraceSearch(parseSearch('?__proto__=x&constructor=y&user=u'))).toEqual({ user: 'u' });
  });

  test('what the collector would refuse is left out: n is taken, n + 1 is not', () => {
    expect(toTraceSearch({ text: 'x'.repeat(500) }).text).toHaveLength(500);
    expect(toTraceSearch({ text: 'x'.repeat(501) }).text).toBeUndefined();
    const pairs = Array.from({ length: 9 }, (_, index) => `k${index}:v`);
    expect(toTraceSearch({ metadata: pairs.slice(0, 8) }).metadata).toHaveLength(8);
    expect(toTraceSearch({ metadata: pairs }).metadata).toHaveLength(8);
  });

  test('nonsense is left out', () => {
    const raw = { range: '2h', fromUs: '-1', toUs: '1e99', level: 'LOUD', metadata: ['none', ':x'], name: ' ' };
    expect(toTraceSearch(raw)).toEqual({});
  });

  test('a moving range outranks a window, so that a link has one meaning', () => {
    expect(toTraceSearch({ range: '1h', fromUs: '5', toUs: '6' })).toEqual({ range: '1h' });
  });
});

describe('search as a filter', () => {
  test('a moving range becomes a start before now', () => {
    expect(toTraceFilter({ range: '15m', user: 'u' }, 1_700_000_000_000)).toEqual({
      user: 'u',
      fromUs: 1_700_000_000_000_000 - 15 * 60 * 1_000_000,
    });
  });

  test('all time and a fixed window are passed on as they are', () => {
    expect(toTraceFilter({}, 5)).toEqual({});
    expect(toTraceFilter({ fromUs: 1, toUs: 2 }, 5)).toEqual({ fromUs: 1, toUs: 2 });
  });
});

describe('editing a search', () => {
  const search: TraceSearch = { range: '1h', name: 'n', metadata: ['a:1', 'b:2'], level: 'ERROR', text: 't' };

  test('every condition but the text is a chip, and removing one leaves the others', () => {
    const chips = conditionsOf(search);
    expect(chips.map((chip) => `${chip.label} ${chip.value}`)).toEqual(['name n', 'level ≥ error', 'a 1', 'b 2']);
    expect(chips[2]?.without).toEqual({ ...search, metadata: ['b:2'] });
    expect(chips[0]?.without).toEqual({ range: '1h', metadata: ['a:1', 'b:2'], level: 'ERROR', text: 't' });
  });

  test('clearing keeps the time', () => {
    expect(withoutConditions(search)).toEqual({ range: '1h' });
  });

  test('an empty text removes its field', () => {
    expect(withText(search, 'name', '  ')).not.toHaveProperty('name');
    expect(withText({}, 'user', ' u ')).toEqual({ user: 'u' });
    expect(withLevel({ level: 'ERROR' }, undefined)).toEqual({});
  });

  test('the same pair is added once, and a ninth not at all', () => {
    expect(withPair({ metadata: ['a:1'] }, 'a', '1')).toEqual({ metadata: ['a:1'] });
    const eight = { metadata: Array.from({ length: 8 }, (_, index) => `k${index}:v`) };
    expect(withPair(eight, 'k', 'v')).toBe(eight);
    expect(withPair({}, '', 'v')).toEqual({});
  });

  test('a value leads to the traces that share it, or to no filter rather than a wrong one', () => {
    expect(searchFor('user', 'u')).toEqual({ user: 'u' });
    expect(searchFor('user', 'x'.repeat(1_000))).toBeDefined();
    expect(searchFor('user', 'x'.repeat(1_001))).toBeUndefined();
    expect(searchFor('user', ' u')).toBeUndefined();
    expect(searchForMetadata('k', 'a:b')).toEqual({ metadata: ['k:a:b'] });
    expect(searchForMetadata('k:l', 'v')).toBeUndefined();
    expect(searchForMetadata('', 'v')).toBeUndefined();
    expect(searchForMetadata('k', 'x'.repeat(1_998))).toBeDefined();
    expect(searchForMetadata('k', 'x'.repeat(1_999))).toBeUndefined();
  });

  test('a value may hold colons', () => {
    expect(splitPair('url:http://x:1')).toEqual({ key: 'url', value: 'http://x:1' });
  });

  test('a window replaces a range and the other way round', () => {
    expect(withWindow({ range: '1h', user: 'u' }, 1, undefined)).toEqual({ user: 'u', fromUs: 1 });
    expect(withRange({ fromUs: 1, toUs: 2 }, '7d')).toEqual({ range: '7d' });
  });
});
