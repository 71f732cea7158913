import { setTimeout as delay } from 'node:timers/promises';
import { queueUnavailable } from '../../errors.js';
import type { QueueEntry, QueueReader } from '../contract.js';
import type { DeadStream } from './dead-stream.js';
import { type DecodedEntry, decodeEntry } from './entry-codec.js';
import type { RedisOutcome } from './fault.js';
import { Intake } from './intake.js';
import type { RedisLink } from './link.js';
import type { PendingList, RawEntry } from './pending-list.js';
import type { RedisTiming } from './timing.js';

export interface StreamReaderSettings {
  readonly group: string;
  readonly consumer: string;
  /** Ours alone: it blocks. */
  readonly ownLink: RedisLink;
  readonly controlLink: RedisLink;
  readonly pending: PendingList;
  readonly dead: DeadStream;
  readonly timing: RedisTiming;
  /** The most that may come out of one payload. */
  readonly maxInflatedBytes: number;
  readonly isClosed: () => boolean;
  readonly onNotice: (line: string) => void;
}

interface FetchedEntry extends RawEntry {
  decoding?: Promise<DecodedEntry>;
}

/** So many payloads are unpacked at once, on the threads that Node has for it; each may be as large as the limit. */
const DECODED_AHEAD = 4;
/** How long an aborted read waits for the answer that Redis owes it. */
const ABORT_GRACE_MS = 500;
const NO_WAIT = AbortSignal.abort();

/**
 * A destination's share of the stream. Entries are in hand from when Redis gave them until they are acknowledged:
 *
 * ```
 *        intake                 read                commit
 * Redis ───────▶ fetched (raw) ──────▶ given (1 2 3) ──────▶ acknowledged
 *                └────────── in hand: renewed ─────┘
 * ```
 */
export class StreamReader implements QueueReader {
  readonly #settings: StreamReaderSettings;
  readonly #intake: Intake;
  /** In Redis' order, not given yet. */
  readonly #fetched: FetchedEntry[] = [];
  /** Given and not acknowledged, by rising id. */
  #given: { readonly id: number; readonly streamId: string }[] = [];
  readonly #inHand = new Set<string>();
  #nextId = 1;
  #committedId = 0;
  #fetching: Promise<void> | undefined;
  #acknowledging: Promise<unknown> = Promise.resolve();
  readonly #renewTimer: NodeJS.Timeout;
  #renewing: Promise<void> | undefined;

