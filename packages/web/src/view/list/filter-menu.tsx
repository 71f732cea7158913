import type { TraceSummary } from '@slipstream/query-api';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useId, useState } from 'react';
import { type FilterOption, type FilterStep, filterOptions, isStep, stepPrompt } from '../../model/filter-steps.js';
import { useApp } from '../app-context.js';
import { Icon } from '../parts/icon.js';
import { PlainText } from '../parts/plain-text.js';
import { Popover } from '../parts/popover.js';
import { useKeys } from '../use-keys.js';
import type { FilterBarSearch, OnSearch } from './filter-bar-search.js';

interface FilterMenuProps extends FilterBarSearch {
  readonly rows: readonly TraceSummary[];
}

export function FilterMenu(props: FilterMenuProps) {
  const [isOpen, setOpen] = useState(false);
  const close = useCallback(() => setOpen(false), []);
  useKeys([['f', () => setOpen(true)]]);
  return (
    <Popover
      isOpen={isOpen}
      label="Add a filter"
      onClose={close}
      trigger={
        <button
          type="button"
          className="button"
          aria-expanded={isOpen}
          title="Add a filter (f)"
          onClick={() => setOpen(!isOpen)}
        >
          <Icon name="plus" size={14} />
          Filter
        </button>
      }
    >
      <FilterSteps {...props} onClose={close} />
    </Popover>
  );
}

function FilterSteps({ search, onSearch, rows, onClose }: FilterMenuProps & { onClose(): void }) {
  const { api } = useApp();
  const facets = useQuery({ queryKey: ['facets'], queryFn: ({ signal }) => api.facets(signal), staleTime: 10_000 });
  const [step, setStep] = useState<FilterStep>({ kind: 'field' });
  const [typed, setTyped] = useState('');
  const [marked, setMarked] = useState(0);
  const options = filterOptions(step, typed, { search, facets: facets.data, rows });
  const go = (next: FilterStep) => {
    setStep(next);
    setTyped('');
    setMarked(0);
  };
  const choose = (option: FilterOption | undefined) => {
    if (option === undefined) return;
    if (isStep(option.next)) go(option.next);
    else finish(option.next, onSearch, onClose);
  };
  const onKey = (event: React.KeyboardEvent) => {
    const last = options.length - 1;
    if (event.key === 'ArrowDown') setMarked(Math.min(last, marked + 1));
    else if (event.key === 'ArrowUp') setMarked(Math.max(0, marked - 1));
    else if (event.key === 'Enter') choose(options[marked]);
    else if (event.key === 'Backspace' && typed === '') go(previousStep(step));
    else return;
    event.preventDefault();
  };
  const onType = (text: string) => {
    setTyped(text);
    setMarked(0);
  };
  return (
    <FilterCombobox
      step={step}
      typed={typed}
      marked={Math.min(marked, options.length - 1)}
      options={options}
      onType={onType}
      onKey={onKey}
      onChoose={choose}
      isLoading={facets.isPending}
    />
  );
}

interface ComboboxProps {
  readonly step: FilterStep;
  readonly typed: string;
  readonly marked: number;
  readonly options: readonly FilterOption[];
  readonly isLoading: boolean;
  onType(text: string): void;
  onKey(event: React.KeyboardEvent): void;
  onChoose(option: FilterOption): void;
}

function FilterCombobox({ step, typed, marked, options, isLoading, onType, onKey, onChoose }: ComboboxProps) {
  const listId = useId();
  const inputId = useId();
  return (
    <div className="filter-menu">
      <label className="filter-input" htmlFor={inputId}>
        {step.kind === 'metadata-value' ? (
          <span className="filter-prefix">
            <PlainText text={step.key} limit={40} /> =
          </span>
        ) : null}
        <input
          // The panel opens on a press of its button, and typing is what it is for.
          ref={focusOnMount}
          key={step.kind}
          id={inputId}
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={`${listId}-${marked}`}
          autoComplete="off"
          spellCheck={false}
          maxLength={1000}
          placeholder={stepPrompt(step)}
          value={typed}
          onChange={(event) => onType(event.target.value)}
          onKeyDown={onKey}
        />
      </label>
      <div className="filter-options" role="listbox" id={listId} aria-label={stepPrompt(step)}>
        {options.map((option, index) => (
          <button
            type="button"
            role="option"
            tabIndex={-1}
            id={`${listId}-${index}`}
            key={`${option.hint} ${option.label}`}
            aria-selected={index === marked}
            data-is-data={option.isData}
            onClick={() => onChoose(option)}
          >
            <span>
              <PlainText text={option.label} />
            </span>
            <small>{option.hint}</small>
          </button>
        ))}
        {options.length === 0 ? <p>{isLoading ? 'Loading…' : 'Type a value and press Enter'}</p> : null}
      </div>
    </div>
  );
}

function focusOnMount(element: HTMLInputElement | null): void {
  element?.focus();
}

function finish(search: Parameters<OnSearch>[0], onSearch: OnSearch, onClose: () => void): void {
  onClose();
  onSearch(search);
}

function previousStep(step: FilterStep): FilterStep {
  return step.kind === 'metadata-value' ? { kind: 'metadata-key' } : { kind: 'field' };
}
