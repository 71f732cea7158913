import type { Facets, TraceSummary } from '@slipstream/query-api';
import type { TextField } from './trace-search.js';

export interface Suggestion {
  readonly value: string;
  readonly count: number;
}

const MOST = 50;

/** Values to offer for a field: from the collector where it counts them, else from the traces in view. */
export function suggestValues(
  field: Exclude<TextField, 'text'>,
  facets: Facets | undefined,
  rows: readonly TraceSummary[],
): readonly Suggestion[] {
  if (field === 'name') return facets?.names ?? countValues(rows.map((row) => row.name));
  if (field === 'service') return facets?.services ?? countValues(rows.map((row) => row.service));
  return countValues(rows.map((row) => (field === 'user' ? row.userId : row.conversation)));
}

export function suggestMetadataKeys(facets: Facets | undefined, rows: readonly TraceSummary[]): readonly Suggestion[] {
  return facets?.metadataKeys ?? countValues(rows.flatMap((row) => Object.keys(row.metadata)));
}

export function suggestMetadataValues(key: string, rows: readonly TraceSummary[]): readonly Suggestion[] {
  return countValues(rows.map((row) => (Object.hasOwn(row.metadata, key) ? (row.metadata[key] ?? null) : null)));
}

/** Those that contain the typed text, the ones that begin with it first. */
export function narrowSuggestions(suggestions: readonly Suggestion[], typed: string): Suggestion[] {
  const wanted = typed.trim().toLowerCase();
  const found = suggestions.filter(({ value }) => value.toLowerCase().includes(wanted));
  const begins = (value: string) => (value.toLowerCase().startsWith(wanted) ? 0 : 1);
  return found.sort((a, b) => begins(a.value) - begins(b.value)).slice(0, MOST);
}

function countValues(values: readonly (string | null)[]): Suggestion[] {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null && value !== '') counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count);
}
