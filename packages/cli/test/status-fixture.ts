import type { ProcessBooks, Status } from '@slipstream/query-api';

export const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5);

/** Books of a process that sent 90 of 100 spans and has ended. */
export function makeBooks(changes: Partial<ProcessBooks> = {}): ProcessBooks {
  return {
    schemaVersion: 1,
    instanceId: 'instance-1',
    service: 'robot-lesson',
    pid: 4242,
    startedAtMs: NOW_MS - 60_000,
    reportedAtMs: NOW_MS - 2_000,
    final: true,
    started: 100,
    open: 1,
    sampledOut: 4,
    pending: 2,
    delivered: 90,
    dropped: { ring_full: 3, rejected: 0 },
    ...changes,
  };
}

/** A collector that took and stored those 90 spans, and nothing else. */
export function makeStatus(
  changes: {
    processes?: ProcessBooks[];
    receiver?: Partial<Status['receiver']>;
    queue?: Partial<Status['queue']>;
    store?: Partial<Status['store']>;
  } = {},
): Status {
  return {
    version: '0.1.0',
    startedAtMs: NOW_MS - 120_000,
    nowMs: NOW_MS,
    processes: changes.processes ?? [makeBooks()],
    receiver: {
      requests: 7,
      acceptedSpans: 90,
      acceptedStarts: 20,
      rejectedSpans: 0,
      refused: {},
      ...changes.receiver,
    },
    queue: {
      kind: 'segments',
      nextId: 8,
      segments: 1,
      bytes: 4096,
      maxBytes: 1_073_741_824,
      backlog: { store: 0 },
      quarantinedRecords: 0,
      warnings: [],
      ...changes.queue,
    },
    store: {
      prunedSpans: 0,
      kind: 'duckdb',
      spans: 90,
      runningSpans: 1,
      traces: 15,
      duplicates: 0,
      bytes: 1_572_864,
      spansByInstance: { 'instance-1': 90 },
      ...changes.store,
    },
  };
}
