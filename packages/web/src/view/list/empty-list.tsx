import {
  conditionsOf,
  hasTimeLimit,
  type TraceSearch,
  withoutConditions,
  withRange,
} from '../../model/trace-search.js';
import { CopyButton } from '../parts/copy-button.js';
import type { TraceListView } from './use-trace-list.js';

interface EmptyListProps {
  readonly list: TraceListView;
  readonly search: TraceSearch;
  onSearch(search: TraceSearch): void;
}

/** What stands in place of rows: why there are none, and what to do about it. */
export function EmptyList({ list, search, onSearch }: EmptyListProps) {
  if (list.error !== null && list.state.rows.length === 0)
    return <ListFailure error={list.error} onRetry={list.retry} />;
  if (!list.state.loaded || list.isStale) return <p className="notice is-quiet">Loading…</p>;
  const isNarrowed = conditionsOf(search).length > 0 || search.text !== undefined;
  if (!isNarrowed && !hasTimeLimit(search)) return <FirstSteps />;
  return (
    <div className="notice">
      <h1>No trace matches</h1>
      <p>{isNarrowed ? 'All conditions have to hold at once.' : 'Nothing was traced in this time.'}</p>
      <div className="notice-actions">
        {isNarrowed ? (
          <button type="button" className="button" onClick={() => onSearch(withoutConditions(search))}>
            Clear filters
          </button>
        ) : null}
        {hasTimeLimit(search) ? (
          <button type="button" className="button" onClick={() => onSearch(withRange(search, undefined))}>
            Search all time
          </button>
        ) : null}
      </div>
    </div>
  );
}

function ListFailure({ error, onRetry }: { error: Error; onRetry(): void }) {
  return (
    <div className="notice" role="alert">
      <h1>The traces could not be read</h1>
      <p>{error.message}</p>
      <button type="button" className="button" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}

function FirstSteps() {
  const origin = window.location.origin;
  const snippet = [
    `import { configure, observe } from '@slipstream/sdk';`,
    '',
    `configure({ service: 'my-app', url: '${origin}' });`,
    `const greet = observe(async (who) => \`Hello, \${who}\`, { name: 'greet' });`,
    `await greet('world');`,
  ].join('\n');
  const environment = `OTEL_EXPORTER_OTLP_ENDPOINT=${origin}`;
  return (
    <div className="notice is-wide">
      <h1>Waiting for the first trace</h1>
      <p>
        This collector listens at <code>{origin}</code>. Run this in a Node project, and the trace appears here by
        itself:
      </p>
      <Snippet text={snippet} label="Copy the five lines" />
      <p>Already instrumented with OpenTelemetry? Set one variable:</p>
      <Snippet text={environment} label="Copy the variable" />
    </div>
  );
}

function Snippet({ text, label }: { text: string; label: string }) {
  return (
    <div className="snippet">
      <pre>{text}</pre>
      <CopyButton text={text} label={label} />
    </div>
  );
}
