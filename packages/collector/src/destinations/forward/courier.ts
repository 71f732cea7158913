import type { DeadLetter } from '../dead-letters.js';
import type { HttpClient, HttpOutcome, HttpRequest } from './http-client.js';
import type { ForwardTarget } from './target.js';
import { judge, type Verdict } from './verdict.js';

/** What an accepting answer says of the items of a request. */
export interface Settlement<Item> {
  /** Taken in part: so many are lost, and MUST NOT be sent again. */
  readonly rejectedCount: number;
  /** What the backend said of it; `''` for nothing. */
  readonly message: string;
  /** Refused one by one, and why. */
  readonly refused: readonly (readonly [Item, string])[];
  /** To be sent again. */
  readonly again: readonly Item[];
}

/** A kind of thing that is sent: spans, or scores. */
export interface Cargo<Item> {
  readonly what: 'spans' | 'scores';
  toRequest(items: readonly Item[]): HttpRequest;
  settle(body: Buffer, items: readonly Item[]): Settlement<Item>;
  readRefusal(body: Buffer, contentType: string): string;
  toLetter(items: readonly Item[], reason: string): DeadLetter;
}

/** What is to happen to items on their way; the loop waits and buries, a replay does neither. */
export interface CourierPolicy<Item> {
  readonly signal: AbortSignal;
  /** Told of each answer that takes items, with how many were taken. */
  onAccepted(takenCount: number, settlement: Settlement<Item>): void;
  /** The backend is away, or refuses us. `true` when it is to be tried again. */
  onUnavailable(verdict: Extract<Verdict, { kind: 'retry' | 'misconfigured' }>, items: readonly Item[]): Promise<Wait>;
  /** The items can never be delivered. `false` where they are not durably kept. */
  onRefused(items: readonly Item[], reason: string): Promise<boolean>;
}

/** What to do with items whose backend is away. */
export type Wait = 'again' | 'bury' | 'give_up';

/** So many refusals in a row without one acceptance say that it is not one item that is at fault. */
const MAX_FRUITLESS_SPLITS = 32;

/** How the delivery of one batch goes. */
interface Progress {
  refusals: number;
  acceptances: number;
}

/** Sends items and finds out, by splitting, which of them a backend does not take. */
export class Courier<Item> {
  readonly #client: HttpClient;
  readonly #target: ForwardTarget;
  readonly #cargo: Cargo<Item>;

  constructor(client: HttpClient, target: ForwardTarget, cargo: Cargo<Item>) {
    this.#client = client;
    this.#target = target;
    this.#cargo = cargo;
  }

  /** `true` when every item is delivered, rejected or kept elsewhere; `false` where it was given up before that. */
  deliver(items: readonly Item[], policy: CourierPolicy<Item>): Promise<boolean> {
    return this.#deliver(items, policy, { refusals: 0, acceptances: 0 });
  }

  async #deliver(items: readonly Item[], policy: CourierPolicy<Item>, progress: Progress): Promise<boolean> {
    let rest = items;
    while (rest.length > 0) {
      if (policy.signal.aborted) return false;
      const verdict = this.#judge(await this.#client.post(this.#cargo.toRequest(rest), policy.signal));
      if (policy.signal.aborted && verdict.kind !== 'accepted') return false;
      switch (verdict.kind) {
        case 'accepted': {
          progress.acceptances++;
          const again = await this.#accept(rest, verdict.body, policy);
          if (again === undefined) return false;
          rest = again;
          break;
        }
        case 'retry':
        case 'misconfigured': {
          const wait = await policy.onUnavailable(verdict, rest);
          if (wait === 'bury') return policy.onRefused(rest, `too old; last: ${verdict.reason}`);
          if (wait === 'give_up') return false;
          break;
        }
        case 'divisible':
          return this.#divide(rest, verdict.reason, policy, progress);
        case 'refused':
          return policy.onRefused(rest, verdict.reason);
      }
    }
    return true;
  }

  /** What is to be sent again; `undefined` where something could not be kept. */
  async #accept(
    items: readonly Item[],
    body: Buffer,
    policy: CourierPolicy<Item>,
  ): Promise<readonly Item[] | undefined> {
    const settlement = this.#cargo.settle(body, items);
    const { rejectedCount, refused, again } = settlement;
    policy.onAccepted(items.length - rejectedCount - refused.length - again.length, settlement);
    for (const [item, reason] of refused) if (!(await policy.onRefused([item], reason))) return undefined;
    if (again.length === 0) return again;
    const wait = await policy.onUnavailable(
      { kind: 'retry', reason: 'some were not taken', afterMs: undefined },
      again,
    );
    if (wait === 'give_up') return undefined;
    if (wait === 'again') return again;
    return (await policy.onRefused(again, 'too old; not taken')) ? [] : undefined;
  }

  async #divide(
    items: readonly Item[],
    reason: string,
    policy: CourierPolicy<Item>,
    progress: Progress,
  ): Promise<boolean> {
    progress.refusals++;
    const isFruitless = progress.acceptances === 0 && progress.refusals > MAX_FRUITLESS_SPLITS;
    if (items.length === 1 || isFruitless) return policy.onRefused(items, reason);
    const half = Math.ceil(items.length / 2);
    if (!(await this.#deliver(items.slice(0, half), policy, progress))) return false;
    return this.#deliver(items.slice(half), policy, progress);
  }

  #judge(outcome: HttpOutcome): Verdict {
    return judge(outcome, this.#target, (body, contentType) => this.#cargo.readRefusal(body, contentType), Date.now());
  }
}
