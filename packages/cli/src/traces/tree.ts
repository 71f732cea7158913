import type { ObservationNode } from '@slipstream/query-api';

/** One line of a trace: an observation, and the lines that lead to it from its ancestors. */
export interface TreeRow {
  readonly node: ObservationNode;
  readonly depth: number;
  /** Drawn before the name. */
  readonly branch: string;
}

/** Below this depth the way from the root is a number: the names need the columns. */
const MAX_DRAWN_DEPTH = 10;

/**
 * The observations of a trace as a tree, parents first, siblings by their start. What has no parent here is a root, and
 * spans that name each other as parents are shown all the same.
 */
export function toTreeRows(observations: readonly ObservationNode[]): TreeRow[] {
  const children = groupByParent(observations);
  const rows: TreeRow[] = [];
  const seen = new Set<string>();
  const walk = (roots: readonly ObservationNode[]): void => {
    // By hand, since a trace may be deeper than the stack.
    const open = roots.toReversed().map((node) => ({ node, depth: 0, lead: '', isLast: true }));
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { node, depth, lead, isLast } = next;
      if (seen.has(node.spanId)) continue;
      seen.add(node.spanId);
      rows.push({ node, depth, branch: branchOf(depth, lead, isLast) });
      const below = children.get(node.spanId) ?? [];
      const childLead = depth === 0 || depth > MAX_DRAWN_DEPTH ? '' : `${lead}${isLast ? '   ' : '│  '}`;
      for (let index = below.length - 1; index >= 0; index--) {
        const child = below[index];
        if (child === undefined) continue;
        open.push({ node: child, depth: depth + 1, lead: childLead, isLast: index === below.length - 1 });
      }
    }
  };
  walk(children.get('') ?? []);
  for (const node of observations) if (!seen.has(node.spanId)) walk([node]);
  return rows;
}

function branchOf(depth: number, lead: string, isLast: boolean): string {
  if (depth === 0) return '';
  return depth > MAX_DRAWN_DEPTH ? `…${depth} ` : `${lead}${isLast ? '└─ ' : '├─ '}`;
}

/** Children by their parent's id, `''` for roots. */
function groupByParent(observations: readonly ObservationNode[]): Map<string, ObservationNode[]> {
  const ids = new Set(observations.map(({ spanId }) => spanId));
  const children = new Map<string, ObservationNode[]>();
  for (const node of observations) {
    const isRoot = !ids.has(node.parentSpanId) || node.parentSpanId === node.spanId;
    const parent = isRoot ? '' : node.parentSpanId;
    const list = children.get(parent);
    if (list === undefined) children.set(parent, [node]);
    else list.push(node);
  }
  for (const list of children.values()) list.sort((left, right) => left.startTimeUs - right.startTimeUs);
  return children;
}
