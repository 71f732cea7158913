import os from 'node:os';

/** What a terminal, a supervisor or a closed window sends to ask a process to end. */
const STOP_SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * npm passes Ctrl-C on to a process that the terminal has told already. A signal that follows within this time is
 * taken for that second copy, not for a second wish of the user.
 */
const SAME_WISH_MS = 400;

/** The exit code that shells give a process that a signal ended. */
export function exitCodeOfSignal(signal: NodeJS.Signals): number {
  return 128 + (os.constants.signals[signal] ?? os.constants.signals.SIGTERM);
}

/** A request to end. */
export interface StopWish {
  readonly signal: NodeJS.Signals;
  /** 1 for the first; a later one means that somebody is tired of waiting. */
  readonly count: number;
}

/**
 * Listens for requests to end: by signal, and from a parent with a message channel by `{ type: 'stop' }` or by its
 * own end, since Windows has no signals and a parent that was killed sends none.
 *
 * @returns puts the default behaviour back
 */
export function listenForStop(onWish: (wish: StopWish) => void): () => void {
  let count = 0;
  let lastAtMs = Number.NEGATIVE_INFINITY;
  const hear = (signal: NodeJS.Signals): void => {
    const nowMs = performance.now();
    if (nowMs - lastAtMs < SAME_WISH_MS) return;
    lastAtMs = nowMs;
    count += 1;
    onWish({ signal, count });
  };
  const onMessage = (message: unknown): void => {
    if (isStopMessage(message)) hear('SIGTERM');
  };
  const onDisconnect = (): void => hear('SIGTERM');

  for (const signal of STOP_SIGNALS) process.on(signal, hear);
  if (process.channel !== undefined) {
    process.on('message', onMessage).on('disconnect', onDisconnect);
    // The channel must not keep a process alive that has nothing left to do.
    process.channel.unref();
  }
  return () => {
    for (const signal of STOP_SIGNALS) process.off(signal, hear);
    process.off('message', onMessage).off('disconnect', onDisconnect);
  };
}

/** Tells a parent with a message channel, where there is one, that this process answers requests. */
export function sendReady(url: string): void {
  // The callback takes the error of a parent that has just gone, which would end this process otherwise.
  process.send?.({ type: 'ready', url }, undefined, undefined, () => undefined);
}

function isStopMessage(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'stop';
}
