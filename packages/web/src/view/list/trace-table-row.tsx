import type { TraceSummary } from '@slipstream/query-api';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import {
  formatCost,
  formatCount,
  formatDateTime,
  formatDay,
  formatDuration,
  formatTimeOfDay,
  formatTokens,
  NO_VALUE,
} from '../../model/format.js';
import { searchFor, type TextField, type TraceSearch, withText } from '../../model/trace-search.js';
import { Icon } from '../parts/icon.js';
import { LevelTag } from '../parts/level-tag.js';
import { PlainText } from '../parts/plain-text.js';
import type { FilterBarSearch } from './filter-bar-search.js';

interface RowProps extends FilterBarSearch {
  readonly trace: TraceSummary;
  readonly top: number;
  readonly rowIndex: number;
  readonly isNew: boolean;
  readonly isMarked: boolean;
  /** The time, for a trace that runs; else 0, so that finished rows are not drawn again each second. */
  readonly nowMs: number;
}

/** The whole row is the trace's link; values that can be filtered by lie above it. */
export const TraceTableRow = memo(function TraceTableRow(props: RowProps) {
  const { trace, search, onSearch } = props;
  const filter = (field: FilterField, value: string) => onSearch(withText(search, field, value));
  return (
    <tr
      style={{ transform: `translateY(${props.top}px)` }}
      aria-rowindex={props.rowIndex}
      data-trace-id={trace.traceId}
      data-new={props.isNew || undefined}
      data-marked={props.isMarked || undefined}
      data-running={trace.running || undefined}
      data-level={trace.level}
    >
      <TimeCell startTimeUs={trace.startTimeUs} />
      <td className="col-name">
        <Link
          to="/traces/$traceId"
          params={{ traceId: trace.traceId }}
          search={{}}
          className="row-link"
          draggable={false}
          onClick={keepSelection}
        >
          <PlainText text={trace.name} />
        </Link>
        <Tags tags={trace.tags} />
        <FilterButton field="name" value={trace.name} search={search} onFilter={filter} />
      </td>
      <ValueCell field="conversation" value={trace.conversation} onFilter={filter} />
      <ValueCell field="user" value={trace.userId} onFilter={filter} />
      <ValueCell field="service" value={trace.service} onFilter={filter} />
      <LatencyCell trace={trace} nowMs={props.nowMs} />
      <td className="col-spans">{formatCount(trace.observationCount)}</td>
      <td className="col-tokens">
        <Tokens input={trace.inputTokens} output={trace.outputTokens} />
      </td>
      <td className="col-cost" data-empty={trace.costUsd === null || undefined}>
        {formatCost(trace.costUsd)}
      </td>
      <td className="col-level">
        <LevelTag level={trace.level} errorCount={trace.errorCount} />
      </td>
    </tr>
  );
});

function TimeCell({ startTimeUs }: { startTimeUs: number }) {
  const day = formatDay(startTimeUs, Date.now());
  return (
    <td className="col-time" title={formatDateTime(startTimeUs)}>
      {day === '' ? null : <span className="day">{day}</span>}
      {formatTimeOfDay(startTimeUs)}
    </td>
  );
}

function LatencyCell({ trace, nowMs }: { trace: TraceSummary; nowMs: number }) {
  if (!trace.running) return <td className="col-latency">{formatDuration(trace.durationUs)}</td>;
  const elapsedUs = Math.max(0, nowMs * 1000 - trace.startTimeUs);
  return (
    <td className="col-latency" title="running">
      <span className="pulse" aria-hidden="true" />
      <span className="running-time">
        {formatDuration(elapsedUs < 1e6 ? elapsedUs : Math.floor(elapsedUs / 1e6) * 1e6)}
      </span>
    </td>
  );
}

function Tokens({ input, output }: { input: number; output: number }) {
  if (input === 0 && output === 0) return <span className="is-empty">{NO_VALUE}</span>;
  return (
    <>
      {formatTokens(input)} <span className="arrow">→</span> {formatTokens(output)}
    </>
  );
}

/** As many as there is room for; all of them are on the trace's page. */
const TAGS_SHOWN = 3;

function Tags({ tags }: { tags: readonly string[] }) {
  if (tags.length === 0) return null;
  return (
    <span className="row-tags">
      <PlainText text={tags.slice(0, TAGS_SHOWN).join(' · ')} limit={80} />
    </span>
  );
}

type FilterField = Exclude<TextField, 'text'>;
type OnFilter = (field: FilterField, value: string) => void;

function ValueCell({ field, value, onFilter }: { field: FilterField; value: string | null; onFilter: OnFilter }) {
  if (value === null || value === '') {
    return (
      <td className={`col-${field}`}>
        <span className="is-empty">{NO_VALUE}</span>
      </td>
    );
  }
  return (
    <td className={`col-${field}`}>
      <button
        type="button"
        className="cell-value"
        title={`Filter by this ${field}`}
        disabled={searchFor(field, value) === undefined}
        onClick={() => onFilter(field, value)}
      >
        <PlainText text={value} />
      </button>
    </td>
  );
}

function FilterButton(props: { field: FilterField; value: string; search: TraceSearch; onFilter: OnFilter }) {
  const { field, value, search, onFilter } = props;
  if (search[field] === value || searchFor(field, value) === undefined) return null;
  const title = `Filter by this ${field}`;
  return (
    <button
      type="button"
      className="cell-filter"
      title={title}
      aria-label={title}
      onClick={() => onFilter(field, value)}
    >
      <Icon name="filter" size={12} />
    </button>
  );
}

/** A press that ends a selection of text is not a wish to leave the page. */
function keepSelection(event: React.MouseEvent): void {
  if (document.getSelection()?.isCollapsed === false) event.preventDefault();
}
