import { setTimeout as delay } from 'node:timers/promises';
import type { QueueEntry, QueueReader } from '../../queue/contract.js';
import { type Backoff, createBackoff } from './backoff.js';
import type { DeliveryState } from './delivery-state.js';

/** What a destination does with entries. One call at a time. */
export interface Deliverer {
  /**
   * Takes the entries over and deals with them, and with what it still holds of earlier ones; none come where the time
   * of `wakeAtMs` has passed, or the call before rejected. Gives the id up to which everything is delivered or durably
   * buried, or `undefined` where that is not known. Goes on for as long as it takes, until the state is abandoned.
   */
  deliver(entries: readonly QueueEntry[]): Promise<number | undefined>;
  /** When it is to be called although nothing came, by `performance.now()`; infinite for never. */
  wakeAtMs(): number;
}

export interface DeliveryLoopSettings {
  readonly state: DeliveryState;
  readonly deliverer: Deliverer;
  readonly openReader: () => Promise<QueueReader>;
  readonly maxBatchBytes: number;
  /** Deliveries begin no closer together than this; what is there after a rest is delivered at once. */
  readonly minIntervalMs: number;
  readonly firstRetryMs: number;
  readonly lastRetryMs: number;
  /**
   * Whether the next delivery may begin while the place in the queue is still being recorded, which waits for a disk. Only
   * for a queue that can be read meanwhile. @default false
   */
  readonly overlapsCommits?: boolean;
}

const NO_WAIT = AbortSignal.abort();
const COMMIT_RETRY_MS = 1000;
/** A batch that is so full goes at once: entries seldom fill one to the last byte, and waiting would bring little more. */
const FULL_SHARE = 0.75;
/** Node takes a longer wait for none. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Reads the queue for one destination, hands over what comes, and commits what is dealt with. */
export class DeliveryLoop {
  readonly #settings: DeliveryLoopSettings;
  readonly #backoff: Backoff;
  #reader: QueueReader | undefined;
  #running: Promise<void> | undefined;
  #lastStartAt = Number.NEGATIVE_INFINITY;
  /** Dealt with, and not recorded so far. */
  #uncommittedId: number | undefined;
  #commitAt = Number.POSITIVE_INFINITY;
  /** Never rejects. */
  #committing: Promise<void> = Promise.resolve();

  constructor(settings: DeliveryLoopSettings) {
    this.#settings = settings;
    this.#backoff = createBackoff(settings.firstRetryMs, settings.lastRetryMs);
  }

  /** Resolves when the loop runs; where the queue cannot be opened now, the loop tries again. */
  async start(): Promise<void> {
    try {
      this.#reader = await this.#settings.openReader();
    } catch (error) {
      this.#settings.state.fail(error);
    }
    this.#running = this.#run();
  }

