/** A span in OTLP bytes. */
export interface EncodedSpan {
  readonly bytes: Uint8Array;
  /** A hint that the span runs: outside the books, and never sent twice. */
  readonly isRunning: boolean;
  /** Label of the InstrumentationScope of a span of the OpenTelemetry bridge; ours have the SDK's. */
  readonly scopeLabel?: string | undefined;
}

/** Spans that are sent, retried and given up together. */
export interface Batch {
  /** Rises with each batch; a batch that others were joined to keeps its own, and the halves of one share it. */
  readonly sequence: number;
  readonly spans: readonly EncodedSpan[];
  readonly sizeBytes: number;
  /** Spans that the books count. */
  readonly endedCount: number;
  /** How often the backend had it and did not take it. */
  readonly attempts: number;
  /** Whether others may be joined to it: not what was sent before, and not a part of what was too large. */
  readonly canGrow: boolean;
}

export function createBatch(sequence: number, spans: readonly EncodedSpan[], canGrow = true, attempts = 0): Batch {
  let sizeBytes = 0;
  let endedCount = 0;
  for (const span of spans) {
    sizeBytes += span.bytes.length;
    if (!span.isRunning) endedCount++;
  }
  return { sequence, spans, sizeBytes, endedCount, attempts, canGrow };
}

/** Both in one, in the place of the first. */
export function joinBatches(first: Batch, second: Batch): Batch {
  return {
    sequence: first.sequence,
    spans: [...first.spans, ...second.spans],
    sizeBytes: first.sizeBytes + second.sizeBytes,
    endedCount: first.endedCount + second.endedCount,
    attempts: first.attempts,
    canGrow: first.canGrow && second.canGrow,
  };
}

/** The ended spans alone, to be sent again; `undefined` when there are none. `wasSeen` when the backend had the batch. */
export function withoutRunning(batch: Batch, wasSeen: boolean): Batch | undefined {
  const spans = batch.spans.filter((span) => !span.isRunning);
  if (spans.length === 0) return undefined;
  return createBatch(batch.sequence, spans, batch.canGrow && !wasSeen, batch.attempts + (wasSeen ? 1 : 0));
}

/** Two batches of about half the bytes each. `batch` MUST hold two spans or more. */
export function splitBatch(batch: Batch): [Batch, Batch] {
  let firstBytes = 0;
  let count = 0;
  while (count < batch.spans.length - 1 && (count === 0 || firstBytes < batch.sizeBytes / 2)) {
    firstBytes += batch.spans[count]?.bytes.length ?? 0;
    count++;
  }
  return [
    createBatch(batch.sequence, batch.spans.slice(0, count), false),
    createBatch(batch.sequence, batch.spans.slice(count), false),
  ];
}

/** Collects spans up to a size, and knows how long the oldest has waited. */
export class BatchBuilder {
  readonly #targetBytes: number;
  readonly #maxAgeMs: number;
  #spans: EncodedSpan[] = [];
  #sizeBytes = 0;
  #openedAtMs = 0;
  #nextSequence = 1;

  /**
   * @param targetBytes a batch is closed before it would pass this; a span that is larger goes alone.
   * @param maxAgeMs how long the first span of a batch waits for others.
   */
  constructor(targetBytes: number, maxAgeMs: number) {
    this.#targetBytes = targetBytes;
    this.#maxAgeMs = maxAgeMs;
  }

  get isEmpty(): boolean {
    return this.#spans.length === 0;
  }

  /** Sequence of the batch that was sealed last; 0 before the first. */
  get lastSequence(): number {
    return this.#nextSequence - 1;
  }

  /** Whether this many bytes more would make the open batch too large. */
  wouldOverflow(sizeBytes: number): boolean {
    return !this.isEmpty && this.#sizeBytes + sizeBytes > this.#targetBytes;
  }

  add(span: EncodedSpan, nowMs: number): void {
    if (this.isEmpty) this.#openedAtMs = nowMs;
    this.#spans.push(span);
    this.#sizeBytes += span.bytes.length;
  }

  /** Whether the open batch is full, or has waited long enough. */
  isDue(nowMs: number): boolean {
    if (this.isEmpty) return false;
    return this.#sizeBytes >= this.#targetBytes || nowMs - this.#openedAtMs >= this.#maxAgeMs;
  }

  /** Closes the open batch; `undefined` when it is empty. */
  seal(): Batch | undefined {
    if (this.isEmpty) return undefined;
    const batch = createBatch(this.#nextSequence++, this.#spans);
    this.#spans = [];
    this.#sizeBytes = 0;
    return batch;
  }
}
