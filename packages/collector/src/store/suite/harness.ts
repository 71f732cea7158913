import type { Store } from '../contract.js';

/** One data folder (or database) and the stores that are opened on it, one at a time. */
export interface StoreHarness {
  /** Whether the store keeps the queue's cursor. Without it `cursor()` MUST give `undefined`, whatever is written. */
  readonly keepsCursor: boolean;
  open(): Promise<Store>;
  /** Ends the opened store as a crash would: no call of it finishes, nothing is tidied up. */
  crash(): Promise<void>;
  /** Closes what is open and removes the folder. */
  dispose(): Promise<void>;
}

export type CreateHarness = () => Promise<StoreHarness>;