  async stop(deadlineMs: number): Promise<void> {
    const { state } = this.#settings;
    state.beginToStop();
    const finished = new AbortController();
    const deadline = delay(deadlineMs, undefined, { signal: finished.signal }).catch(() => undefined);
    await Promise.race([this.#running, deadline]);
    finished.abort();
    state.abandon();
  }

  /** After `stop` it goes on until the queue is empty: `read` then gives nothing, since its signal is aborted. */
  async #run(): Promise<void> {
    const { state } = this.#settings;
    while (!state.isAbandoned) {
      try {
        this.#reader ??= await this.#settings.openReader();
        const entries = await this.#nextEntries(this.#reader);
        if (entries === undefined) break;
        await this.#deliver(this.#reader, entries);
        this.#backoff.reset();
      } catch (error) {
        // The queue could not be read: the reader keeps its place, and the next round tries it again.
        state.fail(error);
        await state.pause(this.#backoff.nextMs());
      }
    }
    await this.#committing;
  }

  async #deliver(reader: QueueReader, entries: readonly QueueEntry[]): Promise<void> {
    const { state, deliverer } = this.#settings;
    this.#lastStartAt = performance.now();
    let rest = entries;
    while (!state.isAbandoned) {
      try {
        const settledId = await deliverer.deliver(rest);
        // One at a time, and in order.
        await this.#committing;
        if (!state.isAbandoned) this.#committing = this.#commit(reader, settledId);
        if (!this.#settings.overlapsCommits) await this.#committing;
        return;
      } catch (error) {
        // It has taken the entries over, and goes on with them.
        rest = [];
        state.fail(error);
        await state.pause(this.#backoff.nextMs());
      }
    }
  }

  /** Whatever is there at once when the last delivery is long past, else what gathers until the next may start. */
  async #nextEntries(reader: QueueReader): Promise<readonly QueueEntry[] | undefined> {
    const { state, maxBatchBytes, minIntervalMs } = this.#settings;
    const first = (await this.#readBacklog(reader)) ?? (await this.#read(reader));
    const restBytes = maxBatchBytes - payloadBytes(first ?? []);
    const waitMs = this.#lastStartAt + minIntervalMs - performance.now();
    const isFull = restBytes <= maxBatchBytes * (1 - FULL_SHARE);
    if (first === undefined || first.length === 0 || waitMs <= 0 || isFull) return first;
    await state.pause(waitMs);
    try {
      return [...first, ...(await reader.read(restBytes, NO_WAIT))];
    } catch {
      // The next round meets the same fault and reports it; what has been read must not be lost to it.
      return first;
    }
  }

  /** What is there already, while a commit goes on; without any, that is waited for, as it may have failed. */
  async #readBacklog(reader: QueueReader): Promise<readonly QueueEntry[] | undefined> {
    const { state, deliverer, maxBatchBytes, overlapsCommits } = this.#settings;
    if (!overlapsCommits || state.isStopping || deliverer.wakeAtMs() <= performance.now()) return undefined;
    const entries = await reader.read(maxBatchBytes, NO_WAIT);
    if (entries.length > 0) return entries;
    await this.#committing;
    return undefined;
  }

  /** `[]` when the deliverer is to be woken, `undefined` when nothing more will come. */
  async #read(reader: QueueReader): Promise<readonly QueueEntry[] | undefined> {
    const { state, deliverer, maxBatchBytes } = this.#settings;
    const wakeAt = Math.min(deliverer.wakeAtMs(), this.#commitAt);
    const waiting = new AbortController();
    const wake = () => waiting.abort();
    let isTimeUp = false;
    const onTime = () => {
      isTimeUp = true;
      wake();
    };
    const waitMs = Math.min(MAX_TIMER_MS, wakeAt - performance.now());
    const timer = wakeAt === Number.POSITIVE_INFINITY ? undefined : setTimeout(onTime, waitMs);
    state.stopSignal.addEventListener('abort', wake, { once: true });
    if (state.isStopping) wake();
    try {
      const entries = await reader.read(maxBatchBytes, waiting.signal);
      return entries.length > 0 || (isTimeUp && !state.isStopping) ? entries : undefined;
    } finally {
      clearTimeout(timer);
      state.stopSignal.removeEventListener('abort', wake);
    }
  }

  async #commit(reader: QueueReader, settledId: number | undefined): Promise<void> {
    const id = settledId ?? this.#uncommittedId;
    if (id === undefined) return;
    try {
      await reader.commit(id);
      if (this.#uncommittedId !== undefined) this.#settings.state.succeed();
      this.#uncommittedId = undefined;
      this.#commitAt = Number.POSITIVE_INFINITY;
    } catch (error) {
      // Nothing is lost by it: what was delivered would be delivered again after a restart.
      this.#settings.state.fail(error);
      this.#uncommittedId = id;
      this.#commitAt = performance.now() + COMMIT_RETRY_MS;
    }
  }
}

function payloadBytes(entries: readonly QueueEntry[]): number {
  return entries.reduce((sum, { payload }) => sum + payload.byteLength, 0);
}
