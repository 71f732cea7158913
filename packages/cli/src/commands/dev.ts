import { setTimeout as delay } from 'node:timers/promises';
import { type RunningCommand, runCommand } from '../child/run-command.js';
import { listenForStop } from '../child/signals.js';
import { type RunningCollector, startCollector } from '../collector/start-collector.js';
import { commandEnvironment, type Environment } from '../config.js';
import type { CollectorFlags } from '../program/flags.js';
import { formatAmount } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { sayGrpc, untilStopped } from './up.js';

/** How long the last spans may take from the queue to the store before we end without them on show. */
const SETTLE_MS = 3000;
const SETTLE_POLL_MS = 50;

export interface DevFlags extends CollectorFlags {
  /** Stay up after the command has ended, until Ctrl-C. */
  readonly keep: boolean;
}

/**
 * Runs the collector and its UI, and in it a command that traces into it.
 *
 * @returns the exit code of the command
 * @throws CliError where the collector or the command cannot start
 */
export async function runDev(
  words: readonly string[],
  flags: DevFlags,
  env: Environment,
  terminal: Terminal,
): Promise<number> {
  const running = await startCollector(flags, env);
  const { collector } = running;
  terminal.talk(`Slipstream is ready: ${collector.url}`);
  sayGrpc(collector.grpcUrl, terminal);
  try {
    const code = await runToEnd(
      await runCommand(words, commandEnvironment({ url: collector.url, token: running.token }, env)),
    );
    await settle(running, terminal);
    if (flags.keep) {
      terminal.talk(`The command ended (exit code ${code}). Its traces are at ${collector.url}; Ctrl-C ends this too.`);
      await untilStopped(terminal);
    }
    return code;
  } finally {
    await collector.close();
  }
}

/** Passes signals on and waits. A terminal tells the command of Ctrl-C itself: only what it does not know is passed. */
async function runToEnd(command: RunningCommand): Promise<number> {
  const removeListeners = listenForStop(({ signal, count }) => {
    const knowsAlready = signal === 'SIGINT' && process.stdin.isTTY && count === 1;
    if (!knowsAlready) command.signal(signal);
  });
  const code = await command.ended;
  removeListeners();
  return code;
}

/** Waits until what the command sent is in the store, so that the UI shows it and the next start finds it there. */
async function settle({ collector, dataDirectory }: RunningCollector, terminal: Terminal): Promise<void> {
  const deadlineMs = performance.now() + SETTLE_MS;
  for (;;) {
    const { queue, store } = await collector.status();
    if (Object.values(queue.backlog).every((entries) => entries === 0)) {
      terminal.talk(`${formatAmount(store.spans, 'span')} in ${formatAmount(store.traces, 'trace')}: ${dataDirectory}`);
      return;
    }
    if (performance.now() > deadlineMs)
      return terminal.talk('Some spans are still in the queue; the next start stores them.');
    await delay(SETTLE_POLL_MS);
  }
}
