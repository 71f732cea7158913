import { type CountedTable, disjointUsage } from './disjoint-usage.js';
import { bindRules, bindTables, firstValue, isPresent } from './engine.js';
import { parseAmount } from './numbers.js';
import { ORDER } from './order.js';
import type { SpanSource } from './source.js';
import type { UsageTable } from './usage-table.js';

const REPORTS = bindRules(ORDER.usageDetails, (dialect) => dialect.usageDetails);
const TABLES = bindTables('usage');

/** Tokens (or other units) by kind. The kinds other than `total` do not overlap, so that their sum is the total. */
export function usageDetails(source: SpanSource, isSummary: boolean): ReadonlyMap<string, number> {
  const reported = firstValue(REPORTS, source);
  if (reported !== undefined) return reported;
  if (isSummary) return new Map();
  const counted: CountedTable[] = [];
  for (const { dialectBit, table } of TABLES) {
    if (!isPresent(dialectBit, source)) continue;
    const counts = countsOf(source, table);
    if (counts !== undefined) counted.push({ table, counts });
  }
  return counted.length === 0 ? new Map() : disjointUsage(counted, source);
}

/** The counts by a table's names, those under its prefix first; `undefined` where there are none. */
function countsOf(source: SpanSource, table: UsageTable): ReadonlyMap<string, number> | undefined {
  const elsewhere = table.counts?.read(source);
  const keys = table.prefix === undefined ? [] : source.attributes.keysUnder(table.prefix);
  if (elsewhere === undefined && keys.length === 0) return undefined;
  const counts = new Map<string, number>();
  for (const key of keys) {
    const name = key.slice(table.prefix?.length);
    if (table.leftOut?.has(name) === true) continue;
    const amount = parseAmount(source.attributes.peek(key) ?? null);
    if (amount === undefined) continue;
    counts.set(name, amount);
    source.attributes.remove(key);
  }
  for (const [name, amount] of elsewhere ?? []) if (!counts.has(name)) counts.set(name, amount);
  return counts;
}

/** Token counts for display, out of {@link usageDetails}'s kinds: a side is the sum of the kinds that begin with it. */
export interface UsageTotals {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
}

/** Adds up usage by side. */
export function summarizeUsage(usage: ReadonlyMap<string, number>): UsageTotals {
  let inputTokens = 0;
  let outputTokens = 0;
  for (const [kind, count] of usage) {
    if (kind.startsWith('input')) inputTokens += count;
    else if (kind.startsWith('output')) outputTokens += count;
  }
  return { inputTokens, outputTokens, totalTokens: usage.get('total') ?? inputTokens + outputTokens };
}
