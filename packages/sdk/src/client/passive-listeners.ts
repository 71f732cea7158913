interface Emitter {
  readonly count?: unknown;
}

/**
 * Signal listeners of the package `signal-exit` (3 and 4), which very many tools bring along. It only listens in order
 * to clean up, and raises the signal again where it finds nobody but itself, just as we do: taken for the
 * application's, its listeners and ours would wait for each other, and the process would never end.
 */
export function passiveListenerCount(): number {
  const version3 = (process as { __signal_exit_emitter__?: Emitter }).__signal_exit_emitter__;
  const version4 = (globalThis as { [key: symbol]: Emitter | undefined })[Symbol.for('signal-exit emitter')];
  return countOf(version3) + countOf(version4);
}

function countOf(emitter: Emitter | undefined): number {
  return typeof emitter?.count === 'number' ? emitter.count : 0;
}
