import type { Status } from '@slipstream/query-api';
import { useQuery } from '@tanstack/react-query';
import { formatCount, formatTokens } from '../model/format.js';
import { useApp } from './app-context.js';

const INTERVAL_MS = 5_000;

/** Whether the collector answers, what it holds, and whether anything was dropped on the way. */
export function CollectorStatus() {
  const { api } = useApp();
  const query = useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => api.status(signal),
    refetchInterval: INTERVAL_MS,
    retry: false,
  });
  if (query.isError && query.error !== null && (query.data === undefined || query.failureCount > 0)) {
    return (
      <p className="collector" role="status" data-state="down" title={query.error.message}>
        collector does not answer
      </p>
    );
  }
  if (query.data === undefined) return <p className="collector" role="status" />;
  const dropped = droppedSpans(query.data);
  return (
    <p className="collector" role="status" data-state={dropped.total > 0 ? 'dropping' : 'up'}>
      <span title={`${formatCount(query.data.store.traces)} traces in the store`}>
        <b>{formatTokens(query.data.store.spans)}</b> spans
      </span>
      {query.data.store.runningSpans > 0 ? (
        <span>
          <b>{formatTokens(query.data.store.runningSpans)}</b> running
        </span>
      ) : null}
      {dropped.total > 0 ? (
        <span className="is-warning" title={dropped.reasons}>
          <b>{formatCount(dropped.total)}</b> dropped
        </span>
      ) : null}
    </p>
  );
}

function droppedSpans(status: Status): { total: number; reasons: string } {
  const byReason = new Map<string, number>();
  for (const process of status.processes) {
    for (const [reason, count] of Object.entries(process.dropped)) {
      byReason.set(reason, (byReason.get(reason) ?? 0) + count);
    }
  }
  const found = [...byReason].filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1]);
  const total = found.reduce((sum, [, count]) => sum + count, 0);
  return { total, reasons: found.map(([reason, count]) => `${reason}: ${formatCount(count)}`).join('\n') };
}
