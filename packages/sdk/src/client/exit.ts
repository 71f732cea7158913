import type { Channel } from './channel.js';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Delivers what ended when the process does: a natural end, `process.exit()`, an uncaught error, and SIGTERM or
 * SIGINT where the application has no listener of its own.
 */
export class ExitGuard {
  readonly #channels = new Set<Channel>();
  #listensToExit = false;
  #listensToSignals = false;

  add(channel: Channel, handleSignals: boolean): void {
    this.#channels.add(channel);
    if (!this.#listensToExit) {
      this.#listensToExit = true;
      // First, because a listener of the application that throws would end the process before ours runs.
      process.prependListener('exit', this.#drainAll);
    }
    if (handleSignals && !this.#listensToSignals) {
      this.#listensToSignals = true;
      for (const signal of SIGNALS) process.on(signal, this.#onSignal);
    }
  }

  remove(channel: Channel): void {
    this.#channels.delete(channel);
  }

  #drainAll = (): void => {
    const channels = [...this.#channels];
    // All begin to deliver before the first wait, so that the waits overlap.
    for (const { host, recorder } of channels) {
      recorder.close();
      host.close();
    }
    for (const { host, exitTimeoutMs } of channels) host.waitUntilDrained(exitTimeoutMs);
    this.#channels.clear();
  };

  #onSignal = (signal: NodeJS.Signals): void => {
    // With a listener of its own the application decides how it ends, and 'exit' follows.
    if (process.listenerCount(signal) > 1) return;
    this.#drainAll();
    process.removeListener(signal, this.#onSignal);
    process.kill(process.pid, signal);
  };
}

export const exitGuard = new ExitGuard();
