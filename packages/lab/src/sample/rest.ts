/** Waits by a bare timer: what `node:timers/promises` adds would be part of every figure. */
export function rest(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

/** Lets timers and I/O have a turn. */
export function giveWay(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