  constructor(settings: StreamReaderSettings) {
    this.#settings = settings;
    this.#intake = new Intake({
      ...settings,
      inHand: this.#inHand,
      onLost: () => this.#forget(),
    });
    this.#renewTimer = setInterval(() => {
      this.#renewing ??= this.#renew().finally(() => {
        this.#renewing = undefined;
      });
    }, settings.timing.renewMs);
    this.#renewTimer.unref();
  }

  async read(maxBytes: number, signal: AbortSignal): Promise<readonly QueueEntry[]> {
    for (;;) {
      if (this.#settings.isClosed()) return [];
      if (this.#fetched.length > 0) {
        const entries: QueueEntry[] = [];
        await this.#give(maxBytes, entries);
        await this.#fillUp(maxBytes, entries);
        if (entries.length > 0) return entries;
        continue;
      }
      const isDone = await this.#fetch(maxBytes, signal);
      if (this.#fetched.length === 0 && (signal.aborted || !isDone)) return [];
    }
  }

  commit(id: number): Promise<void> {
    this.#committedId = Math.max(this.#committedId, id);
    return this.#acknowledge();
  }

  /** Stops, and gives back what is in hand. */
  async close(): Promise<void> {
    const { controlLink, pending, timing } = this.#settings;
    clearInterval(this.#renewTimer);
    if (this.#fetching !== undefined) void this.#intake.unblock();
    await this.#fetching?.catch(() => {
      // Then there is nothing of it to give back.
    });
    await this.#acknowledge().catch(() => {
      // What is not acknowledged comes again, as the contract says.
    });
    await pending.handOver(controlLink, this.#inHand, timing.claimIdleMs);
  }

  /** Fetches once; `false` where that is still under way although the caller no longer waits. */
  async #fetch(maxBytes: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) {
      // Nothing is waited for but an answer: that of a read that still blocks comes when it is told to end.
      if (this.#fetching !== undefined) void this.#intake.unblock();
      await (this.#fetching ?? this.#startFetch(maxBytes, signal));
      return true;
    }
    const fetching = this.#fetching ?? this.#startFetch(maxBytes, signal);
    const unblock = () => void this.#intake.unblock();
    signal.addEventListener('abort', unblock, { once: true });
    const waiting = new AbortController();
    try {
      return await Promise.race([fetching.then(() => true), graceAfter(signal, waiting.signal)]);
    } finally {
      waiting.abort();
      signal.removeEventListener('abort', unblock);
      // Where it is not waited for, the next call meets the same fault.
      fetching.catch(() => undefined);
    }
  }

  #startFetch(maxBytes: number, signal: AbortSignal): Promise<void> {
    const fetching = this.#fetchNow(maxBytes, signal).finally(() => {
      this.#fetching = undefined;
    });
    this.#fetching = fetching;
    return fetching;
  }

  async #fetchNow(maxBytes: number, signal: AbortSignal): Promise<void> {
    const outcome = await this.#intake.next(maxBytes, () => !signal.aborted && !this.#settings.isClosed());
    for (const entry of unwrap(outcome)) {
      this.#inHand.add(entry.id);
      this.#fetched.push({ ...entry });
    }
  }

  /**
   * Takes more of what is there without waiting: what an answer had too much of would else make a batch of its own, and
   * a destination writes a small batch about as long as a large one.
   */
  async #fillUp(maxBytes: number, entries: QueueEntry[]): Promise<void> {
    while (entries.length > 0 && this.#fetched.length === 0 && this.#intake.hasMore && this.#fetching === undefined) {
      const leftBytes = maxBytes - payloadBytes(entries);
      if (leftBytes <= 0 || this.#settings.isClosed()) return;
      try {
        await this.#startFetch(leftBytes, NO_WAIT);
      } catch {
        // The next call meets the same fault; what has been given must not be lost to it.
        return;
      }
      await this.#give(maxBytes, entries);
    }
  }

  /** Adds what is fetched to `entries`, up to `maxBytes` of payload in all but one entry at least. */
  async #give(maxBytes: number, entries: QueueEntry[]): Promise<void> {
    const { maxInflatedBytes } = this.#settings;
    const burials: Promise<void>[] = [];
    const before = { entries: entries.length, bytes: payloadBytes(entries) };
    let givenBytes = before.bytes;
    for (let next = this.#fetched[0]; next !== undefined; next = this.#fetched[0]) {
      for (const ahead of this.#fetched.slice(0, DECODED_AHEAD)) {
        ahead.decoding ??= decodeEntry(ahead.fields, maxInflatedBytes);
      }
      const decoded = await (next.decoding ?? decodeEntry(next.fields, maxInflatedBytes));
      // The group may have been lost meanwhile, and everything that was in hand forgotten.
      if (this.#fetched[0] !== next) continue;
      if (decoded.kind === 'unreadable') {
        this.#fetched.shift();
        burials.push(this.#bury(next, decoded.reason));
        continue;
      }
      const { byteLength } = decoded.content.payload;
      if (entries.length > 0 && givenBytes + byteLength > maxBytes) break;
      this.#fetched.shift();
      givenBytes += byteLength;
      const id = this.#nextId++;
      this.#given.push({ id, streamId: next.id });
      entries.push({ id, ...decoded.content, appendedAtMs: appendedAt(next.id) });
    }
    this.#intake.noteGiven(entries.length - before.entries, givenBytes - before.bytes);
    await Promise.all(burials);
  }

  /** Where Redis does not take it, it stays with us there and comes again with the next look at what is pending. */
  async #bury({ id, fields }: RawEntry, reason: string): Promise<void> {
    await this.#settings.dead.bury({ group: this.#settings.group, id, fields, reason });
    this.#inHand.delete(id);
  }

  #acknowledge(): Promise<void> {
    const acknowledging = this.#acknowledging.then(() => this.#acknowledgeNow());
    this.#acknowledging = acknowledging.catch(() => undefined);
    return acknowledging;
  }

  async #acknowledgeNow(): Promise<void> {
    const { controlLink, pending } = this.#settings;
    const done = this.#given.filter(({ id }) => id <= this.#committedId);
    if (done.length === 0) return;
    unwrap(
      await pending.acknowledge(
        controlLink,
        done.map(({ streamId }) => streamId),
      ),
    );
    this.#given = this.#given.filter((entry) => !done.includes(entry));
    for (const { streamId } of done) this.#inHand.delete(streamId);
  }

  async #renew(): Promise<void> {
    const { controlLink, pending, timing } = this.#settings;
    await pending.touch(controlLink);
    if (this.#inHand.size === 0) return;
    await this.#acknowledge().catch(() => {
      // The next round tries again.
    });
    await pending.renew(controlLink, this.#inHand, timing.renewMs / 2);
  }

  /** The group is new: everything comes again, also what is in hand, and acknowledging that would be wrong. */
  #forget(): void {
    this.#fetched.length = 0;
    this.#given = [];
    this.#inHand.clear();
  }
}

/** An id of the stream begins with the milliseconds of the server's clock, unless whoever appended chose another. */
function appendedAt(streamId: string): number {
  return Number(streamId.slice(0, streamId.indexOf('-')));
}

function payloadBytes(entries: readonly QueueEntry[]): number {
  return entries.reduce((sum, { payload }) => sum + payload.byteLength, 0);
}

/** `false` a moment after `signal` aborts; never where `over` aborts first. */
async function graceAfter(signal: AbortSignal, over: AbortSignal): Promise<boolean> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true, signal: over });
  });
  await delay(ABORT_GRACE_MS, undefined, { signal: over }).catch(() => undefined);
  return false;
}

/** @throws `QUEUE_UNAVAILABLE` */
function unwrap<T>(outcome: RedisOutcome<T>): T {
  if (outcome.kind === 'failed') throw queueUnavailable(outcome.fault.reason);
  return outcome.value;
}
