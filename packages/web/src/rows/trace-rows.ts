import type { TraceTree, TreeEntry } from '../model/trace-tree.js';

/** One line of the tree and the waterfall. */
export interface TraceRow {
  /** Index of the entry in the tree. */
  readonly index: number;
  readonly entry: TreeEntry;
  readonly isCollapsed: boolean;
  /** `false` for an ancestor that is shown only to give its matching descendants a place. */
  readonly isMatch: boolean;
}

/** The rows to show: what lies in a collapsed subtree is skipped whole, so the cost is that of the rows shown. */
export function flattenTree(tree: TraceTree, collapsed: ReadonlySet<string>): TraceRow[] {
  const rows: TraceRow[] = [];
  let index = 0;
  while (index < tree.entries.length) {
    const entry = tree.entries[index];
    if (entry === undefined) break;
    const isCollapsed = entry.childCount > 0 && collapsed.has(entry.observation.spanId);
    rows.push({ index, entry, isCollapsed, isMatch: true });
    index += isCollapsed ? entry.subtreeSize : 1;
  }
  return rows;
}

/** Rows that match a text, and their ancestors. Nothing is collapsed in a filtered tree. */
export function filterTree(tree: TraceTree, text: string): TraceRow[] {
  const wanted = text.trim().toLowerCase();
  const matches = new Uint8Array(tree.entries.length);
  const shown = new Uint8Array(tree.entries.length);
  tree.entries.forEach((entry, index) => {
    if (!matchesText(entry, wanted)) return;
    matches[index] = 1;
    for (let at = index; at !== -1 && shown[at] === 0; at = tree.entries[at]?.parentIndex ?? -1) shown[at] = 1;
  });
  const rows: TraceRow[] = [];
  tree.entries.forEach((entry, index) => {
    if (shown[index] === 1) rows.push({ index, entry, isCollapsed: false, isMatch: matches[index] === 1 });
  });
  return rows;
}

function matchesText({ observation }: TreeEntry, wanted: string): boolean {
  const { name, type, model, statusMessage, level, spanId } = observation;
  return [name, type, model, statusMessage, level, spanId].some((field) => field?.toLowerCase().includes(wanted));
}

/** Every span that has children, but for roots when they are the only way in. */
export function collapsibleSpanIds(tree: TraceTree): Set<string> {
  const ids = new Set<string>();
  for (const entry of tree.entries) if (entry.childCount > 0) ids.add(entry.observation.spanId);
  return ids;
}

/** The set without the ancestors of a span, so that it can be seen. The same set when nothing had to change. */
export function revealSpan(tree: TraceTree, collapsed: ReadonlySet<string>, spanId: string): ReadonlySet<string> {
  const hidden: string[] = [];
  const own = tree.indexBySpanId.get(spanId);
  let at = own === undefined ? -1 : (tree.entries[own]?.parentIndex ?? -1);
  while (at !== -1) {
    const entry = tree.entries[at];
    if (entry === undefined) break;
    if (collapsed.has(entry.observation.spanId)) hidden.push(entry.observation.spanId);
    at = entry.parentIndex;
  }
  if (hidden.length === 0) return collapsed;
  const next = new Set(collapsed);
  for (const id of hidden) next.delete(id);
  return next;
}
