import type { Status } from '@slipstream/query-api';
import type { Queue } from './queue/contract.js';
import type { BookKeeper } from './receivers/books/process-books.js';
import { type ReceiverStats, toReceiverStatus } from './receivers/receiver-stats.js';
import type { Store } from './store/contract.js';
import { COLLECTOR_VERSION } from './version.js';

export interface StatusSources {
  readonly startedAtMs: number;
  readonly books: BookKeeper;
  readonly receiver: ReceiverStats;
  readonly queue: Queue;
  readonly store: Store;
}

/** The books of every hop at this moment. */
export async function collectStatus({ startedAtMs, books, receiver, queue, store }: StatusSources): Promise<Status> {
  const counts = await store.counts();
  const { nextId, segments, bytes, backlog, quarantinedRecords } = queue.stats();
  return {
    version: COLLECTOR_VERSION,
    startedAtMs,
    nowMs: Date.now(),
    processes: [...books.list()],
    receiver: toReceiverStatus(receiver),
    queue: { nextId, segments, bytes, backlog: { ...backlog }, quarantinedRecords },
    store: { ...counts, spansByInstance: { ...counts.spansByInstance } },
  };
}
