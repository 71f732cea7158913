import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Destination } from './destinations/contract.js';
import { createDeadLetters } from './destinations/store/dead-letters.js';
import { createStoreDestination } from './destinations/store/store-destination.js';
import { dataDirectoryUnusable, reasonOf } from './errors.js';
import { createLiveHub, type LiveHub } from './live/hub.js';
import type { CommitStats } from './metrics/collector-metrics.js';
import { createHistogram } from './metrics/histogram.js';
import type { Queue } from './queue/contract.js';
import { createSegmentQueue } from './queue/segment-queue.js';
import { type BookKeeper, openBookKeeper } from './receivers/books/process-books.js';
import { createInflightBudget, type InflightBudget } from './receivers/inflight-budget.js';
import { createReceiverStats, type ReceiverStats } from './receivers/receiver-stats.js';
import type { ResolvedSettings } from './settings.js';
import type { Store } from './store/contract.js';

/** Opens the store of a data directory. */
export type OpenStore = (dataDirectory: string) => Promise<Store>;

/** Everything behind the HTTP routes. */
export interface Parts {
  readonly startedAtMs: number;
  readonly queue: Queue;
  readonly commits: CommitStats;
  readonly store: Store;
  readonly destination: Destination;
  readonly hub: LiveHub;
  readonly books: BookKeeper;
  readonly receiver: ReceiverStats;
  readonly budget: InflightBudget;
}

/** Closes in reverse order what was opened, when something later fails to open. */
export type Closers = (() => Promise<unknown>)[];

/**
 * Opens the durable parts and starts delivery. Each part that is open is noted in `closers` at once.
 *
 * @throws `DATA_DIRECTORY_LOCKED`, `DATA_DIRECTORY_UNUSABLE`, or what the store's opening throws.
 */
export async function openParts(settings: ResolvedSettings, openStore: OpenStore, closers: Closers): Promise<Parts> {
  const { dataDirectory, log } = settings;
  await makeDirectory(dataDirectory);
  const commits: CommitStats = { durations: createHistogram(), entries: 0, bytes: 0 };
  const queue = await openQueue(settings, commits);
  closers.push(() => queue.close());
  const books = await openBookKeeper({
    path: join(dataDirectory, 'books.json'),
    onWriteFailed: (error) => log(`slipstream collector: the books cannot be written: ${reasonOf(error)}`),
  });
  closers.push(() => books.close());
  const store = await openStore(dataDirectory);
  closers.push(() => store.close());
  const hub = createLiveHub({ store });
  closers.push(() => hub.close());
  const destination = createStoreDestination({
    queue,
    store,
    deadLetters: createDeadLetters(join(dataDirectory, 'dead-letters', 'store.ndjson')),
    onChanged: (traceIds) => hub.changed(traceIds),
    onFault: faultLog(log, 'spans cannot be delivered to the store'),
  });
  await destination.start();
  closers.push(() => destination.stop(0));
  return {
    startedAtMs: Date.now(),
    queue,
    commits,
    store,
    destination,
    hub,
    books,
    receiver: createReceiverStats(),
    budget: createInflightBudget(settings.maxInflightBytes),
  };
}

function openQueue({ dataDirectory, maxQueueBytes, log }: ResolvedSettings, commits: CommitStats): Promise<Queue> {
  return createSegmentQueue({
    directory: join(dataDirectory, 'queue'),
    maxQueueBytes,
    onCommit: ({ durationMs, entries, bytes }) => {
      commits.durations.observe(durationMs);
      commits.entries += entries;
      commits.bytes += bytes;
    },
    onFault: faultLog(log, 'spans cannot be written to the queue and are refused'),
  });
}

/** One line when a fault begins and one when it ends. */
function faultLog(log: (line: string) => void, what: string): (reason: string | undefined) => void {
  return (reason) => {
    log(`slipstream collector: ${reason === undefined ? `over: ${what}` : `${what}: ${reason}`}`);
  };
}

async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw dataDirectoryUnusable(path, error);
  }
}
