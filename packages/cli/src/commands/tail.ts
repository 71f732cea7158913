import { setTimeout as delay } from 'node:timers/promises';
import type { TraceSummary } from '@slipstream/query-api';
import { untilInterrupted } from '../child/interrupt.js';
import { listenLive } from '../collector/live.js';
import type { CollectorAddress } from '../collector/request.js';
import { listTraces, MAX_PAGE } from '../collector/traces.js';
import { CliError } from '../errors.js';
import { EXIT_CODE } from '../exit-codes.js';
import type { TailFlags } from '../program/flags.js';
import { plainJson } from '../terminal/plain-text.js';
import type { Terminal } from '../terminal/terminal.js';
import { TailLines } from '../traces/tail-lines.js';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;
/** What was stored while nobody listened may have begun this long before; but nothing from before the command. */
const CATCH_UP_MS = 60_000;

/**
 * Prints traces as they come and change, until Ctrl-C. A connection that breaks is made again, and what came meanwhile
 * is printed then.
 *
 * @returns the exit code
 * @throws CliError where the first connection fails, or the collector refuses the filter
 */
export async function tailTraces(address: CollectorAddress, flags: TailFlags, terminal: Terminal): Promise<number> {
  const lines = new TailLines(terminal.paint, terminal.columns);
  const print = (trace: TraceSummary): void => {
    const line = flags.json ? lines.isNew(trace) && plainJson(trace) : lines.format(trace);
    if (line) terminal.data(`${line}\n`);
  };
  await untilInterrupted((signal) => follow({ address, flags, terminal, print, signal }));
  return EXIT_CODE.ok;
}

interface Following {
  readonly address: CollectorAddress;
  readonly flags: TailFlags;
  readonly terminal: Terminal;
  readonly print: (trace: TraceSummary) => void;
  readonly signal: AbortSignal;
}

async function follow({ address, flags, terminal, print, signal }: Following): Promise<never> {
  const beganAtMs = Date.now();
  let lostAtMs: number | undefined;
  let pauseMs = FIRST_PAUSE_MS;
  for (let isConnected = false; ; isConnected = false) {
    try {
      for await (const news of listenLive(address, flags, signal)) {
        if (news.kind === 'trace') print(news.trace);
        else {
          if (lostAtMs !== undefined) await catchUp(address, flags, Math.max(beganAtMs, lostAtMs - CATCH_UP_MS), print);
          isConnected = true;
          pauseMs = FIRST_PAUSE_MS;
          terminal.talk(lostAtMs === undefined ? `Listening to ${address.url}; Ctrl-C ends.` : 'Connected again.');
        }
      }
    } catch (error) {
      const wasConnected = isConnected || lostAtMs !== undefined;
      if (!wasConnected || !(error instanceof CliError) || error.isLasting) throw error;
      if (isConnected) lostAtMs = Date.now();
      // Up to a quarter more, so that many listeners do not all come back at one moment.
      const thisPauseMs = Math.round(pauseMs * (1 + Math.random() / 4));
      terminal.talk(`${firstLine(error)} Next try in ${(thisPauseMs / 1000).toFixed(1)} s.`);
      await delay(thisPauseMs, undefined, { signal });
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }
}

async function catchUp(
  address: CollectorAddress,
  flags: TailFlags,
  fromMs: number,
  print: (trace: TraceSummary) => void,
): Promise<void> {
  const since = Math.max(flags.since ?? 0, fromMs * 1000);
  const { traces } = await listTraces(address, { ...flags, since }, { limit: MAX_PAGE });
  for (const trace of traces.toReversed()) print(trace);
}

function firstLine({ message }: CliError): string {
  return message.split('\n', 1)[0] ?? '';
}
