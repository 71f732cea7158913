import type { Status } from '@slipstream/query-api';
import type { Queue } from './queue/contract.js';
import type { BookKeeper } from './receivers/books/process-books.js';
import { type ReceiverStats, toReceiverStatus } from './receivers/receiver-stats.js';
import type { Retention } from './retention/retention.js';
import type { Store } from './store/contract.js';
import { COLLECTOR_VERSION } from './version.js';

export interface StatusSources {
  readonly startedAtMs: number;
  readonly books: BookKeeper;
  readonly receiver: ReceiverStats;
  readonly queue: Queue;
  readonly store: Store;
  readonly retention: Retention;
}

/** The books of every hop at this moment. */
export async function collectStatus(sources: StatusSources): Promise<Status> {
  const { startedAtMs, books, receiver, queue, store, retention } = sources;
  const counts = await store.counts();
  return {
    version: COLLECTOR_VERSION,
    startedAtMs,
    nowMs: Date.now(),
    processes: [...books.list()],
    receiver: toReceiverStatus(receiver),
    queue: toQueueStatus(queue),
    store: {
      kind: store.kind,
      ...counts,
      spansByInstance: { ...counts.spansByInstance },
      prunedSpans: retention.stats().removedSpans,
    },
  };
}

function toQueueStatus(queue: Queue): Status['queue'] {
  const { nextId, segments, bytes, maxBytes, backlog, quarantinedRecords, warnings } = queue.stats();
  const kind = queue.isShared ? 'redis' : 'segments';
  return {
    kind,
    nextId,
    segments,
    bytes,
    maxBytes,
    backlog: { ...backlog },
    quarantinedRecords,
    warnings: [...warnings],
  };
}
