import type { Redis } from 'ioredis';
import type { RedisOutcome } from './fault.js';
import type { RedisLink } from './link.js';
import { TRACES_STREAM } from './stream-names.js';

/** An entry as Redis gives it. */
export interface RawEntry {
  readonly id: string;
  readonly fields: readonly Buffer[];
}

/** An entry that a reader was given and has not acknowledged. */
export interface PendingEntry {
  readonly id: string;
  /** How often it was given to a reader, this one included. */
  readonly deliveries: number;
}

const PAGE_ENTRIES = 100;
/** What we were given after this is nothing. One higher is the id that means new entries. */
const BEHIND_ALL_IDS = '18446744073709551615-18446744073709551614';
/** One command names at most so many ids: enough for few round trips, and no long stop of the server. */
const MAX_IDS = 500;

/** What one reader of one group has been given and not acknowledged, as Redis keeps it. */
export class PendingList {
  readonly #group: string;
  readonly #consumer: string;
  #claimCursor = '0-0';

  constructor(group: string, consumer: string) {
    this.#group = group;
    this.#consumer = consumer;
  }

  /** A page of our own behind an id (`''` for the first), which counts as no delivery. */
  async page(link: RedisLink, afterId: string): Promise<RedisOutcome<readonly PendingEntry[]>> {
    const from = afterId === '' ? '-' : `(${afterId}`;
    const args = [TRACES_STREAM, this.#group, from, '+', PAGE_ENTRIES, this.#consumer];
    return toPending(await link.run((client) => client.call('XPENDING', ...args)));
  }

  /** Gives entries of ours again, with what is in them; one that is gone from the stream is left out. */
  async take(link: RedisLink, ids: readonly string[]): Promise<RedisOutcome<readonly RawEntry[]>> {
    const outcome = await link.run((client) =>
      client.callBuffer('XCLAIM', TRACES_STREAM, this.#group, this.#consumer, 0, ...ids),
    );
    return outcome.kind === 'failed' ? outcome : { kind: 'ok', value: toRawEntries(outcome.value) };
  }

  /**
   * Makes entries ours whose reader did not renew them for `idleMs`, a bounded number a call.
   * `claimed` come with the next pages; `gone` are no longer in the stream.
   */
  async claim(
    link: RedisLink,
    idleMs: number,
  ): Promise<RedisOutcome<{ readonly claimed: number; readonly gone: number; readonly isDone: boolean }>> {
    const args = [TRACES_STREAM, this.#group, this.#consumer, idleMs, this.#claimCursor];
    const outcome = await link.run((client) => client.call('XAUTOCLAIM', ...args, 'COUNT', PAGE_ENTRIES, 'JUSTID'));
    if (outcome.kind === 'failed') return outcome;
    const [next, claimed, gone] = outcome.value as [string, readonly string[], readonly string[]];
    this.#claimCursor = next;
    return { kind: 'ok', value: { claimed: claimed.length, gone: gone.length, isDone: next === '0-0' } };
  }

  /** Shows that this reader lives: before Redis 7.2 one that waits for entries looks as if it were gone. */
  async touch(link: RedisLink): Promise<void> {
    const args = ['GROUP', this.#group, this.#consumer, 'COUNT', 1, 'STREAMS', TRACES_STREAM, BEHIND_ALL_IDS];
    await link.run((client) => client.call('XREADGROUP', ...args));
  }

  /** Tells Redis that we still have these in hand. */
  renew(link: RedisLink, inHand: ReadonlySet<string>, idleMs: number): Promise<void> {
    return this.#claimOwn(link, inHand, idleMs, ['JUSTID']);
  }

  /**
   * Gives back what is in hand and not dealt with: any reader may take it at once, and it does not count as an
   * attempt, since nothing went wrong with it.
   */
  handOver(link: RedisLink, inHand: ReadonlySet<string>, idleMs: number): Promise<void> {
    return this.#claimOwn(link, inHand, 0, ['IDLE', idleMs, 'RETRYCOUNT', 1, 'JUSTID']);
  }

  /** Claims those of `inHand` that are still ours and were not touched for `idleMs`: what others took stays theirs. */
  async #claimOwn(
    link: RedisLink,
    inHand: ReadonlySet<string>,
    idleMs: number,
    options: readonly (string | number)[],
  ): Promise<void> {
    let from = '-';
    for (;;) {
      const args = [TRACES_STREAM, this.#group, 'IDLE', idleMs, from, '+', PAGE_ENTRIES, this.#consumer];
      const page = toPending(await link.run((client) => client.call('XPENDING', ...args)));
      // What failed now is made good by the next call; past the limit another reader takes over, as it should.
      if (page.kind === 'failed' || page.value.length === 0) return;
      const ids = page.value.map(({ id }) => id).filter((id) => inHand.has(id));
      if (ids.length > 0) {
        const claiming = [TRACES_STREAM, this.#group, this.#consumer, 0, ...ids, ...options];
        await link.run((client) => client.call('XCLAIM', ...claiming));
      }
      from = `(${page.value.at(-1)?.id ?? '+'}`;
    }
  }

  async acknowledge(link: RedisLink, ids: readonly string[]): Promise<RedisOutcome<undefined>> {
    for (const some of chunks(ids)) {
      const outcome = await link.run((client: Redis) => client.xack(TRACES_STREAM, this.#group, ...some));
      if (outcome.kind === 'failed') return outcome;
    }
    return { kind: 'ok', value: undefined };
  }
}

/** `[[id, [name, value, …]], …]`; an entry without fields was removed. */
export function toRawEntries(reply: unknown): RawEntry[] {
  const entries = (Array.isArray(reply) ? reply : []) as (readonly [Buffer, readonly Buffer[] | null] | null)[];
  return entries.flatMap((entry) => (entry === null ? [] : [{ id: String(entry[0]), fields: entry[1] ?? [] }]));
}

function toPending(outcome: RedisOutcome<unknown>): RedisOutcome<readonly PendingEntry[]> {
  if (outcome.kind === 'failed') return outcome;
  const rows = outcome.value as readonly (readonly [string, string, number, number])[];
  return { kind: 'ok', value: rows.map(([id, , , deliveries]) => ({ id, deliveries })) };
}

function* chunks(ids: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < ids.length; at += MAX_IDS) yield ids.slice(at, at + MAX_IDS);
}
