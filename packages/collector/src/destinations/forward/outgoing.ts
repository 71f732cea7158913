import type { DeliveryState } from '../delivery/delivery-state.js';
import type { Courier } from './courier.js';
import type { Unsendable } from './entry-reading.js';
import type { LivePolicy } from './live-policy.js';

/** One way out: what waits for it, how it is sent, and how much of it makes one request. */
export interface Lane<Item extends { readonly bornAtMs: number }> {
  readonly courier: Courier<Item>;
  readonly policy: LivePolicy<Item>;
  countFitting(items: readonly Item[]): number;
}

/** What has been read from the queue and is still to be sent, in its order. */
export class LaneBuffer<Item extends { readonly bornAtMs: number }> {
  readonly #lane: Lane<Item>;
  readonly #state: DeliveryState;
  #items: Item[] = [];

  constructor(lane: Lane<Item>, state: DeliveryState) {
    this.#lane = lane;
    this.#state = state;
  }

  add(items: readonly Item[]): void {
    this.#items = this.#items.length === 0 ? [...items] : [...this.#items, ...items];
  }

  /** Resolves with `true` when everything is delivered, rejected or durably buried, `false` where it was given up. */
  async empty(): Promise<boolean> {
    while (this.#items.length > 0) {
      const batch = this.#items.slice(0, this.#lane.countFitting(this.#items));
      if (!(await this.#send(batch))) return false;
      this.#items = this.#items.slice(batch.length);
      await this.#lane.policy.endBatch();
    }
    return true;
  }

  #send(batch: readonly Item[]): Promise<boolean> {
    const { courier, policy } = this.#lane;
    // Where the backend is away anyway, what is too old need not ask it first.
    if (this.#state.isFaulty && policy.isTooOld(batch)) return policy.onRefused(batch, 'too old; the backend is away');
    return courier.deliver(batch, policy);
  }
}

/** What can never be sent and is to be buried. */
export class BurialBuffer {
  readonly #state: DeliveryState;
  #unsendable: Unsendable[] = [];

  constructor(state: DeliveryState) {
    this.#state = state;
  }

  add(unsendable: readonly Unsendable[]): void {
    this.#unsendable = [...this.#unsendable, ...unsendable];
  }

  async empty(): Promise<boolean> {
    if (this.#unsendable.length === 0) return true;
    const spanCount = this.#unsendable.reduce((sum, each) => sum + each.spanCount, 0);
    const isBuried = await this.#state.bury(
      this.#unsendable.map(({ letter }) => letter),
      spanCount,
    );
    if (isBuried) this.#unsendable = [];
    return isBuried;
  }
}
