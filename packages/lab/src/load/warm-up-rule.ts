import { type WarmUpRule, warmUpRule } from '../sample/warm-up.js';

/** Long enough for a median at the loads that the scenarios have (40 requests at 400 a second). */
const SLICE_MS = 100;
/** The rule compares five slices with the five before them. */
const LEAST_COMPARABLE_SLICES = 10;

/** A server's warm-up in slices; one too short to be compared is taken as it is configured. */
export function loadWarmUpRule(warmupMs: number): { readonly sliceMs: number; readonly rule: WarmUpRule } {
  const slices = Math.max(1, Math.round(warmupMs / SLICE_MS));
  const isComparable = slices >= LEAST_COMPARABLE_SLICES;
  return {
    sliceMs: warmupMs / slices,
    rule: isComparable ? warmUpRule(slices) : { leastCycles: slices, mostCycles: slices },
  };
}
