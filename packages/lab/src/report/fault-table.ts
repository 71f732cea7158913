import type { MetricName } from '../sample/protocol.js';
import { BACKEND_TEXT } from './fault-goals.js';
import type { ArmSummary, BooksSummary, ScenarioSummary } from './model.js';
import { formatNumber, formatRatio, NO_VALUE } from './number-text.js';
import type { Table } from './table.js';

/** The server whose backend fails: what requests, memory and books show, the untraced server of the same run beside it. */
export function faultTable(summaries: readonly ScenarioSummary[]): Table | undefined {
  const rows = summaries.flatMap(rowsOf);
  if (rows.length === 0) return undefined;
  return {
    title: 'The same server when its backend fails (untraced beside it in brackets)',
    columns: HEADERS.map((header, index) => ({ header, align: index === 0 || index >= 8 ? 'left' : 'right' })),
    rows,
    notes: NOTES,
  };
}

const HEADERS = [
  'backend',
  'answered/s',
  'p50 ms',
  'p99 ms',
  'p99 / untraced',
  'longest stall, ms',
  'memory, MB: start, end',
  'most',
  'spans',
  'books',
];

const NOTES = [
  'The load is the same as above; each run lasts long enough to fill the ring (16 MiB) and the retry buffer (32 MiB) several times over.',
  "Spans are those of all runs, from the start of the process: made (by the lab's own count of answered requests), delivered, dropped by reason, pending when the books were read, 2 s after the load ended.",
  'Books: they balance when made = started = open + pending + delivered + dropped.',
];

function rowsOf({ backend, arms }: ScenarioSummary): string[][] {
  if (backend === undefined) return [];
  const untraced = arms.find(({ arm }) => arm === 'untraced');
  return arms
    .filter(({ books }) => books !== undefined)
    .map((own) => {
      const beside = (name: MetricName): string => `${metric(own, name)} (${metric(untraced, name)})`;
      return [
        BACKEND_TEXT[backend],
        beside('answeredPerSecond'),
        beside('p50Ms'),
        beside('p99Ms'),
        formatRatio(own.overUntraced.p99Ms?.median),
        beside('longestStallMs'),
        `${metric(own, 'rssStartMb')}, ${beside('rssEndMb')}`,
        beside('rssMaxMb'),
        describeSpans(own.books),
        describeBalance(own.books),
      ];
    });
}

function metric(summary: ArmSummary | undefined, name: MetricName): string {
  return formatNumber(summary?.metrics[name]?.median);
}

function describeSpans(books: BooksSummary | undefined): string {
  if (books === undefined) return NO_VALUE;
  const { offered, delivered, dropped, pending, open } = books;
  const drops = Object.entries(dropped).map(([reason, count]) => `${count} dropped (${reason})`);
  const parts = [`${offered} made`, `${delivered} delivered`, ...drops, `${pending} pending`];
  return (open === 0 ? parts : [...parts, `${open} open`]).join(', ');
}

function describeBalance(books: BooksSummary | undefined): string {
  if (books === undefined) return NO_VALUE;
  const { balanced, samples } = books;
  return balanced === samples ? 'balance' : `DO NOT BALANCE in ${samples - balanced} of ${samples} runs`;
}
