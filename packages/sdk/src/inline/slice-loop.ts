import { writeLog } from '../worker/log.js';
import type { Pipeline } from '../worker/pipeline.js';
import { untraced } from './untraced.js';

/**
 * Between two slices while there is more to do. With slices of a millisecond at most a fifth of the thread's time is
 * ours, which still is some ten thousand spans a second; more than that fills the ring, and is counted.
 */
const PAUSE_MS = 4;

/** Ticks a pipeline in short slices, in the pauses of a thread that has other work. Its timers keep nothing alive. */
export class SliceLoop {
  readonly #pipeline: Pipeline;
  readonly #intervalMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isHurried = false;
  #hasFailed = false;

  constructor(pipeline: Pipeline, intervalMs: number) {
    this.#pipeline = pipeline;
    this.#intervalMs = intervalMs;
  }

  /** Looks soon: never within the caller's own turn, which is the application's. */
  run(): void {
    untraced(() => this.#schedule(0));
  }

  /** While somebody awaits a flush there are no pauses. */
  hurry(isHurried: boolean): void {
    this.#isHurried = isHurried;
    if (isHurried) this.run();
  }

  #slice = (): void => {
    untraced(() => {
      const hasMore = this.#tick();
      if (this.#pipeline.isDone) return;
      if (hasMore) this.#schedule(this.#isHurried ? 0 : PAUSE_MS);
      else this.#schedule(this.#intervalMs);
    });
  };

  #schedule(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#slice, delayMs);
    // A number in runtimes other than Node.
    (this.#timer as { unref?(): unknown }).unref?.();
  }

  #tick(): boolean {
    try {
      return this.#pipeline.tick();
    } catch (error) {
      // A defect of ours, which must not become the application's; told once.
      if (!this.#hasFailed) writeLog(`a slice failed: ${error instanceof Error ? error.name : 'unknown'}`);
      this.#hasFailed = true;
      return false;
    }
  }
}
