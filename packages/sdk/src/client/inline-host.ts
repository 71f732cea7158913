import type { RingMemory } from '../ring/layout.js';
import { SLOT } from '../ring/layout.js';
import { warn } from '../runtime.js';
import type { WorkerSettings } from '../worker/protocol.js';
import { FlushWaits } from './flush-waits.js';
import type { Host } from './host.js';

/** What of the inline pipeline is needed here; it is loaded apart, since nearly every application has a worker. */
interface InlineLoop {
  run(): void;
  hurry(isHurried: boolean): void;
}

/** Delivery on the application's own thread, in its pauses. */
export class InlineHost implements Host {
  readonly runsWhileBlocked = false;
  readonly #memory: RingMemory;
  readonly #flushes: FlushWaits;
  #loop: InlineLoop | undefined;
  #hasFailed = false;

  constructor(memory: RingMemory, settings: WorkerSettings) {
    this.#memory = memory;
    this.#flushes = new FlushWaits(memory, () => this.#loop?.hurry(false));
    void this.#load(settings);
  }

  wake = (): void => {
    this.#loop?.run();
  };

  flush(timeoutMs: number): Promise<void> {
    if (this.#hasFailed) return Promise.resolve();
    const wait = this.#flushes.wait(this.#flushes.ask(), timeoutMs);
    this.#loop?.hurry(true);
    return wait;
  }

  close(): void {
    Atomics.store(this.#memory.slots, SLOT.CLOSING, 1);
    this.#flushes.ask();
    this.wake();
  }

  waitUntilDrained(): void {
    // A request needs this thread's event loop, which does not turn while it waits.
  }

  async #load(settings: WorkerSettings): Promise<void> {
    try {
      const { startInline } = await import('../inline/entry.js');
      this.#loop = startInline(settings, (reply) => this.#flushes.answered(reply.sequence));
      if (!this.#flushes.isIdle) this.#loop.hurry(true);
    } catch (error) {
      this.#hasFailed = true;
      this.#flushes.giveUp();
      const reason = error instanceof Error ? error.message : String(error);
      warn(`Slipstream cannot deliver from this thread, so spans are dropped: ${reason}`, 'SLIPSTREAM_NO_TRANSPORT');
    }
  }
}
