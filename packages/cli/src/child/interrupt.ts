import { exitCodeOfSignal, listenForStop } from './signals.js';

/**
 * Runs work that Ctrl-C is to end in good order.
 *
 * @param work gets a signal that aborts at the first wish to stop; the second ends the process
 * @returns what the work returns, or the name of the signal that ended it
 */
export async function untilInterrupted<T>(
  work: (signal: AbortSignal) => Promise<T>,
): Promise<{ readonly kind: 'done'; readonly value: T } | { readonly kind: 'interrupted'; readonly exitCode: number }> {
  const controller = new AbortController();
  let exitCode = 0;
  const removeListeners = listenForStop(({ signal, count }) => {
    exitCode = exitCodeOfSignal(signal);
    if (count > 1) process.exit(exitCode);
    controller.abort();
  });
  try {
    return { kind: 'done', value: await work(controller.signal) };
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    // What broke because of the wish to stop is what was wished.
    return { kind: 'interrupted', exitCode };
  } finally {
    removeListeners();
  }
}
