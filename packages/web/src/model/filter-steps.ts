import type { Facets, TraceSummary } from '@slipstream/query-api';
import {
  narrowSuggestions,
  type Suggestion,
  suggestMetadataKeys,
  suggestMetadataValues,
  suggestValues,
} from './suggestions.js';
import { type TextField, type TraceSearch, withLevel, withPair, withText } from './trace-search.js';

/** Where somebody is who adds a filter: choosing a field, then a metadata key, then a value. */
export type FilterStep =
  | { readonly kind: 'field' }
  | { readonly kind: 'value'; readonly field: Exclude<TextField, 'text'> }
  | { readonly kind: 'level' }
  | { readonly kind: 'metadata-key' }
  | { readonly kind: 'metadata-value'; readonly key: string };

/** Choosing one leads to another step, or is the filter. */
export interface FilterOption {
  readonly label: string;
  readonly hint: string;
  readonly next: FilterStep | TraceSearch;
  /** Whether the label is a value of the traces rather than ours. */
  readonly isData: boolean;
}

const FIELDS: readonly { label: string; hint: string; next: FilterStep }[] = [
  { label: 'Conversation', hint: 'session or conversation_id', next: { kind: 'value', field: 'conversation' } },
  { label: 'User', hint: '', next: { kind: 'value', field: 'user' } },
  { label: 'Name', hint: '', next: { kind: 'value', field: 'name' } },
  { label: 'Metadata', hint: 'key = value', next: { kind: 'metadata-key' } },
  { label: 'Level', hint: 'this or graver', next: { kind: 'level' } },
  { label: 'Service', hint: '', next: { kind: 'value', field: 'service' } },
];

const LEVELS = [
  { label: 'Error', hint: '', level: 'ERROR' },
  { label: 'Warning', hint: 'or error', level: 'WARNING' },
  { label: 'Default', hint: 'not debug', level: 'DEFAULT' },
] as const;

export interface FilterSources {
  readonly search: TraceSearch;
  readonly facets: Facets | undefined;
  readonly rows: readonly TraceSummary[];
}

export function isStep(next: FilterStep | TraceSearch): next is FilterStep {
  return 'kind' in next;
}

/** What can be chosen at a step, given what has been typed. */
export function filterOptions(step: FilterStep, typed: string, sources: FilterSources): FilterOption[] {
  const { search, facets, rows } = sources;
  switch (step.kind) {
    case 'field':
      return ours(FIELDS, typed);
    case 'level':
      return ours(
        LEVELS.map(({ label, hint, level }) => ({ label, hint, next: withLevel(search, level) })),
        typed,
      );
    case 'value':
      return data(suggestValues(step.field, facets, rows), typed, (value) => withText(search, step.field, value));
    case 'metadata-key':
      return data(suggestMetadataKeys(facets, rows), typed, (key) => ({ kind: 'metadata-value', key }));
    case 'metadata-value':
      return data(suggestMetadataValues(step.key, rows), typed, (value) => withPair(search, step.key, value));
  }
}

/** What the field says while it is empty. */
export function stepPrompt(step: FilterStep): string {
  switch (step.kind) {
    case 'field':
      return 'Filter by…';
    case 'level':
      return 'Level at least…';
    case 'value':
      return `${step.field.charAt(0).toUpperCase()}${step.field.slice(1)} is…`;
    case 'metadata-key':
      return 'Metadata key…';
    case 'metadata-value':
      return 'Value…';
  }
}

function ours(options: readonly Omit<FilterOption, 'isData'>[], typed: string): FilterOption[] {
  const wanted = typed.trim().toLowerCase();
  return options
    .filter(({ label }) => label.toLowerCase().includes(wanted))
    .map((option) => ({ ...option, isData: false }));
}

/** The typed text itself comes first, so that Enter takes it; known values follow. */
function data(
  suggestions: readonly Suggestion[],
  typed: string,
  toNext: (value: string) => FilterOption['next'],
): FilterOption[] {
  const options = narrowSuggestions(suggestions, typed).map(({ value, count }) => ({
    label: value,
    hint: String(count),
    next: toNext(value),
    isData: true,
  }));
  const own = typed.trim();
  if (own === '' || options.some(({ label }) => label === own)) return options;
  return [{ label: own, hint: 'as typed', next: toNext(own), isData: true }, ...options];
}
