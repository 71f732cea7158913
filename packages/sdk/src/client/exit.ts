import { processState } from '../context/active-span.js';
import { builtin, writeLine } from '../runtime.js';
import type { Channel } from './channel.js';
import { passiveListenerCount } from './passive-listeners.js';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** One Ctrl-C may come twice, from the terminal and from npm. A second one after this is the wish to end at once. */
const SAME_WISH_MS = 500;

/** How often a delivery that needs the event loop gets its timeout again at the end of the process. */
const MAX_LAST_FLUSHES = 10;

/**
 * Delivers what ended when the process does: a natural end, `process.exit()`, an uncaught error, and SIGTERM or
 * SIGINT where the application has no listener of its own.
 */
export class ExitGuard {
  readonly #channels = new Set<Channel>();
  #listensToExit = false;
  #listensToSignals = false;
  #lastFlushes = 0;
  #givenUp = 0;
  #isEnding = false;

  add(channel: Channel, handleSignals: boolean): void {
    // No process, no end of it that we could hear of.
    if (typeof globalThis.process?.prependListener !== 'function') return;
    this.#channels.add(channel);
    if (!this.#listensToExit) {
      this.#listensToExit = true;
      // First, because a listener of the application that throws would end the process before ours runs.
      process.prependListener('exit', this.#drainAll);
      process.on('beforeExit', this.#beforeExit);
    }
    // Signals go to the main thread alone.
    if (handleSignals && !this.#listensToSignals && builtin('node:worker_threads')?.isMainThread !== false) {
      this.#listensToSignals = true;
      // First, because a listener of the application that is there for one call is gone once it was called.
      for (const signal of SIGNALS) process.prependListener(signal, this.#onSignal);
    }
  }

  #drainAll = (): void => {
    this.#drain(() => undefined);
  };

  #drain(whileWaiting: () => void): void {
    const channels = [...this.#channels];
    // All begin to deliver before the first wait, so that the waits overlap.
    for (const { host, recorder } of channels) {
      recorder.close();
      host.close();
    }
    for (const { host, exitTimeoutMs } of channels) host.waitUntilDrained(exitTimeoutMs, whileWaiting);
    this.#channels.clear();
    const lost = pendingOf(channels);
    if (lost > 0) writeLine(`the process ends, and ${lost} spans with it that nobody has acknowledged`);
  }

  /**
   * The natural end: a delivery that needs the event loop still has it. Called again whenever that has come to rest,
   * so a listener of the application that makes spans here must not keep the process alive for good.
   */
  #beforeExit = (): void => {
    const channels = this.#onThisThread();
    const pending = pendingOf(channels);
    if (pending === 0 || pending === this.#givenUp || this.#lastFlushes === MAX_LAST_FLUSHES) return;
    this.#lastFlushes += 1;
    void flushWhileItMoves(channels).then(() => {
      this.#givenUp = pendingOf(channels);
    });
  };

  #onThisThread(): Channel[] {
    return [...this.#channels].filter(({ host }) => !host.runsWhileBlocked);
  }

  #onSignal = (signal: NodeJS.Signals): void => {
    // With a listener of its own the application decides how it ends, and 'exit' follows.
    if (this.#isEnding || process.listenerCount(signal) - 1 > passiveListenerCount()) return;
    this.#isEnding = true;
    void this.#endBy(signal);
  };

  async #endBy(signal: NodeJS.Signals): Promise<void> {
    const begunMs = performance.now();
    const channels = this.#onThisThread();
    if (channels.length > 0) {
      const timer = setTimeout(this.#stopListening, SAME_WISH_MS);
      await flushWhileItMoves(channels);
      clearTimeout(timer);
    }
    this.#drain(() => {
      if (performance.now() - begunMs >= SAME_WISH_MS) this.#stopListening();
    });
    this.#stopListening();
    process.kill(process.pid, signal);
  }

  /** From here on the system does with a signal what it does without us. */
  #stopListening = (): void => {
    for (const signal of SIGNALS) process.removeListener(signal, this.#onSignal);
  };
}

/** As the blocking wait does it: on and on while spans are acknowledged, within limits. */
async function flushWhileItMoves(channels: readonly Channel[]): Promise<void> {
  let left = pendingOf(channels);
  for (let round = 0; round < MAX_LAST_FLUSHES && left > 0; round++) {
    await Promise.all(channels.map(({ host, exitTimeoutMs }) => host.flush(exitTimeoutMs)));
    const now = pendingOf(channels);
    if (now >= left) return;
    left = now;
  }
}

function pendingOf(channels: readonly Channel[]): number {
  return channels.reduce((sum, { pending }) => sum + pending(), 0);
}

/** One for all copies of this package: two that both listen would each take the other for the application. */
processState.exitGuard ??= new ExitGuard();
export const exitGuard: ExitGuard = processState.exitGuard;
