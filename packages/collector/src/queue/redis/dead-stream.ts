import type { Redis } from 'ioredis';
import type { RepeatedNotice } from '../notices.js';
import { createRepeatedNotice } from '../notices.js';
import { packedBytes } from './entry-codec.js';
import type { RedisLink } from './link.js';
import { DEAD_STREAM, TRACES_STREAM } from './stream-names.js';

/** Enough to see what went wrong; the rest is counted. */
export const MAX_DEAD_ENTRIES = 1000;
const MAX_BYTES = 64 * 1024 * 1024;
/** How much is added before the size is looked at. */
const CHECKED_EVERY_BYTES = 4 * 1024 * 1024;

export interface DeadEntry {
  readonly group: string;
  readonly id: string;
  /** Empty where the payload is gone. */
  readonly fields: readonly Buffer[];
  readonly reason: string;
}

/** Sets aside what can never be read or delivered: into a bounded stream of its own, and out of its group. */
export class DeadStream {
  readonly #link: RedisLink;
  readonly #notice: RepeatedNotice;
  #count = 0;
  #uncheckedBytes = 0;
  #lastReason = '';

  constructor(link: RedisLink, onNotice: (line: string) => void) {
    this.#link = link;
    this.#notice = createRepeatedNotice((count) =>
      onNotice(
        `${count} ${count === 1 ? 'entry' : 'entries'} of the queue set aside in ${DEAD_STREAM}: ${this.#lastReason}`,
      ),
    );
  }

  /** Entries set aside by this collector. */
  get count(): number {
    return this.#count;
  }

  /** `false` where Redis did not take it: it is then still in its group, and comes again. */
  async bury(entry: DeadEntry): Promise<boolean> {
    const outcome = await this.#link.run((client) => moveAway(client, entry));
    if (outcome.kind === 'failed') return false;
    this.#uncheckedBytes += packedBytes(entry.fields);
    if (this.#uncheckedBytes > CHECKED_EVERY_BYTES) {
      this.#uncheckedBytes = 0;
      // A server that refuses this still bounds the number of entries.
      await this.#link.run(bound);
    }
    this.note(entry.reason);
    return true;
  }

  /** Counts an entry of which there is nothing left to keep. */
  note(reason: string): void {
    this.#count++;
    this.#lastReason = reason;
    this.#notice.note();
  }
}

/** An entry as the dead stream has it; `atMs` is when it was set aside first. */
export function toDeadFields({ group, id, fields, reason }: DeadEntry, atMs: number): (string | Buffer)[] {
  return ['reason', reason, 'group', group, 'id', id, 'at', String(atMs), ...fields];
}

/** In one step; where there is no memory for the copy, both are refused. */
async function moveAway(client: Redis, { group, id, fields, reason }: DeadEntry): Promise<void> {
  const copy = toDeadFields({ group, id, fields, reason }, Date.now());
  await client
    .multi()
    .xadd(DEAD_STREAM, 'MAXLEN', '~', MAX_DEAD_ENTRIES, '*', ...copy)
    .xack(TRACES_STREAM, group, id)
    .exec();
}

async function bound(client: Redis): Promise<void> {
  if (Number(await client.call('MEMORY', 'USAGE', DEAD_STREAM)) <= MAX_BYTES) return;
  await client.xtrim(DEAD_STREAM, 'MAXLEN', '=', Math.floor((await client.xlen(DEAD_STREAM)) / 2));
}
