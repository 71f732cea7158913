import type { TraceSummary } from '@slipstream/query-api';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatCost, formatCount, formatDateTime, formatDuration, formatTokens } from '../../model/format.js';
import { searchFor, searchForMetadata, type TraceSearch } from '../../model/trace-search.js';
import { useApp } from '../app-context.js';
import { CopyButton } from '../parts/copy-button.js';
import { Icon } from '../parts/icon.js';
import { LevelTag } from '../parts/level-tag.js';
import { PlainText } from '../parts/plain-text.js';
import { useNow } from '../use-now.js';

interface TraceHeaderProps {
  readonly trace: TraceSummary;
  /** Spans that are in the store but not on this page. */
  readonly leftOut: number;
  /** The last read failed; what is shown is from before. */
  readonly error: Error | null;
}

export function TraceHeader({ trace, leftOut, error }: TraceHeaderProps) {
  const { lastSearch } = useApp();
  return (
    <header className="trace-header">
      <div className="trace-title">
        <Link
          to="/"
          search={lastSearch.current}
          className="icon-button"
          title="Back to the list (u)"
          aria-label="Back to the list"
        >
          <Icon name="back" />
        </Link>
        <h1>
          <PlainText text={trace.name} />
        </h1>
        {trace.running ? (
          <span className="running-tag">
            <span className="pulse" aria-hidden="true" />
            running
          </span>
        ) : null}
        <LevelTag level={trace.level} errorCount={trace.errorCount} />
        <span className="trace-id">
          <code>{trace.traceId}</code>
          <CopyButton text={trace.traceId} label="Copy the trace id" />
        </span>
        {error === null ? null : (
          <span className="header-warning" role="alert" title={error.message}>
            not up to date
          </span>
        )}
        {leftOut > 0 ? (
          <span className="header-warning" title="The trace has more spans than a page shows; the rest is in the store">
            {formatCount(leftOut)} later spans left out
          </span>
        ) : null}
      </div>
      <TraceFacts trace={trace} />
    </header>
  );
}

function TraceFacts({ trace }: { trace: TraceSummary }) {
  const nowMs = useNow(500, trace.running);
  const latencyUs = trace.running ? Math.max(0, nowMs * 1000 - trace.startTimeUs) : trace.durationUs;
  return (
    <dl className="facts">
      <Fact label="Start">{formatDateTime(trace.startTimeUs)}</Fact>
      <Fact label="Latency">{formatDuration(latencyUs)}</Fact>
      <Fact label="Spans">{formatCount(trace.observationCount)}</Fact>
      {trace.totalTokens > 0 ? (
        <Fact label="Tokens">
          {formatTokens(trace.inputTokens)} <span className="arrow">→</span> {formatTokens(trace.outputTokens)}
        </Fact>
      ) : null}
      {trace.costUsd === null ? null : <Fact label="Cost">{formatCost(trace.costUsd)}</Fact>}
      <FilterFact
        label="Conversation"
        value={trace.conversation}
        search={trace.conversation === null ? undefined : searchFor('conversation', trace.conversation)}
      />
      <FilterFact
        label="User"
        value={trace.userId}
        search={trace.userId === null ? undefined : searchFor('user', trace.userId)}
      />
      <FilterFact
        label="Service"
        value={trace.service}
        search={trace.service === null ? undefined : searchFor('service', trace.service)}
      />
      {trace.environment === null ? null : (
        <Fact label="Environment">
          <PlainText text={trace.environment} limit={60} />
        </Fact>
      )}
      {trace.tags.length === 0 ? null : (
        <Fact label="Tags">
          <span className="tags">
            {trace.tags.map((tag) => (
              <span className="tag" key={tag}>
                <PlainText text={tag} limit={60} />
              </span>
            ))}
          </span>
        </Fact>
      )}
      {Object.entries(trace.metadata).map(([key, value]) => (
        <FilterFact key={key} label={key} value={value} search={searchForMetadata(key, value)} isMetadata />
      ))}
    </dl>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="fact">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

interface FilterFactProps {
  readonly label: string;
  readonly value: string | null;
  /** Finds the traces that share the value. */
  readonly search: TraceSearch | undefined;
  readonly isMetadata?: boolean;
}

function FilterFact({ label, value, search, isMetadata = false }: FilterFactProps) {
  if (value === null || value === '') return null;
  return (
    <div className="fact" data-metadata={isMetadata || undefined}>
      <dt>
        <PlainText text={label} limit={40} />
      </dt>
      <dd>
        {search === undefined ? (
          <PlainText text={value} limit={80} />
        ) : (
          <Link to="/" search={search} className="fact-link" title="Traces that share this">
            <PlainText text={value} limit={80} />
          </Link>
        )}
      </dd>
    </div>
  );
}
