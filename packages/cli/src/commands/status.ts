import { setTimeout as delay } from 'node:timers/promises';
import type { Status } from '@slipstream/query-api';
import { type Balance, checkBooks } from '../books/balance.js';
import { formatReport } from '../books/report.js';
import { readStatus } from '../collector/read-status.js';
import type { CollectorAddress } from '../collector/request.js';
import { EXIT_CODE } from '../exit-codes.js';
import { plainJson } from '../terminal/plain-text.js';
import type { Terminal } from '../terminal/terminal.js';

const POLL_MS = 250;

export interface StatusFlags {
  readonly address: CollectorAddress;
  readonly json: boolean;
  /** How long to wait for spans on their way before the verdict. */
  readonly waitMs: number;
}

/**
 * Prints the books of processes, collector and store, and whether they balance.
 *
 * @returns the exit code
 * @throws CliError `unreachable`
 */
export async function showStatus(flags: StatusFlags, terminal: Terminal): Promise<number> {
  const { status, balance } = await settle(flags);
  const text = flags.json
    ? `${plainJson(toJson(flags.address.url, status, balance), 2)}\n`
    : formatReport(status, balance, terminal.paint);
  terminal.data(text);
  return balance.verdict === 'unbalanced' ? EXIT_CODE.unbalanced : EXIT_CODE.ok;
}

/** Books of running processes are some milliseconds old, so a first look may find less than there is: look again. */
async function settle(flags: StatusFlags): Promise<{ status: Status; balance: Balance }> {
  const deadlineMs = performance.now() + flags.waitMs;
  for (;;) {
    const status = await readStatus(flags.address);
    const balance = checkBooks(status);
    if (balance.verdict === 'balanced' || performance.now() + POLL_MS > deadlineMs) return { status, balance };
    await delay(POLL_MS);
  }
}

function toJson(url: string, status: Status, balance: Balance): unknown {
  return {
    url,
    verdict: balance.verdict,
    processes: balance.processes.map(({ books, ...rest }) => ({ ...books, ...rest })),
    collector: balance.collector,
    status,
  };
}
