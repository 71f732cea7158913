import type { ObservationNode } from '@slipstream/query-api';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildTraceTree, type TraceTree } from './trace-tree.js';

function node(spanId: string, parentSpanId: string, startTimeUs: number, fields: Partial<ObservationNode> = {}) {
  const observation: ObservationNode = {
    spanId,
    parentSpanId,
    type: 'span',
    name: spanId,
    startTimeUs,
    endTimeUs: startTimeUs + 10,
    level: 'DEFAULT',
    statusMessage: null,
    model: null,
    inputTokens: 0,
    outputTokens: 0,
    totalTokens: 0,
    costUsd: null,
    completionStartTimeUs: null,
    ...fields,
  };
  return observation;
}

/** `a(b c)` in depth-first order, with depth as dots. */
const outline = (tree: TraceTree) =>
  tree.entries.map((entry) => '.'.repeat(entry.depth) + entry.observation.spanId).join(' ');

describe('trace tree', () => {
  test('children stand under their parent by start time, whatever the order of arrival', () => {
    const tree = buildTraceTree([node('c', 'b', 30), node('d', 'a', 15), node('b', 'a', 20), node('a', '', 10)]);
    expect(outline(tree)).toBe('a .d .b ..c');
    expect(tree.maxDepth).toBe(2);
    expect(tree.entries[tree.indexBySpanId.get('b') ?? -1]).toMatchObject({ childCount: 1, subtreeSize: 2, depth: 1 });
  });

  test('siblings of the same start keep the order of the trace', () => {
    expect(outline(buildTraceTree([node('a', '', 1), node('x', 'a', 5), node('b', 'a', 5)]))).toBe('a .x .b');
  });

  test('a span whose parent is missing is a root and says so', () => {
    const tree = buildTraceTree([node('a', '', 1), node('b', 'gone', 2), node('c', 'b', 3)]);
    expect(outline(tree)).toBe('a b .c');
    expect(tree.entries.map((entry) => entry.detached)).toEqual([undefined, 'missing-parent', undefined]);
  });

  test('a span that is its own parent is a root', () => {
    const tree = buildTraceTree([node('a', 'a', 1), node('b', 'a', 2)]);
    expect(outline(tree)).toBe('a .b');
    expect(tree.entries[0]?.detached).toBe('cycle');
  });

  test('a cycle is opened at its earliest span, and what hangs on it stays', () => {
    const spans = [node('a', 'c', 30), node('b', 'a', 10), node('c', 'b', 20), node('leaf', 'c', 40)];
    const tree = buildTraceTree(spans);
    expect(outline(tree)).toBe('b .c ..a ..leaf');
    expect(tree.entries.filter((entry) => entry.detached === 'cycle')).toHaveLength(1);
  });

  test('of a span that came twice the later version is shown', () => {
    const tree = buildTraceTree([node('a', '', 1, { endTimeUs: null }), node('a', '', 1, { endTimeUs: 9 })]);
    expect(tree.entries).toHaveLength(1);
    expect(tree.entries[0]?.observation.endTimeUs).toBe(9);
  });

  test('tokens, cost and errors add up towards the root; an unknown cost is not zero', () => {
    const tree = buildTraceTree([
      node('a', '', 1),
      node('b', 'a', 2, { inputTokens: 5, outputTokens: 1, costUsd: 0.25 }),
      node('c', 'b', 3, { inputTokens: 7, costUsd: 0.5, level: 'ERROR' }),
      node('d', 'a', 4),
    ]);
    expect(tree.entries[0]?.rollup).toEqual({ inputTokens: 12, outputTokens: 1, costUsd: 0.75, errorCount: 1 });
    expect(tree.entries[3]?.rollup.costUsd).toBeNull();
  });

  test('no trace is an empty tree', () => {
    expect(buildTraceTree([])).toMatchObject({ entries: [], maxDepth: 0 });
  });

  test('whatever the parents say, each span is there once, under its parent or as a root', () => {
    const spans = fc.array(fc.tuple(fc.nat(30), fc.nat(35), fc.nat(50)), { maxLength: 40 });
    fc.assert(
      fc.property(spans, (drawn) => {
        const observations = drawn.map(([id, parent, at]) => node(`s${id}`, parent > 33 ? '' : `s${parent}`, at));
        const tree = buildTraceTree(observations);
        const known = new Set(observations.map((observation) => observation.spanId));
        expect(new Set(tree.entries.map((entry) => entry.observation.spanId))).toEqual(known);
        expect(tree.entries).toHaveLength(known.size);
        tree.entries.forEach((entry, index) => {
          if (entry.parentIndex === -1) expect(entry.depth).toBe(0);
          else {
            const parent = tree.entries[entry.parentIndex];
            expect(entry.parentIndex).toBeLessThan(index);
            expect(parent?.observation.spanId).toBe(entry.observation.parentSpanId);
            expect(index).toBeLessThan(entry.parentIndex + (parent?.subtreeSize ?? 0));
          }
        });
      }),
    );
  });
});

/** The three shapes that break naive builders: bushy in random order, one long chain, one parent with all the children. */
const SHAPES: Record<string, (index: number, count: number) => string> = {
  bushy: (index) => (index === 0 ? '' : `s${((index * 7919) % 99_991) % index}`),
  chain: (index, count) => (index === count - 1 ? '' : `s${index + 1}`),
  flat: (index) => (index === 0 ? '' : 's0'),
};

function makeTrace(count: number, shape: (index: number, count: number) => string): ObservationNode[] {
  return Array.from({ length: count }, (_, index) => node(`s${index}`, shape(index, count), (index * 31) % 997));
}

function buildMs(traces: readonly (readonly ObservationNode[])[]): number {
  const startedMs = performance.now();
  const trees = traces.map((trace) => buildTraceTree(trace));
  const tookMs = performance.now() - startedMs;
  expect(trees.map((tree) => tree.entries.length)).toEqual(traces.map((trace) => trace.length));
  return tookMs;
}

describe('a trace of 50,000 spans', () => {
  test.each(Object.entries(SHAPES))('%s: costs about as much as 25 traces of 2,000', (_name, shape) => {
    const large = [makeTrace(50_000, shape)];
    const small = Array.from({ length: 25 }, () => makeTrace(2_000, shape));
    const ratios = Array.from({ length: 4 }, () => {
      const smallMs = buildMs(small);
      return buildMs(large) / smallMs;
    });
    // Linear is 1, caches and the collector of garbage add to it; quadratic would be 25.
    expect(Math.min(...ratios)).toBeLessThan(10);
  });
});
