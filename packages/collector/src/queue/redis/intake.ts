import type { DeadStream } from './dead-stream.js';
import { packedBytes } from './entry-codec.js';
import type { RedisOutcome } from './fault.js';
import { createGroup } from './group.js';
import type { RedisLink } from './link.js';
import { type PendingEntry, type PendingList, type RawEntry, toRawEntries } from './pending-list.js';
import { TRACES_STREAM } from './stream-names.js';
import type { RedisTiming } from './timing.js';

export interface IntakeSettings {
  readonly group: string;
  readonly consumer: string;
  readonly ownLink: RedisLink;
  readonly controlLink: RedisLink;
  readonly pending: PendingList;
  readonly dead: DeadStream;
  readonly timing: RedisTiming;
  /** What the reader has: pending in Redis, and not to be given again. */
  readonly inHand: ReadonlySet<string>;
  /** Told when the group is gone, and with it every place in it. */
  readonly onLost: () => void;
  readonly onNotice: (line: string) => void;
}

const FIRST_COUNT = 16;
const MAX_COUNT = 128;
/** An entry that was given so often, and never acknowledged, may be what ends its readers: it is given alone. */
const SUSPECT_DELIVERIES = 3;
/** Past this it is set aside. Readers that end as they should do not count. */
const MAX_DELIVERIES = 10;

const NOTHING: RedisOutcome<readonly RawEntry[]> = { kind: 'ok', value: [] };

/**
 * Where a reader's entries come from: first those that it was given before and did not finish (a restart, a lost
 * connection), then those of readers that are gone, then new ones.
 */
export class Intake {
  readonly #settings: IntakeSettings;
  /** Whether there may be entries of ours in Redis that are not in hand. */
  #mustRecover = true;
  #recoverAfter = '';
  #claimDueAt = 0;
  /** Averages, to ask for about as many entries as are wanted. */
  #payloadBytes = 0;
  #largestPackedBytes = 0;
  #hasMore = false;
  #clientId: { readonly connection: number; readonly id: number } | undefined;

  constructor(settings: IntakeSettings) {
    this.#settings = settings;
  }

  /** Whether the last answer was as long as it might be, so that there are probably more. */
  get hasMore(): boolean {
    return this.#hasMore;
  }

  /** Some entries, none where there are none; waits for one while `mayWait`. */
  async next(maxBytes: number, mayWait: () => boolean): Promise<RedisOutcome<readonly RawEntry[]>> {
    this.#hasMore = false;
    const outcome = await this.#next(maxBytes, mayWait);
    if (outcome.kind === 'ok') return outcome;
    // What Redis gave may be lost with its answer.
    this.#mustRecover = true;
    this.#recoverAfter = '';
    if (outcome.fault.refusal !== 'NOGROUP') return outcome;
    const healed = await this.#heal();
    return healed.kind === 'ok' ? this.#next(maxBytes, mayWait) : healed;
  }

  /** What entries turned out to hold. */
  noteGiven(entries: number, payloadBytes: number): void {
    if (entries === 0) return;
    const average = payloadBytes / entries;
    this.#payloadBytes = this.#payloadBytes === 0 ? average : (3 * this.#payloadBytes + average) / 4;
  }

  /** Ends a read that blocks, with what it has. */
  async unblock(): Promise<void> {
    const { controlLink } = this.#settings;
    const id = this.#clientId?.id;
    // Where that fails the read ends by itself a little later.
    if (id !== undefined) await controlLink.run((client) => client.call('CLIENT', 'UNBLOCK', id));
  }

