import type { ProcessBooks, Status } from '@slipstream/query-api';

/**
 * `balanced`: the sums hold. `moving`: they hold as far as they can while spans are on their way, such as a running
 * process that has gone on since its last report. `unbalanced`: spans are missing or came from nowhere.
 */
export type Verdict = 'balanced' | 'moving' | 'unbalanced';

/** The books of one process against what the store holds of it. */
export interface ProcessBalance {
  readonly books: ProcessBooks;
  readonly droppedTotal: number;
  /** Completed spans in the store that this process sent. */
  readonly stored: number;
  readonly verdict: Verdict;
  /** What does not add up or is still on its way; empty where balanced. */
  readonly remarks: readonly string[];
}

/** What the collector took against what its store holds. */
export interface CollectorBalance {
  readonly accepted: number;
  readonly duplicates: number;
  readonly stored: number;
  /** Stored spans that this run of the collector did not accept: they were there when it started. */
  readonly fromBefore: number;
  /** Queue entries (requests, not spans) that the store has not dealt with. */
  readonly backlogEntries: number;
  readonly verdict: Verdict;
  readonly remarks: readonly string[];
}

export interface Balance {
  readonly processes: readonly ProcessBalance[];
  readonly collector: CollectorBalance;
  /** The worst of all verdicts. */
  readonly verdict: Verdict;
}

/** The destination whose backlog matters here: a slow forward elsewhere keeps nothing out of the store. */
const STORE = 'store';

/** Checks every sum of the collector's status. */
export function checkBooks(status: Status): Balance {
  const collector = checkCollector(status);
  const processes = status.processes.map((books) => checkProcess(books, status, collector.backlogEntries > 0));
  return { processes, collector, verdict: worst([collector, ...processes].map(({ verdict }) => verdict)) };
}

function checkProcess(books: ProcessBooks, status: Status, hasBacklog: boolean): ProcessBalance {
  const droppedTotal = sum(books.dropped);
  const stored = status.store.spansByInstance[books.instanceId] ?? 0;
  const remarks: string[] = [];
  const verdicts: Verdict[] = [];
  const note = (verdict: Verdict, remark: string): void => {
    verdicts.push(verdict);
    remarks.push(remark);
  };

  const accounted = books.open + books.sampledOut + droppedTotal + books.pending + books.delivered;
  if (books.started !== accounted) {
    note('unbalanced', `started ${books.started}, accounted for ${accounted} (${signed(accounted - books.started)})`);
  }
  const ahead = stored - books.delivered;
  if (ahead < 0 && hasBacklog) note('moving', `${-ahead} delivered and still in the queue`);
  else if (ahead < 0) note(...judgeMissing(-ahead, 'delivered', status));
  else if (ahead > 0) note(...judgeAhead(books, ahead));
  return { books, droppedTotal, stored, verdict: worst(verdicts), remarks };
}

/** Fewer in the store than there should be: by retention, or because other collectors have a part in both figures. */
function judgeMissing(missing: number, what: string, { queue, store }: Status): [Verdict, string] {
  if (missing <= store.prunedSpans) return ['balanced', `${missing} ${what} and removed since by retention`];
  if (queue.kind === 'redis' || store.kind === 'clickhouse') {
    return ['moving', `${missing} ${what} and not in the store, which other collectors may share`];
  }
  return ['unbalanced', `${missing} ${what} and not in the store`];
}

/**
 * More in the store than the process knows to be delivered. A running process has gone on since it reported. One that
 * has ended may have missed an answer: those spans are among its pending or dropped ones, and never more than those.
 */
function judgeAhead(books: ProcessBooks, ahead: number): [Verdict, string] {
  if (!books.final) return ['moving', `${ahead} stored since its last report`];
  const unanswered = books.pending + sum(books.dropped);
  if (ahead <= unanswered) return ['balanced', `${ahead} stored although the process ended before it heard so`];
  return ['unbalanced', `${ahead} more in the store than were sent`];
}

function checkCollector(status: Status): CollectorBalance {
  const { acceptedSpans: accepted } = status.receiver;
  const { spans: stored, duplicates } = status.store;
  const { backlog } = status.queue;
  const backlogEntries = backlog[STORE] ?? Math.max(0, ...Object.values(backlog));
  const fromBefore = Math.min(stored, Math.max(0, stored + duplicates - accepted));
  const missing = Math.max(0, accepted - duplicates - stored);
  const remarks: string[] = [];
  const verdicts: Verdict[] = [];
  if (backlogEntries > 0) {
    verdicts.push('moving');
    remarks.push(`${backlogEntries} queue entries are on their way to the store`);
  }
  if (missing > 0 && backlogEntries === 0) {
    const [verdict, remark] = judgeMissing(missing, 'accepted', status);
    verdicts.push(verdict);
    remarks.push(remark);
  }
  if (status.queue.quarantinedRecords > 0) {
    verdicts.push('unbalanced');
    remarks.push(`${status.queue.quarantinedRecords} queue records were damaged and set aside`);
  }
  return { accepted, duplicates, stored, fromBefore, backlogEntries, verdict: worst(verdicts), remarks };
}

function worst(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('unbalanced')) return 'unbalanced';
  return verdicts.includes('moving') ? 'moving' : 'balanced';
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function signed(difference: number): string {
  return difference > 0 ? `+${difference}` : String(difference);
}
