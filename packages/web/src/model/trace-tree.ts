import type { ObservationNode } from '@slipstream/query-api';

/** What a subtree adds up to, its own root included. */
export interface Rollup {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** `null` where nothing in the subtree has a known cost. */
  readonly costUsd: number | null;
  readonly errorCount: number;
}

/** One observation at its place in the tree. */
export interface TreeEntry {
  readonly observation: ObservationNode;
  /** 0 for a root. */
  readonly depth: number;
  /** Index of the parent entry, −1 for a root. */
  readonly parentIndex: number;
  readonly childCount: number;
  /** Entries in the subtree, itself included; the subtree is `[index, index + subtreeSize)`. */
  readonly subtreeSize: number;
  /**
   * `missing-parent`: it names a parent that is not in the trace (lost, or not arrived yet). `cycle`: its parents
   * lead back to itself. Both are shown as roots, so that nothing disappears.
   */
  readonly detached: 'missing-parent' | 'cycle' | undefined;
  readonly rollup: Rollup;
}

/** Entries in depth-first order; siblings by start time. */
export interface TraceTree {
  readonly entries: readonly TreeEntry[];
  readonly indexBySpanId: ReadonlyMap<string, number>;
  readonly maxDepth: number;
}

/** Builds the tree in linear time (but for sorting siblings) and without recursion, whatever the parents say. */
export function buildTraceTree(observations: readonly ObservationNode[]): TraceTree {
  const nodes = uniqueNodes(observations);
  const idToNode = new Map(nodes.map((node, index) => [node.spanId, index]));
  const { parents, detached } = resolveParents(nodes, idToNode);
  const children = childLists(nodes, parents);
  return layOut(nodes, parents, detached, children);
}

/** The last version of a span wins, at the place of the first. */
function uniqueNodes(observations: readonly ObservationNode[]): ObservationNode[] {
  const byId = new Map<string, ObservationNode>();
  for (const observation of observations) byId.set(observation.spanId, observation);
  return byId.size === observations.length ? [...observations] : [...byId.values()];
}

type Detached = TreeEntry['detached'];

function resolveParents(nodes: readonly ObservationNode[], idToNode: ReadonlyMap<string, number>) {
  const parents = new Int32Array(nodes.length).fill(-1);
  const detached = new Map<number, Detached>();
  nodes.forEach((node, index) => {
    if (node.parentSpanId === '') return;
    const parent = idToNode.get(node.parentSpanId);
    if (parent === undefined) detached.set(index, 'missing-parent');
    else parents[index] = parent;
  });
  for (const index of cycleHeads(nodes, parents)) {
    parents[index] = -1;
    detached.set(index, 'cycle');
  }
  return { parents, detached };
}

/** For each cycle of parents, the member that started first. Each node is walked once: 0 unseen, else the walk's number. */
function cycleHeads(nodes: readonly ObservationNode[], parents: Int32Array): number[] {
  const walkOf = new Int32Array(nodes.length);
  const heads: number[] = [];
  for (let start = 0; start < nodes.length; start += 1) {
    let at = start;
    while (at !== -1 && walkOf[at] === 0) {
      walkOf[at] = start + 1;
      at = parents[at] ?? -1;
    }
    if (at !== -1 && walkOf[at] === start + 1) heads.push(earliestOfCycle(nodes, parents, at));
  }
  return heads;
}

function earliestOfCycle(nodes: readonly ObservationNode[], parents: Int32Array, member: number): number {
  let earliest = member;
  for (let at = parents[member] ?? -1; at !== member && at !== -1; at = parents[at] ?? -1) {
    if ((nodes[at]?.startTimeUs ?? 0) < (nodes[earliest]?.startTimeUs ?? 0)) earliest = at;
  }
  return earliest;
}

/** Children of each node, and under −1 the roots, by start time and then by their order in the trace. */
function childLists(nodes: readonly ObservationNode[], parents: Int32Array): Map<number, number[]> {
  const lists = new Map<number, number[]>();
  nodes.forEach((_node, index) => {
    const parent = parents[index] ?? -1;
    const list = lists.get(parent);
    if (list === undefined) lists.set(parent, [index]);
    else list.push(index);
  });
  const start = (index: number) => nodes[index]?.startTimeUs ?? 0;
  for (const list of lists.values()) list.sort((a, b) => start(a) - start(b) || a - b);
  return lists;
}

interface MutableRollup {
  inputTokens: number;
  outputTokens: number;
  costUsd: number | null;
  errorCount: number;
}

type MutableEntry = { -readonly [K in keyof TreeEntry]: TreeEntry[K] } & { rollup: MutableRollup };

function layOut(
  nodes: readonly ObservationNode[],
  parents: Int32Array,
  detached: ReadonlyMap<number, Detached>,
  children: ReadonlyMap<number, number[]>,
): TraceTree {
  const entries: MutableEntry[] = [];
  const entryOf = new Int32Array(nodes.length).fill(-1);
  const indexBySpanId = new Map<string, number>();
  let maxDepth = 0;
  const stack = (children.get(-1) ?? []).toReversed();
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const node = nodes[at];
    if (node === undefined) continue;
    const parentIndex = entryOf[parents[at] ?? -1] ?? -1;
    const depth = (entries[parentIndex]?.depth ?? -1) + 1;
    const own = children.get(at) ?? [];
    entryOf[at] = entries.length;
    indexBySpanId.set(node.spanId, entries.length);
    maxDepth = Math.max(maxDepth, depth);
    const common = { observation: node, depth, parentIndex, childCount: own.length, subtreeSize: 1 };
    entries.push({ ...common, detached: detached.get(at), rollup: ownRollup(node) });
    for (let child = own.length - 1; child >= 0; child -= 1) stack.push(own[child] ?? -1);
  }
  addUp(entries);
  return { entries, indexBySpanId, maxDepth };
}

function ownRollup(node: ObservationNode): MutableRollup {
  const { inputTokens, outputTokens, costUsd } = node;
  return { inputTokens, outputTokens, costUsd, errorCount: node.level === 'ERROR' ? 1 : 0 };
}

/** Backwards over depth-first order, every child is complete before its parent takes it. */
function addUp(entries: readonly MutableEntry[]): void {
  for (let index = entries.length - 1; index > 0; index -= 1) {
    const entry = entries[index];
    const parent = entry === undefined ? undefined : entries[entry.parentIndex];
    if (entry === undefined || parent === undefined) continue;
    parent.subtreeSize += entry.subtreeSize;
    parent.rollup.inputTokens += entry.rollup.inputTokens;
    parent.rollup.outputTokens += entry.rollup.outputTokens;
    parent.rollup.errorCount += entry.rollup.errorCount;
    if (entry.rollup.costUsd !== null) parent.rollup.costUsd = (parent.rollup.costUsd ?? 0) + entry.rollup.costUsd;
  }
}
