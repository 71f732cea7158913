import { cutText } from '../model/safe-text.js';

/** Steps from the root to a value. */
export type JsonPath = string;

export interface JsonRow {
  /** Unique within the value; also the key of what is expanded or unfolded. */
  readonly path: JsonPath;
  readonly depth: number;
  /** Property name or list index; `undefined` for the root. */
  readonly key: string | number | undefined;
  readonly content: JsonContent;
}

export type JsonContent =
  | { readonly kind: 'container'; readonly isArray: boolean; readonly size: number; readonly isExpanded: boolean }
  | { readonly kind: 'string'; readonly text: string; readonly hiddenCharacters: number }
  | { readonly kind: 'literal'; readonly text: string; readonly type: 'number' | 'boolean' | 'null' }
  | { readonly kind: 'more'; readonly hiddenChildren: number };

/** What the reader has opened. `shown` holds how many children, or characters of a string, beyond the first step. */
export interface JsonViewState {
  readonly expanded: ReadonlySet<JsonPath>;
  readonly shown: ReadonlyMap<JsonPath, number>;
}

/** One step of children; the document never holds more than is opened, so it stays small without a virtual list. */
export const CHILDREN_STEP = 100;
/** One step of a long string. */
export const STRING_STEP = 1_000;
/** An opened string grows by this: a megabyte in a few clicks, without a long frame. */
export const STRING_MORE = 50_000;
/** Objects nested deeper than this are cut with a note rather than followed. */
const MAX_DEPTH = 500;
/** A longer list is easier to look over closed. */
const FEW_CHILDREN = 12;

/** What is open at first: the top two levels while they are small. */
export function initialJsonState(value: object): JsonViewState {
  const expanded = new Set<JsonPath>(['$']);
  if (sizeOf(value) > FEW_CHILDREN) return { expanded, shown: new Map() };
  let budget = 60;
  for (const [key, child] of entriesOf(value, FEW_CHILDREN)) {
    if (typeof child !== 'object' || child === null) continue;
    budget -= sizeOf(child);
    if (budget < 0) break;
    expanded.add(childPath('$', key));
  }
  return { expanded, shown: new Map() };
}

/** Rows of what is open. Only opened containers are walked. */
export function jsonRows(value: unknown, state: JsonViewState): JsonRow[] {
  const rows: JsonRow[] = [];
  const stack: { path: JsonPath; depth: number; key: string | number | undefined; value: unknown; more?: number }[] = [
    { path: '$', depth: 0, key: undefined, value },
  ];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const { path, depth, key } = at;
    if (at.more !== undefined) {
      rows.push({ path: `${path}/…`, depth, key: undefined, content: { kind: 'more', hiddenChildren: at.more } });
      continue;
    }
    rows.push({ path, depth, key, content: contentOf(at.value, path, state) });
    if (typeof at.value !== 'object' || at.value === null || !state.expanded.has(path) || depth >= MAX_DEPTH) continue;
    const limit = state.shown.get(path) ?? CHILDREN_STEP;
    const children = entriesOf(at.value, limit);
    const hidden = sizeOf(at.value) - children.length;
    if (hidden > 0) stack.push({ path, depth: depth + 1, key: undefined, value: undefined, more: hidden });
    for (let child = children.length - 1; child >= 0; child -= 1) {
      const [childKey, childValue] = children[child] ?? ['', undefined];
      stack.push({ path: childPath(path, childKey), depth: depth + 1, key: childKey, value: childValue });
    }
  }
  return rows;
}

/** The path of the container that a `more` row belongs to. */
export function containerOfMore(path: JsonPath): JsonPath {
  return path.slice(0, -2);
}

export function toggleExpanded(state: JsonViewState, path: JsonPath): JsonViewState {
  const expanded = new Set(state.expanded);
  if (!expanded.delete(path)) expanded.add(path);
  return { ...state, expanded };
}

export function showMore(state: JsonViewState, path: JsonPath, current: number, step: number): JsonViewState {
  return { ...state, shown: new Map(state.shown).set(path, current + step) };
}

function contentOf(value: unknown, path: JsonPath, state: JsonViewState): JsonContent {
  if (typeof value === 'string') {
    const text = cutText(value, state.shown.get(path) ?? STRING_STEP);
    return { kind: 'string', text, hiddenCharacters: value.length - text.length };
  }
  if (typeof value === 'number') return { kind: 'literal', text: String(value), type: 'number' };
  if (typeof value === 'boolean') return { kind: 'literal', text: String(value), type: 'boolean' };
  if (typeof value !== 'object' || value === null) return { kind: 'literal', text: 'null', type: 'null' };
  const isExpanded = state.expanded.has(path);
  return { kind: 'container', isArray: Array.isArray(value), size: sizeOf(value), isExpanded };
}

/** The first `limit` children. `for-in` would be lazier still, but V8 lists an object's keys either way. */
function entriesOf(value: object, limit: number): [string | number, unknown][] {
  if (Array.isArray(value)) return value.slice(0, limit).map((child, index) => [index, child]);
  return Object.keys(value)
    .slice(0, limit)
    .map((key) => [key, (value as Record<string, unknown>)[key]]);
}

function sizeOf(value: object): number {
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

/** Keys are escaped as in JSON Pointer, so that two paths are never the same text. */
function childPath(path: JsonPath, key: string | number): JsonPath {
  return `${path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
