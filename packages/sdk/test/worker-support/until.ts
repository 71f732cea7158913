import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until the condition holds, looking again every few milliseconds; fails after `deadlineMs`. */
export async function until(condition: () => boolean, deadlineMs = 8_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`still not so after ${deadlineMs} ms: ${condition}`);
    await sleep(3);
  }
}
