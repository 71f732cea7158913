import type { InstrumentationScope, Resource } from '@slipstream/wire';
import { COUNT } from '../ring/layout.js';
import { type Batch, splitBatch, withoutRunning } from './batch.js';
import type { Books, WorkerDropReason } from './books.js';
import type { Clock } from './clock.js';
import type { DropLog } from './drop-log.js';
import type { ReachabilityLog } from './reachability-log.js';
import { type Backoff, judge, type Verdict } from './retry.js';
import type { RetryBuffer } from './retry-buffer.js';
import { assembleBatch } from './scope-groups.js';
import type { Transport, TransportOutcome } from './transport.js';

/** A collector on the same machine has the same cores: more requests at once only queue there. */
const LOOPBACK_CONCURRENCY = 2;
const REMOTE_CONCURRENCY = 4;

export interface SenderParts {
  readonly transport: Transport;
  readonly buffer: RetryBuffer;
  readonly backoff: Backoff;
  readonly books: Books;
  readonly clock: Clock;
  readonly dropLog: DropLog;
  readonly reachabilityLog: ReachabilityLog;
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
  /** Called after each answer or failure, when everything is booked. */
  readonly onSettled: () => void;
}

/**
 * Sends batches, a few at a time; after a failure one at a time, until the backend answers again. Each ended span
 * that is enqueued is booked exactly once: delivered, or dropped with its reason.
 */
export class Sender {
  readonly #parts: SenderParts;
  readonly #concurrency: number;
  #hasMetCollector = false;

  constructor(parts: SenderParts) {
    this.#parts = parts;
    this.#concurrency = parts.transport.isLoopback ? LOOPBACK_CONCURRENCY : REMOTE_CONCURRENCY;
  }

  /** Whether an answer has shown that the backend is a Slipstream collector. */
  get hasMetCollector(): boolean {
    return this.#hasMetCollector;
  }

  /** Whether the last request failed, and is to be tried again. */
  get isFailing(): boolean {
    return this.#parts.backoff.isFailing;
  }

  enqueue(batch: Batch): void {
    for (const dropped of this.#parts.buffer.add(batch)) this.#drop('retry_buffer_full', dropped);
  }

  /** Starts what may be started now. */
  dispatch(): void {
    const { buffer, backoff, clock } = this.#parts;
    while (backoff.isReady(clock.monotonicMs())) {
      const limit = backoff.isFailing ? 1 : this.#concurrency;
      if (buffer.inFlightCount >= limit) return;
      const batch = buffer.take();
      if (batch === undefined) return;
      void this.#send(batch);
    }
  }

  async #send(batch: Batch): Promise<void> {
    const { transport, books, clock, resource, scope } = this.#parts;
    books.add(COUNT.REQUESTS);
    const outcome = await transport.post({
      target: 'traces',
      body: assembleBatch(resource, scope, batch.spans),
      contentType: 'application/x-protobuf',
    });
    this.#noteCollector(outcome);
    this.#settle(batch, judge(outcome, clock.wallMs()));
  }

  #noteCollector(outcome: TransportOutcome): void {
    if (outcome.kind === 'answered') this.#hasMetCollector = outcome.isCollector;
  }

  #settle(batch: Batch, verdict: Verdict): void {
    const { books, buffer } = this.#parts;
    buffer.settle(batch);
    if (verdict.kind !== 'delivered') books.add(COUNT.FAILED_REQUESTS);
    if (verdict.kind === 'retry') this.#retry(batch, verdict);
    else this.#conclude(batch, verdict);
    this.dispatch();
    this.#parts.onSettled();
  }

  #retry(batch: Batch, verdict: Extract<Verdict, { kind: 'retry' }>): void {
    const { backoff, clock, reachabilityLog } = this.#parts;
    const nowMs = clock.monotonicMs();
    backoff.failed(nowMs, verdict.afterMs);
    reachabilityLog.failed(verdict.reason, nowMs);
    const again = withoutRunning(batch, verdict.wasSeen);
    if (again !== undefined) this.enqueue(again);
  }

  /** The backend has answered for good, in one way or the other: it is there. */
  #conclude(batch: Batch, verdict: Exclude<Verdict, { kind: 'retry' }>): void {
    const { backoff, books, clock, dropLog, reachabilityLog } = this.#parts;
    backoff.succeeded();
    reachabilityLog.succeeded(clock.monotonicMs());
    if (verdict.kind === 'split') {
      this.#split(batch);
    } else if (verdict.kind === 'rejected') {
      dropLog.explain(verdict.drop, verdict.reason);
      this.#drop(verdict.drop, batch);
    } else {
      const rejected = Math.min(verdict.rejectedCount, batch.endedCount);
      if (rejected > 0) dropLog.explain('rejected', 'partial success');
      books.drop('rejected', rejected);
      books.add(COUNT.DELIVERED, batch.endedCount - rejected);
    }
  }

  #split(batch: Batch): void {
    const ended = withoutRunning(batch, true);
    if (ended === undefined) return;
    if (ended.spans.length < batch.spans.length) this.enqueue(ended);
    else if (ended.spans.length === 1) this.#drop('too_large', ended);
    else for (const half of splitBatch(ended)) this.enqueue(half);
  }

  #drop(reason: WorkerDropReason, batch: Batch): void {
    this.#parts.books.drop(reason, batch.endedCount);
  }
}
