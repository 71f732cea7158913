import { isStopMessage } from './messages.js';

const SIGNALS: readonly NodeJS.Signals[] =
  process.platform === 'win32' ? ['SIGINT', 'SIGBREAK', 'SIGTERM'] : ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Calls `stop` once, when this process is asked to end: by signal, by its parent's message, or by its parent's death.
 *
 * A Ctrl+C reaches every process of a terminal at once; one with a parent that stops its children in order leaves
 * that signal to it, because otherwise all would end at the same time.
 */
export function onStopRequest(stop: (reason: string) => void): void {
  let isStopping = false;
  const request = (reason: string): void => {
    if (isStopping) return;
    isStopping = true;
    stop(reason);
  };
  const hasParent = process.send !== undefined;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (!(hasParent && signal === 'SIGINT')) request(signal);
    });
  }
  if (!hasParent) return;
  process.on('message', (message) => {
    if (isStopMessage(message)) request('stop message');
  });
  process.once('disconnect', () => request('parent gone'));
  // It may have died while we started.
  if (!process.connected) request('parent gone');
  // The listener above would keep a process alive that has finished its work.
  process.channel?.unref();
}

/** The same as an abort signal. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  onStopRequest((reason) => controller.abort(reason));
  return controller.signal;
}
