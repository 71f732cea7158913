import { WireError } from '../errors.js';
import type { ReadLimits } from './messages.js';

export const DEFAULT_READ_LIMITS: ReadLimits = {
  maxDepth: 16,
  maxSpanCount: 100_000,
  maxAttributeCount: 4_096,
  maxNodeCount: 4_000_000,
};

/** A message with lists of its own takes about as much memory as this many plain values. */
const CONTAINER_NODES = 10;

/**
 * What the reading of one body may still use. Two bytes on the wire can become a hundred in memory, so that bounding
 * the body alone does not bound what it turns into.
 */
export class ReadBudget {
  readonly limits: ReadLimits;
  private nodeCount = 0;
  private spanCount = 0;

  constructor(limits: Partial<ReadLimits> | undefined) {
    this.limits = { ...DEFAULT_READ_LIMITS, ...limits };
  }

  /** @throws WireError `too_many_nodes`, which no single span answers for. */
  countNode(): void {
    this.nodeCount += 1;
    if (this.nodeCount > this.limits.maxNodeCount) throw this.tooManyNodes();
  }

  /** @throws WireError `too_many_nodes`. */
  countContainer(): void {
    this.nodeCount += CONTAINER_NODES;
    if (this.nodeCount > this.limits.maxNodeCount) throw this.tooManyNodes();
  }

  /** @throws WireError `too_many_spans` or `too_many_nodes`. */
  countSpan(): void {
    this.spanCount += 1;
    if (this.spanCount > this.limits.maxSpanCount) {
      throw new WireError('too_many_spans', `more than ${this.limits.maxSpanCount} spans in one body`);
    }
    this.countContainer();
  }

  /** @throws WireError `too_many_attributes` where a list that has `count` elements is to get one more. */
  checkListCount(count: number, what: string): void {
    if (count >= this.limits.maxAttributeCount) {
      throw new WireError('too_many_attributes', `more than ${this.limits.maxAttributeCount} ${what}`);
    }
  }

  /** @throws WireError `too_deep` for a value inside `depth` arrays or lists. */
  checkDepth(depth: number): void {
    if (depth > this.limits.maxDepth) {
      throw new WireError('too_deep', `an attribute is nested deeper than ${this.limits.maxDepth} levels`);
    }
  }

  private tooManyNodes(): WireError {
    return new WireError('too_many_nodes', `more than ${this.limits.maxNodeCount} values in one body`);
  }
}
