import {
  type DestinationStatus,
  destinationsSchema,
  type ReplayAnswer,
  replayResultSchema,
} from '@slipstream/query-api';
import { untilInterrupted } from '../child/interrupt.js';
import { askCollector, type CollectorAddress } from '../collector/request.js';
import { missing } from '../errors.js';
import { EXIT_CODE } from '../exit-codes.js';
import type { RemoteFlags, ReplayFlags } from '../program/flags.js';
import { plainJson, plainText } from '../terminal/plain-text.js';
import { startProgress } from '../terminal/progress.js';
import { type Column, formatAmount, formatBytes, formatCount, formatDuration, formatTable } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';

const TEXT_COLUMNS = 120;
const BATCH_ENTRIES = 1000;
/** Each entry may meet a backend that takes its time. */
const REPLAY_TIMEOUT_MS = 15 * 60_000;

const COLUMNS: readonly Column[] = [
  { title: 'destination', align: 'left' },
  { title: 'kind', align: 'left', dropOrder: 3 },
  { title: 'target', align: 'left', minColumns: 16, dropOrder: 4 },
  { title: 'backlog', align: 'right', dropOrder: 1 },
  { title: 'delivered', align: 'right', dropOrder: 2 },
  { title: 'dead letters', align: 'right' },
  { title: 'bytes', align: 'right', dropOrder: 5 },
  { title: 'oldest', align: 'right', dropOrder: 6 },
];

/**
 * Shows where spans go, and what could not be delivered.
 *
 * @returns the exit code
 */
export async function showDeadLetters(
  address: CollectorAddress,
  flags: RemoteFlags,
  terminal: Terminal,
): Promise<number> {
  const destinations = await readDestinations(address);
  if (flags.json) {
    terminal.data(`${plainJson({ destinations }, 2)}\n`);
    return EXIT_CODE.ok;
  }
  const [titles = '', ...lines] = formatTable(COLUMNS, destinations.map(cellsOf), terminal.columns);
  const below = destinations.map((destination) => remarksOf(destination).map((text) => `  ${text}`));
  const all = lines.flatMap((line, index) => [line, ...(below[index] ?? [])]);
  terminal.data(`${[terminal.paint('dim', titles), ...all].join('\n')}\n`);
  return EXIT_CODE.ok;
}

async function readDestinations(address: CollectorAddress): Promise<DestinationStatus[]> {
  return (await askCollector(address, { path: '/api/v1/destinations' }, destinationsSchema)).destinations;
}

function cellsOf({ name, kind, target, backlogEntries, deliveredSpans, deadLetters }: DestinationStatus): string[] {
  const { entries, bytes, oldestMs } = deadLetters;
  return [
    plainText(name, TEXT_COLUMNS),
    kind,
    plainText(target, TEXT_COLUMNS),
    formatCount(backlogEntries),
    formatCount(deliveredSpans),
    formatCount(entries),
    formatBytes(bytes),
    oldestMs === null ? '-' : `${formatDuration(Date.now() - oldestMs)} ago`,
  ];
}

function remarksOf({ fault, deadLetters }: DestinationStatus): string[] {
  const reasons = Object.entries(deadLetters.reasons).map(
    ([reason, count]) => `${formatCount(count)} × ${plainText(reason, TEXT_COLUMNS)}`,
  );
  return fault === null ? reasons : [`failing now: ${plainText(fault, TEXT_COLUMNS)}`, ...reasons];
}

/**
 * Tries the dead letters of a destination once more, until none is left, or none of a batch could be delivered. The
 * count of failures that it gives is that of the last batch.
 *
 * @returns the exit code: `incomplete` where entries could not be delivered
 * @throws CliError `missing` where there is no such destination
 */
export async function replayDeadLetters(
  address: CollectorAddress,
  name: string,
  flags: ReplayFlags,
  terminal: Terminal,
): Promise<number> {
  const destinations = await readDestinations(address);
  const found = destinations.find((destination) => destination.name === name);
  if (found === undefined) {
    const names = destinations.map((destination) => destination.name).join(', ');
    throw missing(`There is no destination ${name}, but ${names || 'none at all'}`);
  }
  const total: ReplayAnswer = { delivered: 0, failed: 0, remaining: found.deadLetters.entries };
  const limit = flags.max ?? Number.POSITIVE_INFINITY;
  const progress = startProgress(terminal, 'replaying', Math.min(limit, total.remaining));
  const ended = await untilInterrupted(async (signal) => {
    for await (const answer of batches(address, name, limit, signal)) {
      total.delivered += answer.delivered;
      total.failed = answer.failed;
      total.remaining = answer.remaining;
      progress.update({ rows: total.delivered });
    }
  }).finally(() => progress.end());
  if (flags.json) terminal.data(`${plainJson(total)}\n`);
  else terminal.talk(describeTotal(total));
  if (ended.kind === 'interrupted') return ended.exitCode;
  return total.failed > 0 ? EXIT_CODE.incomplete : EXIT_CODE.ok;
}

function describeTotal({ delivered, failed, remaining }: ReplayAnswer): string {
  const again = failed === 0 ? '' : `; of the last ones tried ${formatCount(failed)} failed again`;
  return `${formatAmount(delivered, 'dead letter')} delivered, ${formatCount(remaining)} left${again}.`;
}

async function* batches(
  address: CollectorAddress,
  name: string,
  limit: number,
  signal: AbortSignal,
): AsyncGenerator<ReplayAnswer> {
  const path = `/api/v1/destinations/${encodeURIComponent(name)}/replay`;
  for (let left = limit; left > 0; ) {
    const body = { json: { maxEntries: Math.min(BATCH_ENTRIES, left) } };
    const answer = await askCollector(address, { method: 'POST', path, body, signal }, replayResultSchema, {
      timeoutMs: REPLAY_TIMEOUT_MS,
    });
    yield answer;
    left -= answer.delivered + answer.failed;
    // What fails stays, so a batch of which nothing could be delivered would only come again.
    if (answer.remaining === 0 || answer.delivered === 0) return;
  }
}
