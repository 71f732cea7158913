import { setTimeout as sleep } from 'node:timers/promises';

/** How a flush went. */
export interface FlushOutcome {
  readonly wallMs: number;
  /** What it rejected with, or that it never came back. */
  readonly error?: string;
}

/** Longer than any library's own limit for a flush (the longest is 30 s for an export). */
const FLUSH_LIMIT_MS = 35_000;

/** What can be flushed: an arm, or a program of the examples. */
export interface Flushable {
  flush(limitMs?: number): Promise<unknown>;
}

/** Flushes an arm; a library that rejects or hangs does not end the sample, because what arrived is counted anyway. */
export async function flushArm(arm: Flushable, limitMs?: number): Promise<FlushOutcome> {
  const begin = performance.now();
  const giveUp = new AbortController();
  const limit = sleep(FLUSH_LIMIT_MS, `no answer in ${FLUSH_LIMIT_MS} ms`, { signal: giveUp.signal, ref: false });
  try {
    const error = await Promise.race([arm.flush(limitMs).then(() => undefined), limit]);
    const wallMs = performance.now() - begin;
    return error === undefined ? { wallMs } : { wallMs, error };
  } catch (error) {
    return { wallMs: performance.now() - begin, error: String(error).slice(0, 300) };
  } finally {
    limit.catch(() => undefined);
    giveUp.abort();
  }
}
