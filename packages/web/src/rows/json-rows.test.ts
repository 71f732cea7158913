import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTextValue } from '../model/json-text.js';
import {
  CHILDREN_STEP,
  containerOfMore,
  initialJsonState,
  type JsonViewState,
  jsonRows,
  STRING_STEP,
  showMore,
  toggleExpanded,
} from './json-rows.js';

const open = (...paths: string[]): JsonViewState => ({ expanded: new Set(paths), shown: new Map() });

describe('rows of a JSON value', () => {
  test('only what is open is there', () => {
    const value = { a: { b: [1, 2] }, c: 'x' };
    expect(jsonRows(value, open()).map((row) => row.path)).toEqual(['$']);
    expect(jsonRows(value, open('$')).map((row) => row.path)).toEqual(['$', '$/a', '$/c']);
    expect(jsonRows(value, open('$', '$/a/b')).map((row) => row.path)).toEqual(['$', '$/a', '$/c']);
    expect(jsonRows(value, open('$', '$/a', '$/a/b')).map((row) => row.depth)).toEqual([0, 1, 2, 3, 3, 1]);
  });

  test('a long list comes in steps: n at once, of n + 1 one waits', () => {
    const state = open('$');
    const atLimit = jsonRows(
      Array.from({ length: CHILDREN_STEP }, () => 0),
      state,
    );
    const over = jsonRows(
      Array.from({ length: CHILDREN_STEP + 1 }, () => 0),
      state,
    );
    expect(atLimit).toHaveLength(CHILDREN_STEP + 1);
    expect(over.at(-1)?.content).toEqual({ kind: 'more', hiddenChildren: 1 });
  });

  test('more of a list is shown where it was asked for', () => {
    const value = { list: Array.from({ length: 250 }, (_, index) => index), after: true };
    const state = open('$', '$/list');
    const more = jsonRows(value, state).find((row) => row.content.kind === 'more');
    const next = showMore(state, containerOfMore(more?.path ?? ''), CHILDREN_STEP, 500);
    const rows = jsonRows(value, next);
    expect(rows).toHaveLength(1 + 1 + 250 + 1);
    expect(rows.at(-1)?.key).toBe('after');
  });

  test('a long text is cut: n characters whole, n + 1 not', () => {
    const content = (length: number) => jsonRows({ t: 'x'.repeat(length) }, open('$'))[1]?.content;
    expect(content(STRING_STEP)).toMatchObject({ kind: 'string', hiddenCharacters: 0 });
    expect(content(STRING_STEP + 1)).toMatchObject({ hiddenCharacters: 1 });
  });

  test('paths of strange keys do not meet', () => {
    const value = { 'a/b': { x: 1 }, a: { b: { x: 2 } }, '~': 3, '…': 4, __proto__: 5 };
    const parsed = JSON.parse(JSON.stringify(value).replace('{"a/b"', '{"__proto__":{"y":1},"a/b"'));
    const rows = jsonRows(parsed, open('$', '$/a', '$/a/b', '$/a~1b', '$/__proto__'));
    expect(new Set(rows.map((row) => row.path)).size).toBe(rows.length);
    expect(rows.map((row) => row.path)).toContain('$/__proto__/y');
  });

  test('toggling opens and closes', () => {
    const opened = toggleExpanded(open(), '$');
    expect([...opened.expanded]).toEqual(['$']);
    expect([...toggleExpanded(opened, '$').expanded]).toEqual([]);
  });

  test('small values are open at first, large ones only at the top', () => {
    expect([...initialJsonState({ a: { b: 1 } }).expanded]).toEqual(['$', '$/a']);
    const large = { list: Array.from({ length: 10_000 }, () => ({})) };
    expect([...initialJsonState(large).expanded]).toEqual(['$']);
  });

  test('a value of a hundred thousand levels is opened level by level and does not overflow', () => {
    const deep = JSON.parse('['.repeat(5_000) + ']'.repeat(5_000));
    expect(jsonRows(deep, initialJsonState(deep)).length).toBeLessThan(10);
  });

  test('a closed container costs the same whatever it holds', () => {
    const large = { list: Array.from({ length: 200_000 }, (_, index) => ({ index })) };
    expect(jsonRows(large, open('$'))).toHaveLength(2);
    expect(jsonRows(large, open('$', '$/list'))).toHaveLength(2 + CHILDREN_STEP + 1);
  });

  test('every value that is fully opened is there once, in order', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        let state = open('$');
        for (let level = 0; level < 6; level += 1) {
          const expanded = new Set(
            jsonRows(value, state)
              .filter((row) => row.content.kind === 'container')
              .map((row) => row.path),
          );
          state = { ...state, expanded };
        }
        const count = (item: unknown): number =>
          typeof item === 'object' && item !== null
            ? 1 + Object.values(item).reduce((sum: number, child) => sum + count(child), 0)
            : 1;
        expect(jsonRows(value, state)).toHaveLength(count(value));
      }),
    );
  });
});

describe('reading a text', () => {
  test('objects and lists are trees', () => {
    expect(readTextValue(' {"a":1}').kind).toBe('json');
    expect(readTextValue('[1]').kind).toBe('json');
  });

  test('anything else is text: cut JSON, plain values, words', () => {
    for (const text of ['{"a":', '5', '"x"', 'null', '', 'hello {', '{not json}']) {
      expect(readTextValue(text).kind).toBe('text');
    }
  });
});
