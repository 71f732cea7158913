import type { ObservationNode } from '@slipstream/query-api';
import { describe, expect, test } from 'vitest';
import { buildTraceTree } from '../model/trace-tree.js';
import { collapsibleSpanIds, filterTree, flattenTree, revealSpan, type TraceRow } from './trace-rows.js';

/** `id<parent`, in order of time; the name is the id. */
function treeOf(...spans: string[]) {
  const nodes = spans.map((text, index) => {
    const [spanId = '', parentSpanId = ''] = text.split('<');
    return {
      spanId,
      parentSpanId,
      name: spanId,
      startTimeUs: index,
      type: 'span',
      level: 'DEFAULT',
      model: null,
      statusMessage: null,
    };
  });
  return buildTraceTree(nodes as unknown as ObservationNode[]);
}

const ids = (rows: readonly TraceRow[]) => rows.map((row) => row.entry.observation.spanId).join(' ');

const tree = treeOf('root', 'load<root', 'llm<root', 'tool<llm', 'deep<tool', 'save<root', 'other');

describe('rows of a tree', () => {
  test('all of them when nothing is collapsed', () => {
    expect(ids(flattenTree(tree, new Set()))).toBe('root load llm tool deep save other');
  });

  test('a collapsed span hides its whole subtree and nothing else', () => {
    const rows = flattenTree(tree, new Set(['llm']));
    expect(ids(rows)).toBe('root load llm save other');
    expect(rows.map((row) => row.isCollapsed)).toEqual([false, false, true, false, false]);
  });

  test('a collapse within a collapse has no effect until the outer one opens', () => {
    expect(ids(flattenTree(tree, new Set(['root', 'tool'])))).toBe('root other');
    expect(ids(flattenTree(tree, new Set(['tool'])))).toBe('root load llm tool save other');
  });

  test('a leaf cannot be collapsed', () => {
    expect(flattenTree(tree, new Set(['deep'])).every((row) => !row.isCollapsed)).toBe(true);
    expect([...collapsibleSpanIds(tree)]).toEqual(['root', 'llm', 'tool']);
  });

  test('a filter shows matches with the way to them', () => {
    const rows = filterTree(tree, ' DEEP ');
    expect(ids(rows)).toBe('root llm tool deep');
    expect(rows.map((row) => row.isMatch)).toEqual([false, false, false, true]);
    expect(filterTree(tree, 'nothing')).toEqual([]);
  });

  test('a hidden span is revealed by opening its ancestors only', () => {
    const collapsed = new Set(['root', 'llm', 'tool', 'unrelated']);
    expect([...revealSpan(tree, collapsed, 'tool')]).toEqual(['tool', 'unrelated']);
    expect(revealSpan(tree, collapsed, 'other')).toBe(collapsed);
    expect(revealSpan(tree, collapsed, 'not there')).toBe(collapsed);
  });

  test('fifty thousand rows, the last of them 50,000 deep', () => {
    const chain = treeOf(
      ...Array.from({ length: 50_000 }, (_, index) => (index === 0 ? 's0' : `s${index}<s${index - 1}`)),
    );
    expect(flattenTree(chain, new Set()).at(-1)?.entry.depth).toBe(49_999);
    expect(filterTree(chain, 's49999')).toHaveLength(50_000);
  });
});
