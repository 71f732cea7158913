import type { ObservationDetail } from '@slipstream/query-api';

export interface UsageRow {
  readonly key: string;
  readonly tokens: number | null;
  readonly costUsd: number | null;
}

/** The common kinds first and the total last; a kind may have tokens, a cost, or both. */
const ORDER = ['input', 'output'];

export function usageRows(detail: Pick<ObservationDetail, 'usageDetails' | 'costDetails'>): UsageRow[] {
  const { usageDetails, costDetails } = detail;
  const rank = (key: string) => {
    const at = ORDER.indexOf(key);
    return key === 'total' ? ORDER.length + 1 : at === -1 ? ORDER.length : at;
  };
  const keys = [...new Set([...Object.keys(usageDetails), ...Object.keys(costDetails)])];
  return keys
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map((key) => ({ key, tokens: own(usageDetails, key), costUsd: own(costDetails, key) }));
}

function own(record: Readonly<Record<string, number>>, key: string): number | null {
  return Object.hasOwn(record, key) ? (record[key] ?? null) : null;
}
