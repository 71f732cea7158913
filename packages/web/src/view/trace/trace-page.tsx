import type { TraceDetail } from '@slipstream/query-api';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo } from 'react';
import { oneLine } from '../../model/safe-text.js';
import { scoresBySpan } from '../../model/scores.js';
import { buildTraceTree } from '../../model/trace-tree.js';
import { useApp } from '../app-context.js';
import { useKeys } from '../use-keys.js';
import { DetailPane } from './detail-pane.js';
import { SplitView } from './split-view.js';
import { TraceHeader } from './trace-header.js';
import { TreePane } from './tree-pane.js';
import { type TraceView, useTrace } from './use-trace.js';

export function TracePage() {
  const { traceId } = useParams({ from: '/traces/$traceId' });
  const { span } = useSearch({ from: '/traces/$traceId' });
  const navigate = useNavigate({ from: '/traces/$traceId' });
  const { lastSearch } = useApp();
  const view = useTrace(traceId);
  const observations = view.detail?.observations;
  const tree = useMemo(() => buildTraceTree(observations ?? []), [observations]);
  const scores = useMemo(() => scoresBySpan(view.detail?.scores ?? []), [view.detail?.scores]);
  const name = view.detail?.trace.name;
  useEffect(() => {
    document.title = `${oneLine(name ?? traceId, 80)} · Slipstream`;
  }, [name, traceId]);
  const select = useCallback(
    (spanId: string) => void navigate({ search: { span: spanId }, replace: true }),
    [navigate],
  );
  useKeys([['u', () => void navigate({ to: '/', search: lastSearch.current })]]);
  if (view.detail === undefined) return <TraceNotice view={view} traceId={traceId} />;
  const selected = tree.entries[tree.indexBySpanId.get(span ?? '') ?? 0];
  return (
    <div className="trace-page">
      <TraceHeader trace={view.detail.trace} leftOut={leftOut(view.detail)} error={view.error} />
      <SplitView
        left={
          <TreePane
            // Another trace begins with nothing collapsed and the whole of its time.
            key={traceId}
            tree={tree}
            selectedId={selected?.observation.spanId}
            onSelect={select}
          />
        }
        right={
          <DetailPane traceId={traceId} traceStartUs={view.detail.trace.startTimeUs} entry={selected} scores={scores} />
        }
      />
    </div>
  );
}

/** How many spans of the trace the collector did not send. */
function leftOut({ trace, observations, truncated }: TraceDetail): number {
  return truncated ? Math.max(1, trace.observationCount - observations.length) : 0;
}

function TraceNotice({ view, traceId }: { view: TraceView; traceId: string }) {
  if (view.isMissing) {
    return (
      <div className="notice">
        <h1>This trace is not in the store</h1>
        <p>
          <code>{oneLine(traceId, 64)}</code>
        </p>
        <p>It may still be on its way: the page keeps looking and shows it as soon as it arrives.</p>
      </div>
    );
  }
  if (view.error === null) return <p className="notice is-quiet">Loading…</p>;
  return (
    <div className="notice" role="alert">
      <h1>The trace could not be read</h1>
      <p>{view.error.message}</p>
      <button type="button" className="button" onClick={view.retry}>
        Try again
      </button>
    </div>
  );
}
