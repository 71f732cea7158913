import type { TraceSearch } from '../../model/trace-search.js';

export type OnSearch = (search: TraceSearch, options?: { replace?: boolean }) => void;

/** What every part of the filter bar gets: the search as the URL has it, and how to change the URL. */
export interface FilterBarSearch {
  readonly search: TraceSearch;
  readonly onSearch: OnSearch;
}
