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

/** Builds the tree in linear time (but for sorting what is out of order) and without recursion, whatever the parents say. */
export function buildTraceTree(observations: readonly ObservationNode[]): TraceTree {
  const { nodes, idToIndex } = byStartTime(observations);
  const { parents, detached } = resolveParents(nodes, idToIndex);
  return layOut(nodes, parents, detached, idToIndex);
}

/** Each span once, its last version, by start time; spans of the same start keep their order. */
function byStartTime(observations: readonly ObservationNode[]) {
  const latest = new Map<string, ObservationNode>();
  for (const observation of observations) latest.set(observation.spanId, observation);
  const nodes = latest.size === observations.length ? [...observations] : [...latest.values()];
  // The collector sends them sorted, and a sorted list costs a sort one pass.
  nodes.sort((a, b) => a.startTimeUs - b.startTimeUs);
  const idToIndex = new Map<string, number>();
  for (let index = 0; index < nodes.length; index += 1) idToIndex.set(nodes[index]?.spanId ?? '', index);
  return { nodes, idToIndex };
}

type Detached = TreeEntry['detached'];

function resolveParents(nodes: readonly ObservationNode[], idToIndex: ReadonlyMap<string, number>) {
  const parents = new Int32Array(nodes.length).fill(-1);
  const detached = new Map<number, Detached>();
  nodes.forEach((node, index) => {
    if (node.parentSpanId === '') return;
    const parent = idToIndex.get(node.parentSpanId);
    if (parent === undefined) detached.set(index, 'missing-parent');
    else parents[index] = parent;
  });
  for (const index of cycleHeads(parents)) {
    parents[index] = -1;
    detached.set(index, 'cycle');
  }
  return { parents, detached };
}

/** For each cycle of parents, the member that started first. Each node is walked once: 0 unseen, else the walk's number. */
function cycleHeads(parents: Int32Array): number[] {
  const walkOf = new Int32Array(parents.length);
  const heads: number[] = [];
  for (let start = 0; start < parents.length; start += 1) {
    let at = start;
    while (at !== -1 && walkOf[at] === 0) {
      walkOf[at] = start + 1;
      at = parents[at] ?? -1;
    }
    if (at !== -1 && walkOf[at] === start + 1) heads.push(earliestOfCycle(parents, at));
  }
  return heads;
}

/** Nodes are in order of time, so the lowest index started first. */
function earliestOfCycle(parents: Int32Array, member: number): number {
  let earliest = member;
  for (let at = parents[member] ?? -1; at !== member && at !== -1; at = parents[at] ?? -1) {
    earliest = Math.min(earliest, at);
  }
  return earliest;
}

/**
 * Children of node `i` are `list[from[i] .. from[i + 1]]`, in order of time; the roots are those of `i = nodes`.
 * Two flat arrays instead of 50,000 small ones.
 */
function childrenOf(parents: Int32Array) {
  const count = parents.length;
  const from = new Int32Array(count + 2);
  for (let index = 0; index < count; index += 1) {
    const slot = slotOf(parents, index) + 1;
    from[slot] = (from[slot] ?? 0) + 1;
  }
  for (let slot = 1; slot < from.length; slot += 1) from[slot] = (from[slot] ?? 0) + (from[slot - 1] ?? 0);
  const next = from.slice();
  const list = new Int32Array(count);
  for (let index = 0; index < count; index += 1) {
    const slot = slotOf(parents, index);
    list[next[slot] ?? 0] = index;
    next[slot] = (next[slot] ?? 0) + 1;
  }
  return { from, list };
}

function slotOf(parents: Int32Array, index: number): number {
  const parent = parents[index] ?? -1;
  return parent === -1 ? parents.length : parent;
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
  idToIndex: Map<string, number>,
): TraceTree {
  const { from, list } = childrenOf(parents);
  const entries: MutableEntry[] = [];
  const entryOf = new Int32Array(nodes.length).fill(-1);
  let maxDepth = 0;
  const stack: number[] = [];
  /** The last child first, so that the first is taken first. */
  const pushChildren = (slot: number) => {
    for (let at = (from[slot + 1] ?? 0) - 1; at >= (from[slot] ?? 0); at -= 1) stack.push(list[at] ?? -1);
  };
  pushChildren(nodes.length);
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const observation = nodes[at];
    if (observation === undefined) continue;
    const parentIndex = entryOf[parents[at] ?? -1] ?? -1;
    const depth = (entries[parentIndex]?.depth ?? -1) + 1;
    const childCount = (from[at + 1] ?? 0) - (from[at] ?? 0);
    const rollup = ownRollup(observation);
    entryOf[at] = entries.length;
    maxDepth = Math.max(maxDepth, depth);
    entries.push({ observation, depth, parentIndex, childCount, subtreeSize: 1, detached: detached.get(at), rollup });
    pushChildren(at);
  }
  addUp(entries);
  // From the place in time to the place in the tree.
  for (let at = 0; at < nodes.length; at += 1) idToIndex.set(nodes[at]?.spanId ?? '', entryOf[at] ?? -1);
  return { entries, indexBySpanId: idToIndex, maxDepth };
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
