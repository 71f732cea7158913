import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createDestinations, type OpenDestination } from './destinations/open-destinations.js';
import { dataDirectoryUnusable, reasonOf } from './errors.js';
import { faultLog } from './fault-log.js';
import { createLiveHub, type LiveHub } from './live/hub.js';
import type { CommitStats } from './metrics/collector-metrics.js';
import { createHistogram } from './metrics/histogram.js';
import type { Queue } from './queue/contract.js';
import { createRedisQueue } from './queue/redis/redis-queue.js';
import { createSegmentQueue } from './queue/segment-queue.js';
import { type BookKeeper, openBookKeeper } from './receivers/books/process-books.js';
import { createInflightBudget, type InflightBudget } from './receivers/inflight-budget.js';
import { createReceiverStats, type ReceiverStats } from './receivers/receiver-stats.js';
import { type Retention, startRetention } from './retention/retention.js';
import type { ResolvedSettings } from './settings.js';
import type { Store } from './store/contract.js';
import { openTransferDirectory } from './transfer/transfer-directory.js';
import { TRANSFER_LIMITS, Transfers } from './transfer/transfers.js';

/** Opens the store of a data directory. */
export type OpenStore = (dataDirectory: string) => Promise<Store>;

/** Everything behind the HTTP routes. */
export interface Parts {
  readonly startedAtMs: number;
  readonly queue: Queue;
  readonly commits: CommitStats;
  readonly store: Store;
  /** The store first. */
  readonly destinations: readonly OpenDestination[];
  readonly hub: LiveHub;
  readonly retention: Retention;
  readonly transfers: Transfers;
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
    onWriteFailed: (error) => log.warn(`the books cannot be written: ${reasonOf(error)}`),
  });
  closers.push(() => books.close());
  const store = await openStore(dataDirectory);
  closers.push(() => store.close());
  const hub = createLiveHub({ store });
  closers.push(() => hub.close());
  const destinations = await createDestinations({
    settings,
    queue,
    store,
    onChanged: (traceIds) => hub.changed(traceIds),
  });
  for (const { destination } of destinations) {
    closers.push(() => destination.stop(0));
    await destination.start();
  }
  const directory = await openTransferDirectory(join(dataDirectory, 'transfer'));
  const { retentionDays, maxStoreBytes } = settings;
  const retention = startRetention({ store, retentionDays, maxStoreBytes, log });
  closers.push(() => retention.stop());
  return {
    startedAtMs: Date.now(),
    queue,
    commits,
    store,
    destinations,
    hub,
    retention,
    transfers: new Transfers({ store, queue, directory, limits: TRANSFER_LIMITS }),
    books,
    receiver: createReceiverStats(),
    budget: createInflightBudget(settings.maxInflightBytes),
  };
}

function openQueue(settings: ResolvedSettings, commits: CommitStats): Promise<Queue> {
  const { dataDirectory, queueUrl, maxQueueBytes, evictWhenFull, forwards, log } = settings;
  const shared = {
    directory: join(dataDirectory, 'queue'),
    maxQueueBytes,
    evictWhenFull,
    destinations: ['store', ...forwards.map(({ name }) => name)],
    onCommit: ({ durationMs, entries, bytes }: { durationMs: number; entries: number; bytes: number }) => {
      commits.durations.observe(durationMs);
      commits.entries += entries;
      commits.bytes += bytes;
    },
    onFault: faultLog(log, 'spans cannot be written to the queue and are refused'),
    onNotice: (line: string) => log.warn(line),
  };
  return queueUrl === undefined ? createSegmentQueue(shared) : createRedisQueue({ ...shared, url: queueUrl });
}

async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw dataDirectoryUnusable(path, error);
  }
}
