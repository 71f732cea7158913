import { useState } from 'react';
import { formatDateTime } from '../../model/format.js';
import { TIME_RANGES, type TimeRange, withRange, withWindow } from '../../model/trace-search.js';
import { Popover } from '../parts/popover.js';
import type { FilterBarSearch } from './filter-bar-search.js';

const TITLES: Record<TimeRange, string> = {
  '15m': 'Last 15 minutes',
  '1h': 'Last hour',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
};

export function TimeRangeControl({ search, onSearch }: FilterBarSearch) {
  const [isOpen, setOpen] = useState(false);
  const isCustom = search.fromUs !== undefined || search.toUs !== undefined;
  const isAll = search.range === undefined && !isCustom;
  return (
    <fieldset className="segments" aria-label="Time range">
      {TIME_RANGES.map((range) => (
        <button
          key={range}
          type="button"
          title={TITLES[range]}
          aria-pressed={search.range === range}
          onClick={() => onSearch(withRange(search, range))}
        >
          {range}
        </button>
      ))}
      <button
        type="button"
        title="All time"
        aria-pressed={isAll}
        onClick={() => onSearch(withRange(search, undefined))}
      >
        All
      </button>
      <Popover
        isOpen={isOpen}
        label="Time window"
        onClose={() => setOpen(false)}
        trigger={
          <button type="button" aria-pressed={isCustom} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isCustom ? describeWindow(search.fromUs, search.toUs) : 'Custom'}
          </button>
        }
      >
        <WindowForm
          fromUs={search.fromUs}
          toUs={search.toUs}
          onApply={(fromUs, toUs) => {
            setOpen(false);
            onSearch(withWindow(search, fromUs, toUs));
          }}
        />
      </Popover>
    </fieldset>
  );
}

interface WindowFormProps {
  readonly fromUs: number | undefined;
  readonly toUs: number | undefined;
  onApply(fromUs: number | undefined, toUs: number | undefined): void;
}

function WindowForm({ fromUs, toUs, onApply }: WindowFormProps) {
  const [from, setFrom] = useState(() => toLocalInput(fromUs));
  const [to, setTo] = useState(() => toLocalInput(toUs));
  const isReversed = from !== '' && to !== '' && from > to;
  return (
    <form
      className="window-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isReversed) onApply(fromLocalInput(from), fromLocalInput(to));
      }}
    >
      <label>
        From
        <input type="datetime-local" step="1" value={from} onChange={(event) => setFrom(event.target.value)} />
      </label>
      <label>
        To
        <input type="datetime-local" step="1" value={to} onChange={(event) => setTo(event.target.value)} />
      </label>
      {isReversed ? <p role="alert">The end is before the start.</p> : null}
      <button type="submit" className="button is-primary" disabled={isReversed}>
        Apply
      </button>
    </form>
  );
}

function describeWindow(fromUs: number | undefined, toUs: number | undefined): string {
  const short = (timeUs: number) => formatDateTime(timeUs).slice(5, 16);
  if (fromUs === undefined) return toUs === undefined ? 'Custom' : `until ${short(toUs)}`;
  return toUs === undefined ? `from ${short(fromUs)}` : `${short(fromUs)} – ${short(toUs)}`;
}

function toLocalInput(timeUs: number | undefined): string {
  return timeUs === undefined ? '' : formatDateTime(timeUs).slice(0, 19).replace(' ', 'T');
}

function fromLocalInput(text: string): number | undefined {
  const timeMs = text === '' ? Number.NaN : new Date(text).getTime();
  return Number.isNaN(timeMs) || timeMs < 0 ? undefined : timeMs * 1000;
}
