import { type RingMemory, SLOT } from '../ring/layout.js';

interface Wait {
  readonly sequence: number;
  readonly resolve: () => void;
}

/** Flushes that the application awaits, by the number under which the consumer of the ring was asked for them. */
export class FlushWaits {
  readonly #slots: Int32Array;
  readonly #onIdle: () => void;
  #waits: Wait[] = [];
  #sequence = 0;

  /** @param onIdle called when nobody waits any more. */
  constructor({ slots }: RingMemory, onIdle: () => void) {
    this.#slots = slots;
    this.#onIdle = onIdle;
  }

  get isIdle(): boolean {
    return this.#waits.length === 0;
  }

  /** Asks the consumer to deliver everything that was handed over until now. It looks when it is woken. */
  ask(): number {
    // From the slot, because one host may go on where another has stopped.
    this.#sequence = Atomics.add(this.#slots, SLOT.FLUSH_REQUESTED, 1) + 1;
    return this.#sequence;
  }

  /** Resolves when that number is answered, or after `timeoutMs`. The wait keeps the process alive. */
  wait(sequence: number, timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle((wait) => wait === own), timeoutMs);
      const own: Wait = {
        sequence,
        resolve: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      this.#waits.push(own);
    });
  }

  /** The consumer has answered all up to this number. */
  answered(sequence: number): void {
    this.#settle((wait) => wait.sequence <= sequence);
  }

  /** There will be no answer. */
  giveUp(): void {
    this.#settle(() => true);
  }

  #settle(isMeant: (wait: Wait) => boolean): void {
    const done = this.#waits.filter(isMeant);
    this.#waits = this.#waits.filter((wait) => !done.includes(wait));
    for (const { resolve } of done) resolve();
    if (this.isIdle) this.#onIdle();
  }
}
