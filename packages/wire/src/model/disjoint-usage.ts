import type { SpanSource } from './source.js';
import { isCacheKind, type Side, type UsagePart, type UsageTable, usagePart } from './usage-table.js';

/** What a span counts by one dialect's names. */
export interface CountedTable {
  readonly table: UsageTable;
  readonly counts: ReadonlyMap<string, number>;
}

/** Tokens of one side that are parts of its whole, and that lie beside it. */
interface SideParts {
  inside: number;
  beside: number;
}

/**
 * Splits counts, of which some are contained in others, into kinds that are not, so that their sum is the total: `input`
 * and `output` become what is left of the whole after its parts. What several dialects say counts once: the first one's.
 */
export function disjointUsage(counted: readonly CountedTable[], source: SpanSource): Map<string, number> {
  const usage = new Map<string, number>();
  const isCacheBeside = counted.some(({ table, counts }) => table.isCacheBeside?.(counts, source) === true);
  const parts = addParts(usage, counted, isCacheBeside);
  const input = firstCount(counted, 'input');
  const output = firstCount(counted, 'output');
  const reportedTotal = firstCount(counted, 'total');
  heedTotal(parts, (input ?? 0) + (output ?? 0), reportedTotal);
  const inputTotal = placeWhole(usage, 'input', input, parts.input);
  const outputTotal = placeWhole(usage, 'output', output, parts.output);
  for (const each of counted) addUnknown(usage, each);
  // A total below the sum leaves out what the sender counts beside a whole.
  const total = Math.max(reportedTotal ?? 0, inputTotal + outputTotal);
  if (usage.size > 0 || reportedTotal !== undefined) usage.set('total', total);
  return usage;
}

function addParts(
  usage: Map<string, number>,
  counted: readonly CountedTable[],
  isCacheBeside: boolean,
): Record<Side, SideParts> {
  const found = new Map<string, { count: number; part: UsagePart }>();
  let overlaps: Map<string, number> | undefined;
  for (const { table, counts } of counted) {
    for (const [name, count] of counts) {
      const part = count === 0 ? undefined : usagePart(table, name);
      if (part === undefined) continue;
      if (part.isOverlap) {
        overlaps ??= new Map();
        if (!overlaps.has(part.kind)) overlaps.set(part.kind, count);
      } else if (!found.has(part.kind)) found.set(part.kind, { count, part });
    }
  }
  const parts = { input: { inside: 0, beside: 0 }, output: { inside: 0, beside: 0 } };
  for (const [kind, { count, part }] of found) {
    const own = Math.max(0, count - (overlaps?.get(kind) ?? 0));
    if (own === 0) continue;
    usage.set(kind, own);
    const isBeside = part.isBesideWhole === true || (isCacheBeside && isCacheKind(kind));
    parts[part.side][isBeside ? 'beside' : 'inside'] += own;
  }
  return parts;
}

/** A total that is the sum of the wholes and of one side's parts, or both sides', says that those lie beside. */
function heedTotal({ input, output }: Record<Side, SideParts>, wholes: number, total: number | undefined): void {
  const excess = total === undefined ? 0 : total - wholes - input.beside - output.beside;
  if (excess <= 0) return;
  const isAll = excess === input.inside + output.inside;
  if (isAll || excess === input.inside) moveBeside(input);
  else if (excess === output.inside) moveBeside(output);
  if (isAll) moveBeside(output);
}

function moveBeside(side: SideParts): void {
  side.beside += side.inside;
  side.inside = 0;
}

/** Sets what is left of a side and gives the side's whole. */
function placeWhole(
  usage: Map<string, number>,
  side: Side,
  whole: number | undefined,
  { inside, beside }: SideParts,
): number {
  if (whole === undefined) return inside + beside;
  // Parts larger than their whole cannot be inside it: the sender counts them beside it.
  const isInside = inside <= whole;
  usage.set(side, isInside ? whole - inside : whole);
  return whole + beside + (isInside ? 0 : inside);
}

function firstCount(counted: readonly CountedTable[], whole: Side | 'total'): number | undefined {
  for (const { table, counts } of counted) {
    for (const name of table[whole]) {
      const count = counts.get(name);
      if (count !== undefined) return count;
    }
  }
  return undefined;
}

/** Counts that the table does not know are kept under their own names. */
function addUnknown(usage: Map<string, number>, { table, counts }: CountedTable): void {
  for (const [name, count] of counts) {
    if (count === 0 || isKnown(table, name)) continue;
    const kind = name.replace(/^details\./, '');
    if (!usage.has(kind)) usage.set(kind, count);
  }
}

function isKnown(table: UsageTable, name: string): boolean {
  if (usagePart(table, name) !== undefined || table.leftOut?.has(name) === true) return true;
  return table.input.includes(name) || table.output.includes(name) || table.total.includes(name);
}
