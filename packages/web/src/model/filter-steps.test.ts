import type { Facets, TraceSummary } from '@slipstream/query-api';
import { describe, expect, test } from 'vitest';
import { filterOptions } from './filter-steps.js';
import { narrowSuggestions, suggestMetadataValues } from './suggestions.js';

const rows = [
  { userId: 'an', conversation: 'c1', metadata: { bot: 'b1' } },
  { userId: 'binh', conversation: 'c2', metadata: { bot: 'b2', constructor: 'x' } },
  { userId: 'an', conversation: null, metadata: {} },
] as unknown as TraceSummary[];
const facets: Facets = {
  names: [{ value: 'lesson', count: 9 }],
  services: [],
  metadataKeys: [{ value: 'bot', count: 2 }],
};
const sources = { search: { range: '1h' as const }, facets, rows };

describe('adding a filter', () => {
  test('a field leads to its values', () => {
    const [option] = filterOptions({ kind: 'field' }, 'conv', sources);
    expect(option).toMatchObject({ label: 'Conversation', next: { kind: 'value', field: 'conversation' } });
  });

  test('values of a field that the collector does not count come from the rows, the most frequent first', () => {
    const options = filterOptions({ kind: 'value', field: 'user' }, '', sources);
    expect(options.map((option) => `${option.label} ${option.hint}`)).toEqual(['an 2', 'binh 1']);
    expect(options[0]?.next).toEqual({ range: '1h', user: 'an' });
  });

  test('what is typed can be taken as it is, first of all', () => {
    const options = filterOptions({ kind: 'value', field: 'name' }, 'less', sources);
    expect(options.map((option) => option.label)).toEqual(['less', 'lesson']);
    expect(filterOptions({ kind: 'value', field: 'name' }, 'lesson', sources)).toHaveLength(1);
  });

  test('metadata is a key and then a value', () => {
    const [key] = filterOptions({ kind: 'metadata-key' }, 'bot', sources);
    expect(key?.next).toEqual({ kind: 'metadata-value', key: 'bot' });
    const [value] = filterOptions({ kind: 'metadata-value', key: 'bot' }, 'b2', sources);
    expect(value?.next).toEqual({ range: '1h', metadata: ['bot:b2'] });
  });

  test('levels are offered by name', () => {
    expect(filterOptions({ kind: 'level' }, 'err', sources)[0]?.next).toEqual({ range: '1h', level: 'ERROR' });
  });

  test('keys that objects are born with are not taken for values', () => {
    expect(suggestMetadataValues('constructor', rows)).toEqual([{ value: 'x', count: 1 }]);
    expect(suggestMetadataValues('toString', rows)).toEqual([]);
  });

  test('suggestions that begin with the text come before those that contain it', () => {
    const found = narrowSuggestions(
      [
        { value: 'a-lesson', count: 9 },
        { value: 'Lesson', count: 1 },
      ],
      'les',
    );
    expect(found.map((suggestion) => suggestion.value)).toEqual(['Lesson', 'a-lesson']);
  });
});
