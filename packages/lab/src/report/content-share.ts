import { describeArm } from '../arms/registry.js';
import type { ArmSummary } from './model.js';

/** What a wire format adds is always more than this leaves out. */
const COMPLETE_SHARE = 0.97;

/**
 * The part of the captured text that reached the sink, where an arm that captures delivered less than all of it: a
 * library that cut or lost its values did less than its figures seem to say. Undefined where nothing is missing.
 */
export function contentShare({ arm, metrics }: ArmSummary): number | undefined {
  const { bodyBytesPerSpan, textPerSpan } = metrics;
  if (!describeArm(arm).captures || bodyBytesPerSpan === undefined || textPerSpan === undefined) return undefined;
  const share = bodyBytesPerSpan.median / textPerSpan.median;
  return share < COMPLETE_SHARE ? share : undefined;
}

/** A library that lost spans or cut what it captured did less than its figures seem to say. */
export function didLess(summary: ArmSummary): boolean {
  return summary.lossy > 0 || contentShare(summary) !== undefined;
}
