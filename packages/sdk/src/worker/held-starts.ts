import type { SpanRecord } from './record-reader.js';

/** More open spans than this at once are a leak of spans that never end, not work. */
export const MAX_HELD_STARTS = 100_000;

/** Inputs of open spans. Above it the worker's heap, not the application's answers, would be what tracing costs. */
export const MAX_HELD_BYTES = 64 * 1024 * 1024;

export interface HeldStartsLimits {
  readonly maxCount: number;
  readonly maxBytes: number;
}

/**
 * START records that wait for their END, by span id. Bounded by count and bytes: over a bound the oldest is given
 * up, so that its span arrives without its input.
 */
export class HeldStarts {
  readonly #limits: HeldStartsLimits;
  readonly #onGivenUp: () => void;
  readonly #bySpanId = new Map<string, SpanRecord>();
  /** Spans that will come without the input that was given up. */
  readonly #givenUp = new Set<string>();
  #bytes = 0;

  /** @param onGivenUp called for each input that is lost so. */
  constructor(
    onGivenUp: () => void,
    limits: HeldStartsLimits = { maxCount: MAX_HELD_STARTS, maxBytes: MAX_HELD_BYTES },
  ) {
    this.#onGivenUp = onGivenUp;
    this.#limits = limits;
  }

  get size(): number {
    return this.#bySpanId.size;
  }

  hold(record: SpanRecord): void {
    this.take(record.spanId);
    this.#bySpanId.set(record.spanId, record);
    this.#bytes += record.sizeBytes;
    while (this.#bySpanId.size > this.#limits.maxCount || this.#bytes > this.#limits.maxBytes) this.#giveUpOldest();
  }

  /** The START of this span, which is held no longer. */
  take(spanId: string): SpanRecord | undefined {
    const record = this.#bySpanId.get(spanId);
    if (record === undefined) return undefined;
    this.#bySpanId.delete(spanId);
    this.#bytes -= record.sizeBytes;
    return record;
  }

  /** Whether this span's input was given up; asked once, when it ends. */
  takeLoss(spanId: string): boolean {
    return this.#givenUp.delete(spanId);
  }

  #giveUpOldest(): void {
    const record = first(this.#bySpanId.values());
    if (record === undefined) return;
    this.take(record.spanId);
    if (record.fields.input === undefined) return;
    this.#onGivenUp();
    this.#givenUp.add(record.spanId);
    const oldest = this.#givenUp.size > this.#limits.maxCount ? first(this.#givenUp.values()) : undefined;
    if (oldest !== undefined) this.#givenUp.delete(oldest);
  }
}

/** Maps and sets iterate in the order of insertion: the oldest. */
function first<T>(values: IterableIterator<T>): T | undefined {
  for (const value of values) return value;
  return undefined;
}
