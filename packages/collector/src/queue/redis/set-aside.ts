import { queueUnavailable } from '../../errors.js';
import type { QueueEntry, RetryOutcome, SetAside, SetAsideEntry, SetAsideSummary } from '../contract.js';
import type { DeadHead, DeadHeads } from './dead-heads.js';
import { MAX_DEAD_ENTRIES, toDeadFields } from './dead-stream.js';
import { decodeEntry, encodeEntry } from './entry-codec.js';
import type { RedisOutcome } from './fault.js';
import type { RedisLink } from './link.js';
import { toRawEntries } from './pending-list.js';
import { DEAD_CLAIM_SCRIPT, DEAD_SETTLE_SCRIPT } from './scripts.js';
import { DEAD_CLAIM_PREFIX, DEAD_STREAM } from './stream-names.js';
import type { RedisTiming } from './timing.js';

export interface SetAsideSettings {
  readonly group: string;
  /** Whoever asks, among the collectors of this Redis. */
  readonly consumer: string;
  readonly link: RedisLink;
  readonly heads: DeadHeads;
  readonly timing: RedisTiming;
  readonly maxInflatedBytes: number;
}

type Attempt = (letter: SetAsideEntry) => Promise<RetryOutcome>;

/** `gone`: somebody else has it in hand, or has dealt with it. */
type Ended = RetryOutcome['kind'] | 'gone';

/** A dead letter as it was set aside. */
interface DeadLetterFields {
  /** Its place in the stream of traces, once. */
  readonly entryId: string;
  /** Those that it had there. */
  readonly fields: readonly Buffer[];
}

/** Entries in a shared queue have no ids that mean anything to others. */
const NO_ID = 0;
/** What stands before an entry's own fields, with and without the time. */
const HEADER_FIELDS = 6;
const DATED_HEADER_FIELDS = 8;
/** What Redis takes as the fields of one command inside a script. */
const MAX_FIELDS = 4000;
const MAX_REASON_CHARS = 300;

/**
 * What the readers of a destination set aside in the dead stream. Each letter is claimed before it is tried, with a key
 * that expires when its collector does not renew it.
 */
export class StreamSetAside implements SetAside {
  readonly #settings: SetAsideSettings;

  constructor(settings: SetAsideSettings) {
    this.#settings = settings;
  }

  summary(): Promise<SetAsideSummary> {
    return this.#settings.heads.summaryOf(this.#settings.group);
  }

  async retry(
    { maxEntries, signal }: { readonly maxEntries: number; readonly signal: AbortSignal },
    attempt: Attempt,
  ): Promise<{ readonly delivered: number; readonly failed: number }> {
    const counts = { delivered: 0, failed: 0 };
    for await (const page of this.#settings.heads.pages()) {
      for (const head of unwrap(page)) {
        if (head.group !== this.#settings.group) continue;
        if (signal.aborted || counts.delivered + counts.failed >= maxEntries) return counts;
        const ended = await this.#claimAndTry(head, attempt);
        if (ended === 'unavailable') return counts;
        if (ended === 'delivered') counts.delivered += 1;
        if (ended === 'refused') counts.failed += 1;
      }
    }
    return counts;
  }

  async #claimAndTry(head: DeadHead, attempt: Attempt): Promise<Ended> {
    const { link, consumer, timing } = this.#settings;
    const key = DEAD_CLAIM_PREFIX + head.id;
    const claimed = unwrap(await link.run((client) => client.set(key, consumer, 'PX', timing.claimIdleMs, 'NX')));
    if (claimed === null) return 'gone';
    const hold = (ms: number) => link.run((client) => client.eval(DEAD_CLAIM_SCRIPT, 1, key, consumer, ms));
    // Where that fails, another collector may try the letter as well: at worst it is delivered twice.
    const renewing = setInterval(() => void hold(timing.claimIdleMs), timing.renewMs);
    try {
      return await this.#tryOne(head, key, attempt);
    } finally {
      clearInterval(renewing);
      // Of one that is dealt with, the claim went with it; else it may be tried again at once.
      await hold(0);
    }
  }

  async #tryOne(head: DeadHead, claimKey: string, attempt: Attempt): Promise<Ended> {
    const { link, maxInflatedBytes } = this.#settings;
    const found = unwrap(await link.run((client) => client.xrangeBuffer(DEAD_STREAM, head.id, head.id)));
    const [raw] = toRawEntries(found);
    if (raw === undefined) return 'gone';
    const letter = readLetter(raw.fields);
    const decoded = await decodeEntry(letter.fields, maxInflatedBytes);
    if (decoded.kind === 'unreadable') {
      await this.#settle(head, claimKey, [deadFields(head, letter, decoded.reason)]);
      return 'refused';
    }
    const entry: QueueEntry = { id: NO_ID, ...decoded.content };
    const outcome = await attempt({ entry, reason: head.reason });
    if (outcome.kind === 'unavailable') return outcome.kind;
    const left = outcome.kind === 'refused' ? outcome.letters : [];
    const kept = await Promise.all(left.map((each) => toKept(each, entry, head, letter)));
    await this.#settle(head, claimKey, kept);
    return outcome.kind;
  }

  /** @throws `QUEUE_UNAVAILABLE`, and then it is where it was */
  async #settle({ id }: DeadHead, claimKey: string, kept: readonly (readonly (string | Buffer)[])[]): Promise<void> {
    const { link, consumer } = this.#settings;
    // What has more fields than a command takes was never an entry; it stays where it is.
    if (kept.some((fields) => fields.length > MAX_FIELDS)) return;
    const args = [id, consumer, MAX_DEAD_ENTRIES, ...kept.flatMap((fields) => [fields.length, ...fields])];
    unwrap(await link.run((client) => client.eval(DEAD_SETTLE_SCRIPT, 2, DEAD_STREAM, claimKey, ...args)));
  }
}

function readLetter(fields: readonly Buffer[]): DeadLetterFields {
  const isDated = String(fields[HEADER_FIELDS]) === 'at';
  return { entryId: String(fields[5] ?? ''), fields: fields.slice(isDated ? DATED_HEADER_FIELDS : HEADER_FIELDS) };
}

/** What is left of a letter, as it goes back; one that is left whole goes back as it came. */
async function toKept(
  { entry, reason }: SetAsideEntry,
  tried: QueueEntry,
  head: DeadHead,
  letter: DeadLetterFields,
): Promise<(string | Buffer)[]> {
  if (entry.payload === tried.payload) return deadFields(head, letter, reason);
  const { fields } = await encodeEntry(entry);
  return deadFields(head, { ...letter, fields: fields.map((field) => Buffer.from(field)) }, reason);
}

function deadFields(head: DeadHead, { entryId, fields }: DeadLetterFields, reason: string): (string | Buffer)[] {
  return toDeadFields({ group: head.group, id: entryId, fields, reason: reason.slice(0, MAX_REASON_CHARS) }, head.atMs);
}

/** @throws `QUEUE_UNAVAILABLE` */
function unwrap<T>(outcome: RedisOutcome<T>): T {
  if (outcome.kind === 'failed') throw queueUnavailable(outcome.fault.reason);
  return outcome.value;
}
