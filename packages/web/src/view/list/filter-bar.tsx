import type { TraceSummary } from '@slipstream/query-api';
import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from 'react';
import { type Condition, conditionsOf, withoutConditions, withText } from '../../model/trace-search.js';
import { Icon } from '../parts/icon.js';
import { PlainText } from '../parts/plain-text.js';
import { useKeys } from '../use-keys.js';
import type { FilterBarSearch } from './filter-bar-search.js';
import { FilterMenu } from './filter-menu.js';
import { TimeRangeControl } from './time-range-control.js';

interface FilterBarProps extends FilterBarSearch {
  /** Rows in view, to suggest values from. */
  readonly rows: readonly TraceSummary[];
  /** What stands at the right end. */
  readonly children: ReactNode;
}

/** Edits the search; it holds nothing of its own but what is being typed. */
export function FilterBar({ search, onSearch, rows, children }: FilterBarProps) {
  const conditions = conditionsOf(search);
  const isNarrowed = conditions.length > 0 || search.text !== undefined;
  return (
    <search className="filter-bar" aria-label="Filter traces">
      <SearchField search={search} onSearch={onSearch} />
      <TimeRangeControl search={search} onSearch={onSearch} />
      <FilterMenu search={search} onSearch={onSearch} rows={rows} />
      <ul className="chips" aria-label="Active filters">
        {conditions.map((condition) => (
          <FilterChip key={condition.id} condition={condition} onRemove={() => onSearch(condition.without)} />
        ))}
      </ul>
      {isNarrowed ? (
        <button type="button" className="text-button" onClick={() => onSearch(withoutConditions(search))}>
          Clear
        </button>
      ) : null}
      <div className="filter-bar-end">{children}</div>
    </search>
  );
}

function FilterChip({ condition, onRemove }: { condition: Condition; onRemove(): void }) {
  const joint = condition.field === 'level' ? '' : '=';
  return (
    <li className="chip" data-field={condition.field}>
      <span className="chip-label">
        <PlainText text={condition.label} limit={60} /> {joint}
      </span>
      <span className="chip-value">
        <PlainText text={condition.value} limit={120} />
      </span>
      <button
        type="button"
        onClick={onRemove}
        title="Remove this filter"
        aria-label={`Remove ${condition.field} filter`}
      >
        <Icon name="close" size={12} />
      </button>
    </li>
  );
}

/** Pause after the last key before the list is asked for: long enough not to search for half a word. */
const TYPING_PAUSE_MS = 300;

function SearchField({ search, onSearch }: FilterBarSearch) {
  const input = useRef<HTMLInputElement>(null);
  const committed = search.text ?? '';
  const [draft, setDraft] = useState(committed);
  const [seen, setSeen] = useState(committed);
  if (seen !== committed) {
    // The URL changed (back, a link, Clear): it wins over what is in the field.
    setSeen(committed);
    if (draft.trim() !== committed) setDraft(committed);
  }
  const commit = useEffectEvent((text: string) => {
    if (text.trim() === committed) return;
    // The first letter makes a step in the history, the rest of the word does not.
    onSearch(withText(search, 'text', text), { replace: committed !== '' && text.trim() !== '' });
  });
  useEffect(() => {
    const timer = setTimeout(() => commit(draft), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [draft]);
  useKeys([['/', () => input.current?.select()]]);
  return (
    <label className="search-field">
      <Icon name="search" size={14} />
      <input
        ref={input}
        type="search"
        value={draft}
        maxLength={500}
        placeholder="Search names, inputs, outputs"
        aria-label="Search text"
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onSearch(withText(search, 'text', draft));
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      />
      <kbd>/</kbd>
    </label>
  );
}
