import type { SetAside } from '../queue/contract.js';
import type { DeadLetterSummary, ReplayResult } from './contract.js';
import {
  type DeadLetter,
  type DeadLetters,
  joinReasons,
  type ReplayAttempt,
  type ReplayOptions,
} from './dead-letters.js';

/**
 * The letters of a destination where the queue is shared: those in the files of this collector, which come first, and
 * those that any collector set aside in the queue, which are tried by whoever is asked.
 */
export function joinDeadLetters(files: DeadLetters, shared: SetAside): DeadLetters {
  return new SharedDeadLetters(files, shared);
}

class SharedDeadLetters implements DeadLetters {
  readonly #files: DeadLetters;
  readonly #shared: SetAside;
  #replaying: Promise<unknown> = Promise.resolve();

  constructor(files: DeadLetters, shared: SetAside) {
    this.#files = files;
    this.#shared = shared;
  }

  add(letters: readonly DeadLetter[]): Promise<void> {
    return this.#files.add(letters);
  }

  async summary(): Promise<DeadLetterSummary> {
    const [files, shared] = await Promise.all([this.#files.summary(), this.#shared.summary()]);
    const times = [files.oldestMs, shared.oldestMs].filter((time) => time !== undefined);
    return {
      entries: files.entries + shared.entries,
      bytes: files.bytes + shared.bytes,
      oldestMs: times.length === 0 ? undefined : Math.min(...times),
      reasons: joinReasons(Object.entries(files.reasons), shared.reasons),
    };
  }

  lostCount(): number {
    return this.#files.lostCount();
  }

  replay(options: ReplayOptions, attempt: (letter: DeadLetter) => Promise<ReplayAttempt>): Promise<ReplayResult> {
    const replaying = this.#replaying.catch(() => undefined).then(() => this.#replay(options, attempt));
    this.#replaying = replaying;
    return replaying;
  }

  async #replay(
    { maxEntries, signal }: ReplayOptions,
    attempt: (letter: DeadLetter) => Promise<ReplayAttempt>,
  ): Promise<ReplayResult> {
    let isAway = false;
    const files = await this.#files.replay({ maxEntries, signal }, async (letter) => {
      const outcome = await attempt(letter);
      isAway = outcome.kind === 'unavailable';
      return outcome;
    });
    const left = maxEntries - files.delivered - files.failed;
    const shared = isAway || left <= 0 ? NOTHING : await this.#shared.retry({ maxEntries: left, signal }, attempt);
    return {
      delivered: files.delivered + shared.delivered,
      failed: files.failed + shared.failed,
      remaining: (await this.summary()).entries,
    };
  }
}

const NOTHING = { delivered: 0, failed: 0 };
