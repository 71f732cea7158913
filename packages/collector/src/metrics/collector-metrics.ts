import type { DestinationStats } from '../destinations/contract.js';
import type { LiveStats } from '../live/hub.js';
import type { QueueStats } from '../queue/contract.js';
import type { ReceiverStats } from '../receivers/receiver-stats.js';
import type { RetentionStats } from '../retention/retention.js';
import type { StoreCounts } from '../store/contract.js';
import type { Histogram } from './histogram.js';
import { createMetricsWriter, type Labels, type MetricsWriter } from './prometheus.js';

/** Where the figures come from. */
export interface MetricsSources {
  readonly receiver: ReceiverStats;
  readonly inflightBytes: () => number;
  readonly queue: () => QueueStats;
  readonly commits: CommitStats;
  readonly destinations: () => readonly (readonly [string, DestinationStats])[];
  readonly live: () => LiveStats;
  readonly processes: () => number;
  readonly store: () => Promise<StoreCounts>;
  readonly retention: () => RetentionStats;
  readonly startedAtMs: number;
}

/** What the queue's commits amount to. */
export interface CommitStats {
  readonly durations: Histogram;
  entries: number;
  bytes: number;
}

const MS_PER_SECOND = 1000;
const MICROSECONDS_PER_SECOND = 1_000_000;

/** All figures of the collector in Prometheus' text format. */
export async function renderMetrics(sources: MetricsSources): Promise<string> {
  const writer = createMetricsWriter();
  writeReceiver(writer, sources);
  writeQueue(writer, sources.queue(), sources.commits);
  writeDestinations(writer, sources.destinations());
  await writeStore(writer, sources);
  writeRetention(writer, sources.retention());
  writeLive(writer, sources.live());
  writeProcess(writer, sources.startedAtMs);
  return writer.toText();
}

function writeReceiver(writer: MetricsWriter, { receiver, inflightBytes, processes }: MetricsSources): void {
  writer.counter('slipstream_receiver_requests_total', 'OTLP requests that were answered.', receiver.requests);
  writer.counter('slipstream_receiver_spans_total', 'Spans by what became of them.', [
    [{ outcome: 'accepted' }, receiver.acceptedSpans],
    [{ outcome: 'accepted_start' }, receiver.acceptedStarts],
    [{ outcome: 'rejected' }, receiver.rejectedSpans],
  ]);
  writer.counter('slipstream_receiver_scores_total', 'Scores by what became of them.', [
    [{ outcome: 'accepted' }, receiver.acceptedScores],
    [{ outcome: 'rejected' }, receiver.rejectedScores],
  ]);
  writer.counter(
    'slipstream_receiver_ingestion_events_total',
    "Events of Langfuse's ingestion API by what became of them.",
    [...receiver.ingestionEvents].map(([key, count]): [Labels, number] => {
      const [type = '', outcome = ''] = key.split(' ', 2);
      return [{ type, outcome }, count];
    }),
  );
  writer.counter(
    'slipstream_receiver_refused_requests_total',
    'Requests refused as a whole, by HTTP status.',
    [...receiver.refusedByStatus].map(([status, count]): [Labels, number] => [{ status: String(status) }, count]),
  );
  writer.counter('slipstream_receiver_received_bytes_total', 'Bytes of bodies as sent.', receiver.receivedBytes);
  writer.gauge('slipstream_receiver_inflight_bytes', 'Bytes of bodies in memory.', inflightBytes());
  writer.gauge('slipstream_reporting_processes', 'SDK processes whose books are known.', processes());
}

function writeQueue(writer: MetricsWriter, queue: QueueStats, commits: CommitStats): void {
  writer.counter('slipstream_queue_entries_total', 'Entries made durable.', commits.entries);
  writer.counter('slipstream_queue_written_bytes_total', 'Bytes made durable.', commits.bytes);
  writer.histogram('slipstream_queue_commit_seconds', 'Write and sync of one group.', commits.durations.snapshot());
  writer.gauge('slipstream_queue_segments', 'Segment files; 0 in Redis.', queue.segments);
  writer.gauge('slipstream_queue_bytes', 'Bytes in segment files, or in Redis.', queue.bytes);
  writer.gauge('slipstream_queue_max_bytes', 'Appends are refused above this.', queue.maxBytes);
  writer.gauge(
    'slipstream_queue_backlog_entries',
    'Entries not yet delivered, by destination.',
    Object.entries(queue.backlog).map(([destination, entries]): [Labels, number] => [{ destination }, entries]),
  );
  writer.counter('slipstream_queue_quarantined_records_total', 'Broken records set aside.', queue.quarantinedRecords);
  writer.counter(
    'slipstream_queue_evicted_entries_total',
    'Entries let go undelivered because the queue was full.',
    queue.evictedEntries,
  );
  writer.gauge('slipstream_queue_writable', '1 while appends are taken.', queue.fault === undefined ? 1 : 0);
  writer.gauge('slipstream_queue_warnings', 'Warnings that stand, as /ready names them.', queue.warnings.length);
}

