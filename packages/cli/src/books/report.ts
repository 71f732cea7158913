import type { Status } from '@slipstream/query-api';
import type { Colour, Paint } from '../terminal/colour.js';
import { plainText } from '../terminal/plain-text.js';
import { type Column, formatAmount, formatBytes, formatCount, formatDuration, formatTable } from '../terminal/table.js';
import type { Balance, ProcessBalance, Verdict } from './balance.js';

const NAME_CHARS = 24;

const COLUMNS: readonly Column[] = [
  { title: 'service', align: 'left' },
  { title: 'pid', align: 'right' },
  { title: 'state', align: 'left' },
  { title: 'started', align: 'right' },
  { title: 'open', align: 'right' },
  { title: 'sampled out', align: 'right' },
  { title: 'dropped', align: 'right' },
  { title: 'pending', align: 'right' },
  { title: 'delivered', align: 'right' },
  { title: 'stored', align: 'right' },
  { title: 'books', align: 'left' },
];

const COLOUR: Readonly<Record<Verdict, Colour>> = { balanced: 'green', moving: 'yellow', unbalanced: 'red' };

const SUMMARY: Readonly<Record<Verdict, string>> = {
  balanced: 'The books balance.',
  moving: 'The books balance so far; spans are on their way.',
  unbalanced: 'The books do not balance.',
};

/** What `slipstream status` prints: the books of each process, of the collector and of the store, and the verdict. */
export function formatReport(status: Status, balance: Balance, paint: Paint): string {
  const lines = [
    ...processLines(status, balance.processes, paint),
    '',
    ...hopLines(status, balance, paint),
    '',
    paint(COLOUR[balance.verdict], SUMMARY[balance.verdict]),
  ];
  return `${lines.join('\n')}\n`;
}

function processLines(status: Status, processes: readonly ProcessBalance[], paint: Paint): string[] {
  if (processes.length === 0) return ['No process has reported its books yet.'];
  const [title = '', ...rows] = formatTable(
    COLUMNS,
    processes.map((process) => cells(status, process)),
  );
  const lines = [paint('dim', title)];
  for (const [index, process] of processes.entries()) {
    lines.push(paintVerdict(rows[index] ?? '', process.verdict, paint));
    for (const remark of process.remarks) lines.push(`  ${paint(COLOUR[process.verdict], remark)}`);
    if (process.droppedTotal > 0) lines.push(`  dropped: ${droppedByReason(process)}`);
  }
  return lines;
}

function cells(status: Status, { books, droppedTotal, stored, verdict }: ProcessBalance): string[] {
  const counts = [books.started, books.open, books.sampledOut, droppedTotal, books.pending, books.delivered, stored];
  const age = formatDuration(status.nowMs - books.reportedAtMs);
  return [
    plainText(books.service, NAME_CHARS) || '(no name)',
    String(books.pid),
    books.final ? 'ended' : `seen ${age} ago`,
    ...counts.map(formatCount),
    verdict,
  ];
}

function droppedByReason({ books }: ProcessBalance): string {
  return Object.entries(books.dropped)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${plainText(reason, NAME_CHARS)} ${formatCount(count)}`)
    .join(', ');
}

function hopLines(status: Status, { collector }: Balance, paint: Paint): string[] {
  const { receiver, queue, store } = status;
  const refusals = Object.entries(receiver.refused).filter(([, count]) => count > 0);
  const refused = refusals
    .map(([code, count]) => `, ${formatCount(count)} refused with ${plainText(code, 3)}`)
    .join('');
  const rejected = receiver.rejectedSpans > 0 ? `, ${formatAmount(receiver.rejectedSpans, 'span')} rejected` : '';
  const before =
    collector.fromBefore > 0 ? `, ${formatCount(collector.fromBefore)} of them imported or from before` : '';
  const uptime = formatDuration(status.nowMs - status.startedAtMs);
  return [
    `collector  ${plainText(status.version, 20)}, up ${uptime}: ` +
      `${formatAmount(collector.accepted, 'span')} accepted in ${formatAmount(receiver.requests, 'request')}${rejected}${refused}`,
    `queue      ${formatCount(collector.backlogEntries)} entries on their way to the store, ${formatBytes(queue.bytes)}`,
    `store      ${formatAmount(collector.stored, 'span')} in ${formatAmount(store.traces, 'trace')}${before}, ` +
      `${formatCount(store.runningSpans)} running, ${formatCount(collector.duplicates)} came twice, ${formatBytes(store.bytes)}`,
    ...collector.remarks.map((remark) => `  ${paint(COLOUR[collector.verdict], remark)}`),
  ];
}

/** The verdict is a row's last cell: painted after the widths are known. */
function paintVerdict(row: string, verdict: Verdict, paint: Paint): string {
  return row.slice(0, row.length - verdict.length) + paint(COLOUR[verdict], verdict);
}
