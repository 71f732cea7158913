import type { RetryOutcome, SetAsideEntry } from '../queue/contract.js';
import type { DeadLetterSummary, ReplayResult } from './contract.js';
import {
  appendLines,
  countReason,
  EMPTY_FILE,
  type FileSummary,
  moveAside,
  openLines,
  rewriteLines,
  summarizeFile,
} from './dead-letter-file.js';
import { hashOf, type Line, parseLine, toLine } from './dead-letter-line.js';

/** An entry that a destination cannot take, and why; the same whether a file keeps it or the queue. */
export type DeadLetter = SetAsideEntry;

/** What came of trying a dead letter once more. */
export type ReplayAttempt = RetryOutcome;

export interface ReplayOptions {
  readonly maxEntries: number;
  readonly signal: AbortSignal;
}

/** Keeps what a destination could not deliver, for a person to look at and to try once more. */
export interface DeadLetters {
  /** Durable when it resolves. */
  add(letters: readonly DeadLetter[]): Promise<void>;
  summary(): Promise<DeadLetterSummary>;
  /** Letters that went with the older file, since this process started. */
  lostCount(): number;
  /** Tries letters, oldest first; one replay at a time, a second call waits for the first. */
  replay(options: ReplayOptions, attempt: (letter: DeadLetter) => Promise<ReplayAttempt>): Promise<ReplayResult>;
}

export interface DeadLetterSettings {
  readonly path: string;
  /** Told how many letters went with an older file that had to make room. */
  readonly onLost: (count: number) => void;
  /** One older file is kept beside the current one, so that a broken sender cannot fill the disk. @default 64 MiB */
  readonly maxFileBytes?: number;
}

const DEFAULT_FILE_BYTES = 64 * 1024 * 1024;
const MAX_REASONS = 20;
const OTHER_REASONS = 'other reasons';

/** A file of JSON lines: id, tenant, content type, reason, time, payload in base64. */
export function createDeadLetters(settings: DeadLetterSettings): DeadLetters {
  return new DeadLetterFiles(settings);
}

class DeadLetterFiles implements DeadLetters {
  readonly #path: string;
  readonly #olderPath: string;
  readonly #maxFileBytes: number;
  readonly #onLost: (count: number) => void;
  /** Whatever changes or counts the files goes through here, one after the other. */
  #lane: Promise<unknown> = Promise.resolve();
  #replaying: Promise<unknown> = Promise.resolve();
  #current: FileSummary | undefined;
  #older: FileSummary | undefined;
  #lostCount = 0;

  constructor({ path, maxFileBytes = DEFAULT_FILE_BYTES, onLost }: DeadLetterSettings) {
    this.#path = path;
    this.#olderPath = `${path}.1`;
    this.#maxFileBytes = maxFileBytes;
    this.#onLost = onLost;
  }

  add(letters: readonly DeadLetter[]): Promise<void> {
    return this.#inLane(async () => {
      const { current, older } = await this.#summaries();
      if (current.bytes >= this.#maxFileBytes) {
        await moveAside(this.#path, this.#olderPath);
        this.#older = current;
        this.#current = EMPTY_FILE;
        this.#countLost(older.entries);
      }
      const before = this.#current ?? current;
      // Counted anew by whoever asks next, should the write fail in the middle.
      this.#current = undefined;
      const atMs = Date.now();
      const lines = letters.map((letter) => toLine(letter, atMs));
      const bytes = await appendLines(this.#path, lines);
      const reasons = new Map(before.reasons);
      for (const { reason } of letters) countReason(reasons, reason);
      this.#current = {
        entries: before.entries + letters.length,
        bytes,
        oldestMs: Math.min(before.oldestMs, atMs),
        reasons,
      };
    });
  }

  summary(): Promise<DeadLetterSummary> {
    return this.#inLane(async () => {
      const { current, older } = await this.#summaries();
      const oldest = Math.min(current.oldestMs, older.oldestMs);
      return {
        entries: current.entries + older.entries,
        bytes: current.bytes + older.bytes,
        oldestMs: oldest === Number.POSITIVE_INFINITY ? undefined : oldest,
        reasons: joinReasons(current.reasons, older.reasons),
      };
    });
  }

  lostCount(): number {
    return this.#lostCount;
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
    const done = new Set<string>();
    const kept: Line[] = [];
    let delivered = 0;
    let failed = 0;
    for await (const line of this.#linesOfNow()) {
      if (signal.aborted || delivered + failed >= maxEntries) break;
      const letter = parseLine(line);
      if (letter === undefined) continue;
      const outcome = await attempt(letter);
      if (outcome.kind === 'unavailable') break;
      done.add(hashOf(line));
      if (outcome.kind === 'delivered') delivered++;
      else {
        failed++;
        for (const left of outcome.letters) kept.push(toLine(left, letter.atMs));
      }
    }
    await this.#takeOut(done, kept);
    return { delivered, failed, remaining: (await this.summary()).entries };
  }

  /** Those refused again go to the end, so that the next replay begins with others. */
  async #takeOut(done: ReadonlySet<string>, kept: readonly Line[]): Promise<void> {
    if (done.size === 0) return;
    await this.#inLane(async () => {
      this.#current = undefined;
      this.#older = undefined;
      const stays = (line: Line) => parseLine(line) !== undefined && !done.has(hashOf(line));
      // What is kept is durable before the place that it was kept in goes.
      await rewriteLines(this.#path, stays, kept);
      await rewriteLines(this.#olderPath, stays, []);
    });
  }

  /** The letters that are there now, the oldest first, and none that comes meanwhile. */
  async *#linesOfNow(): AsyncGenerator<Line> {
    const files = await this.#inLane(async () => [await openLines(this.#olderPath), await openLines(this.#path)]);
    try {
      for (const file of files) yield* file.lines();
    } finally {
      for (const file of files) await file.close();
    }
  }

  async #summaries(): Promise<{ current: FileSummary; older: FileSummary }> {
    this.#current ??= await summarizeFile(this.#path);
    this.#older ??= await summarizeFile(this.#olderPath);
    return { current: this.#current, older: this.#older };
  }

  #countLost(count: number): void {
    if (count === 0) return;
    this.#lostCount += count;
    this.#onLost(count);
  }

  #inLane<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#lane.then(work);
    // The caller hears of the failure; the next in the lane is not to.
    this.#lane = result.catch(() => undefined);
    return result;
  }
}

/** Counts put together, the most frequent first; those beyond the twentieth as one. */
export function joinReasons(...all: readonly Iterable<readonly [string, number]>[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const reasons of all) {
    for (const [reason, count] of reasons) counts.set(reason, (counts.get(reason) ?? 0) + count);
  }
  const byCount = [...counts].sort((a, b) => b[1] - a[1]);
  const shown = byCount.length <= MAX_REASONS ? byCount : byCount.slice(0, MAX_REASONS - 1);
  const others = byCount.slice(shown.length).reduce((sum, [, count]) => sum + count, 0);
  return Object.fromEntries(others === 0 ? shown : [...shown, [OTHER_REASONS, others]]);
}
