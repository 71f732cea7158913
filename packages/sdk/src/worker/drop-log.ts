import type { DropReason } from '../ring/layout.js';
import type { Log } from './log.js';

/** Dropping has ended when nothing was dropped for this long. */
export const DROP_QUIET_MS = 5_000;

const EXPLANATION: Record<DropReason, string> = {
  ring_full: 'the buffer between application and worker is full; raise bufferBytes or capture less',
  after_shutdown: 'they ended after shutdown()',
  copy_error: 'they could not be copied',
  retry_buffer_full: 'the backend does not take them fast enough; raise retryBufferBytes or check the backend',
  rejected: 'the backend refused them',
  too_large: 'one span alone is larger than the backend takes; lower maxCaptureBytes',
  encode_error: 'they could not be read or encoded',
  worker_stopped: 'the worker died with them',
  redis_full: 'Redis has no memory left for them; raise its maxmemory, or let the collector catch up',
};

/** One line when dropping starts and one with the total when it has ended, for each reason. */
export class DropLog {
  readonly #log: Log;
  readonly #episodes = new Map<DropReason, { readonly before: number; last: number; lastDropMs: number }>();
  readonly #details = new Map<DropReason, string>();
  #known: Readonly<Record<DropReason, number>> | undefined;

  /** @param known counts that were told already, by a worker before this one. */
  constructor(log: Log, known?: Readonly<Record<DropReason, number>>) {
    this.#log = log;
    this.#known = known;
  }

  /** What to add to the next line on this reason: a status, never a payload. */
  explain(reason: DropReason, detail: string): void {
    this.#details.set(reason, detail);
  }

  /** Looks at the counts of both threads; call it with each tick. */
  check(dropped: Readonly<Record<DropReason, number>>, nowMs: number): void {
    const known = this.#known;
    this.#known = dropped;
    for (const reason of Object.keys(dropped) as DropReason[]) {
      this.#checkReason(reason, dropped[reason], known?.[reason] ?? 0, nowMs);
    }
  }

  /** Says the totals of what is still going on: there will be no other moment. */
  close(): void {
    for (const reason of this.#episodes.keys()) this.#end(reason);
  }

  #checkReason(reason: DropReason, total: number, before: number, nowMs: number): void {
    const episode = this.#episodes.get(reason);
    if (total > before) {
      if (episode === undefined) this.#begin(reason, total, before, nowMs);
      else {
        episode.last = total;
        episode.lastDropMs = nowMs;
      }
    } else if (episode !== undefined && nowMs - episode.lastDropMs >= DROP_QUIET_MS) {
      this.#end(reason);
    }
  }

  #begin(reason: DropReason, total: number, before: number, nowMs: number): void {
    this.#episodes.set(reason, { before, last: total, lastDropMs: nowMs });
    const detail = this.#details.get(reason);
    const cause = detail === undefined ? EXPLANATION[reason] : `${EXPLANATION[reason]}: ${detail}`;
    this.#log(`dropping spans (${reason}, ${total - before} so far): ${cause}`);
  }

  #end(reason: DropReason): void {
    const episode = this.#episodes.get(reason);
    if (episode === undefined) return;
    this.#episodes.delete(reason);
    this.#log(`dropping has ended (${reason}): ${episode.last - episode.before} spans dropped`);
  }
}
