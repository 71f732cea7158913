import type { ArmBooks } from '../arms/contract.js';

/** A library's books beside the lab's own count of the spans that it was given, both from the start of the process. */
export interface SampleBooks extends ArmBooks {
  readonly offered: number;
}

/** Tells whether the books account for each span that was made, and for no other. */
export function isBalanced({ offered, started, open, sampledOut, pending, delivered, dropped }: SampleBooks): boolean {
  const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  return offered === started && started === open + sampledOut + pending + delivered + lost;
}