function writeDestinations(
  writer: MetricsWriter,
  destinations: readonly (readonly [string, DestinationStats])[],
): void {
  const rows = (pick: (stats: DestinationStats) => number) =>
    destinations.map(([destination, stats]): [Labels, number] => [{ destination }, pick(stats)]);
  const outcomes = (outcome: string, pick: (stats: DestinationStats) => number) =>
    destinations.map(([destination, stats]): [Labels, number] => [{ destination, outcome }, pick(stats)]);
  writer.counter(
    'slipstream_destination_delivered_entries_total',
    'Entries delivered.',
    rows((stats) => stats.deliveredEntries),
  );
  writer.counter(
    'slipstream_destination_failed_attempts_total',
    'Attempts that failed.',
    rows((stats) => stats.failedAttempts),
  );
  writer.counter(
    'slipstream_destination_dead_lettered_entries_total',
    'Entries that could never be delivered and were set aside.',
    rows((stats) => stats.deadLetteredEntries),
  );
  writer.counter(
    'slipstream_destination_lost_dead_letters_total',
    'Dead letters that were removed because the file was full.',
    rows((stats) => stats.lostDeadLetters),
  );
  writer.counter('slipstream_destination_spans_total', 'Spans by what became of them, where they are counted.', [
    ...outcomes('delivered', (stats) => stats.deliveredSpans),
    ...outcomes('rejected', (stats) => stats.rejectedSpans),
    ...outcomes('sampled_out', (stats) => stats.sampledOutSpans),
    ...outcomes('dead_lettered', (stats) => stats.deadLetteredSpans),
  ]);
  writer.gauge(
    'slipstream_destination_up',
    '1 while deliveries succeed.',
    rows((stats) => (stats.fault === undefined ? 1 : 0)),
  );
}

async function writeStore(writer: MetricsWriter, sources: MetricsSources): Promise<void> {
  // A store in trouble must not hide the figures that tell why.
  const counts = await sources.store().catch(() => undefined);
  writer.gauge('slipstream_store_up', '1 while the store answers.', counts === undefined ? 0 : 1);
  if (counts === undefined) return;
  writer.gauge('slipstream_store_spans', 'Distinct completed spans.', counts.spans);
  writer.gauge('slipstream_store_running_spans', 'Spans that started and have not ended.', counts.runningSpans);
  writer.gauge('slipstream_store_traces', 'Traces.', counts.traces);
  writer.counter('slipstream_store_duplicates_total', 'Spans that came again.', counts.duplicates);
  writer.gauge('slipstream_store_bytes', 'Size on disk.', counts.bytes);
}

function writeRetention(writer: MetricsWriter, retention: RetentionStats): void {
  writer.counter(
    'slipstream_retention_removed_traces_total',
    'Traces that were too old or too much.',
    retention.removedTraces,
  );
  writer.counter('slipstream_retention_removed_spans_total', 'The spans of these.', retention.removedSpans);
  writer.counter(
    'slipstream_retention_failures_total',
    'Removals that failed and are tried again.',
    retention.failures,
  );
}

function writeLive(writer: MetricsWriter, live: LiveStats): void {
  writer.gauge('slipstream_live_subscribers', 'Open live views.', live.subscribers);
  writer.counter('slipstream_live_events_total', 'Events sent.', live.sentEvents);
  writer.counter('slipstream_live_slow_clients_total', 'Live views cut off for reading too slowly.', live.slowClients);
  writer.counter('slipstream_live_refused_clients_total', 'Live views refused: too many.', live.refusedClients);
  writer.counter('slipstream_live_skipped_traces_total', 'Changes not told.', live.skippedTraces);
}

function writeProcess(writer: MetricsWriter, startedAtMs: number): void {
  const { user, system } = process.cpuUsage();
  writer.counter('process_cpu_seconds_total', 'CPU time of all threads.', (user + system) / MICROSECONDS_PER_SECOND);
  writer.gauge('process_resident_memory_bytes', 'Resident memory.', process.memoryUsage.rss());
  writer.gauge('process_start_time_seconds', 'Start, since the epoch.', startedAtMs / MS_PER_SECOND);
}