  async #next(maxBytes: number, mayWait: () => boolean): Promise<RedisOutcome<readonly RawEntry[]>> {
    if (performance.now() >= this.#claimDueAt) {
      const claimed = await this.#claim();
      if (claimed.kind === 'failed') return claimed;
    }
    if (this.#mustRecover) {
      const recovered = await this.#recover();
      if (recovered.kind === 'failed' || recovered.value.length > 0) return recovered;
    }
    return this.#fetchNew(maxBytes, mayWait);
  }

  /** Takes over from readers that are gone; what that gives is found among our own pending entries. */
  async #claim(): Promise<RedisOutcome<undefined>> {
    const { ownLink, pending, timing, dead } = this.#settings;
    const outcome = await pending.claim(ownLink, timing.claimIdleMs);
    if (outcome.kind === 'failed') return outcome;
    const { gone, isDone } = outcome.value;
    for (let count = 0; count < gone; count++) dead.note('it was removed before it was delivered');
    if (isDone) this.#claimDueAt = performance.now() + timing.claimEveryMs;
    this.#mustRecover = true;
    this.#recoverAfter = '';
    return { kind: 'ok', value: undefined };
  }

  /** Entries that are ours in Redis and that nobody here has in hand. */
  async #recover(): Promise<RedisOutcome<readonly RawEntry[]>> {
    const { ownLink, pending, inHand } = this.#settings;
    for (;;) {
      const page = await pending.page(ownLink, this.#recoverAfter);
      if (page.kind === 'failed') return page;
      const last = page.value.at(-1);
      if (last === undefined) break;
      const open = page.value.filter(({ id }) => !inHand.has(id));
      const chosen = await this.#choose(open);
      this.#recoverAfter = chosen.at(-1)?.id ?? last.id;
      if (chosen.length === 0) continue;
      const entries = await this.#take(chosen.map(({ id }) => id));
      if (entries.kind === 'failed' || entries.value.length > 0) return entries;
    }
    this.#mustRecover = false;
    this.#recoverAfter = '';
    return NOTHING;
  }

  /** The first of `open` that can be given together; those that were given too often are set aside on the way. */
  async #choose(open: readonly PendingEntry[]): Promise<readonly PendingEntry[]> {
    const chosen: PendingEntry[] = [];
    for (const entry of open) {
      if (entry.deliveries >= MAX_DELIVERIES) {
        if (chosen.length > 0) break;
        await this.#bury(entry.id);
        continue;
      }
      if (entry.deliveries >= SUSPECT_DELIVERIES) return chosen.length === 0 ? [entry] : chosen;
      chosen.push(entry);
      if (chosen.length === FIRST_COUNT) break;
    }
    return chosen;
  }

  async #take(ids: readonly string[]): Promise<RedisOutcome<readonly RawEntry[]>> {
    const { ownLink, pending, dead } = this.#settings;
    const outcome = await pending.take(ownLink, ids);
    if (outcome.kind === 'failed') return outcome;
    const missing = ids.length - outcome.value.length;
    for (let count = 0; count < missing; count++) dead.note('it was removed before it was delivered');
    return outcome;
  }

  async #bury(id: string): Promise<void> {
    const { ownLink, dead, group } = this.#settings;
    const found = await ownLink.run((client) => client.xrangeBuffer(TRACES_STREAM, id, id));
    const fields = found.kind === 'ok' ? (toRawEntries(found.value)[0]?.fields ?? []) : [];
    // Where it cannot be buried now, the next look at what is pending finds it again.
    if (found.kind === 'ok')
      await dead.bury({ group, id, fields, reason: 'it was given too often and never finished' });
  }

  async #fetchNew(maxBytes: number, mayWait: () => boolean): Promise<RedisOutcome<readonly RawEntry[]>> {
    const { group, consumer, ownLink, timing, inHand } = this.#settings;
    await this.#learnClientId();
    const blockMs = Math.max(1, Math.min(timing.blockMs, Math.ceil(this.#claimDueAt - performance.now())));
    const wait = mayWait() ? ['BLOCK', blockMs] : [];
    const count = this.#count(maxBytes);
    const args = ['GROUP', group, consumer, 'COUNT', count, ...wait, 'STREAMS', TRACES_STREAM, '>'];
    const outcome = await ownLink.run(
      (client) => client.callBuffer('XREADGROUP', ...args) as Promise<readonly (readonly [Buffer, unknown])[] | null>,
      timing.commandMs + blockMs,
    );
    if (outcome.kind === 'failed') return outcome;
    const entries = toRawEntries(outcome.value?.[0]?.[1]);
    this.#hasMore = entries.length === count;
    this.#largestPackedBytes = Math.max(0, ...entries.map(({ fields }) => packedBytes(fields)));
    return { kind: 'ok', value: entries.filter(({ id }) => !inHand.has(id)) };
  }

  /** About as many as fit in `maxBytes`; after large ones fewer, since all that come are held in memory. */
  #count(maxBytes: number): number {
    if (this.#payloadBytes === 0) return FIRST_COUNT;
    const bytes = Math.max(this.#payloadBytes, this.#largestPackedBytes, 1);
    return Math.min(MAX_COUNT, Math.max(1, Math.ceil(maxBytes / bytes)));
  }

  async #learnClientId(): Promise<void> {
    const { ownLink } = this.#settings;
    if (this.#clientId?.connection === ownLink.connections) return;
    const outcome = await ownLink.run((client) => client.call('CLIENT', 'ID'));
    this.#clientId = outcome.kind === 'ok' ? { connection: ownLink.connections, id: Number(outcome.value) } : undefined;
  }

  /** After a FLUSHALL, or a failover to a server that had not heard of the group. */
  async #heal(): Promise<RedisOutcome<undefined>> {
    const { group, consumer, controlLink, onLost, onNotice } = this.#settings;
    onLost();
    const made = await createGroup(controlLink, group, consumer);
    if (made.kind === 'ok')
      onNotice(`Redis did not know the destination "${group}": it gets all that is in the stream`);
    return made;
  }
}
