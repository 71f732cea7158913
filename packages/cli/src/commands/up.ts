import { listenForStop, sendReady } from '../child/signals.js';
import { startCollector } from '../collector/start-collector.js';
import type { Environment } from '../config.js';
import { EXIT_CODE } from '../exit-codes.js';
import type { CollectorFlags } from '../program/flags.js';
import type { Terminal } from '../terminal/terminal.js';

/** A second Ctrl-C: end now, without waiting for anything. */
const IMPATIENT_EXIT_CODE = 130;

/**
 * Runs the collector and its UI until it is asked to end.
 *
 * @returns the exit code
 * @throws CliError where the collector cannot start
 */
export async function runUp(
  { json, ...flags }: CollectorFlags & { readonly json: boolean },
  env: Environment,
  terminal: Terminal,
): Promise<number> {
  const stop = untilStopped(terminal);
  const { collector } = await startCollector(flags, env);
  const { url, grpcUrl } = collector;
  terminal.data(json ? `${JSON.stringify({ url, grpcUrl: grpcUrl ?? null })}\n` : `Slipstream is ready: ${url}\n`);
  sayGrpc(grpcUrl, terminal);
  sendReady(collector.url);
  await stop;
  await collector.close();
  return EXIT_CODE.ok;
}

/** The second address of a collector that has one. */
export function sayGrpc(grpcUrl: string | undefined, terminal: Terminal): void {
  if (grpcUrl !== undefined) terminal.talk(`OTLP over gRPC: ${grpcUrl}`);
}

/** Resolves at the first wish to stop; the second ends the process. */
export function untilStopped(terminal: Terminal): Promise<void> {
  // A parent with a message channel stops us on its own terms, and talks to the user itself.
  const hasParent = process.connected;
  return new Promise((resolve) => {
    listenForStop(({ count }) => {
      if (count > 1) process.exit(IMPATIENT_EXIT_CODE);
      if (!hasParent) terminal.talk('Stopping. Once more (Ctrl-C) to end at once.');
      resolve();
    });
  });
}
