import { findDurabilityWarnings } from './durability.js';
import type { RedisFault, RedisOutcome } from './fault.js';
import type { RedisLink } from './link.js';
import { EVICT_SCRIPT, SWEEP_SCRIPT, TRIM_SCRIPT } from './scripts.js';
import { TRACES_STREAM } from './stream-names.js';
import type { RedisTiming } from './timing.js';

export interface MonitorSettings {
  readonly link: RedisLink;
  readonly timing: RedisTiming;
  readonly consumer: string;
  /** Groups of other names are removed once nobody uses them; `undefined` keeps all. */
  readonly destinations: readonly string[] | undefined;
  readonly onNotice: (line: string) => void;
  /** Told of a server that cannot be reached or does not take writes. */
  readonly onFault: (fault: RedisFault) => void;
  /** Told of each size that was measured. */
  readonly onBytes: (bytes: number) => void;
}

/** A full queue lets this share of its entries go at once, so that it does not have to at every append. */
const EVICTED_SHARE = 0.1;
const JITTER = 0.2;
const UNMEASURED = 'the size of the queue is unknown and not limited: Redis refuses MEMORY USAGE';
const UNTRIMMED = 'the queue is not trimmed: Redis refuses EVAL, XINFO, XPENDING or XTRIM';

/** Looks after the stream on a timer: size, backlogs, the server's settings, and removal of what all have had. */
export class StreamMonitor {
  readonly #settings: MonitorSettings;
  readonly #refusals = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isClosed = false;
  #sampledBytes = 0;
  /** Of our own appends: what Redis took since the last sample began is added to it, so that nobody slips past it. */
  #appendedBytes = 0;
  #appendedBytesThen = 0;
  #addedEntries = 0;
  #backlog: Readonly<Record<string, number>> = {};
  #durability: readonly string[] = [];
  #checkedConnection = 0;
  #durabilityDueAt = 0;
  #sweepDueAt = 0;

  constructor(settings: MonitorSettings) {
    this.#settings = settings;
  }

  /** About how many bytes the stream takes in Redis. */
  get bytes(): number {
    return this.#sampledBytes + this.#appendedBytes - this.#appendedBytesThen;
  }

  /** Entries that the stream was ever given. */
  get addedEntries(): number {
    return this.#addedEntries;
  }

  /** Entries before each group. */
  get backlog(): Readonly<Record<string, number>> {
    return this.#backlog;
  }

  get warnings(): readonly string[] {
    return [...this.#durability, ...this.#refusals.values()];
  }

  noteAppended(bytes: number): void {
    this.#appendedBytes += bytes;
    this.#addedEntries++;
    this.#settings.onBytes(this.bytes);
  }

  /** Looks once now, and from then on again and again. */
  start(): Promise<void> {
    return this.#loop();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /** Lets the oldest entries go; returns how many. */
  async evict(): Promise<number> {
    const { link } = this.#settings;
    await this.#trim();
    const outcome = await link.run((client) => client.eval(EVICT_SCRIPT, 1, TRACES_STREAM, EVICTED_SHARE));
    await this.#sample();
    return outcome.kind === 'ok' ? Number(outcome.value) : 0;
  }

  async #loop(): Promise<void> {
    this.#running ??= this.#tick().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
    if (this.#isClosed) return;
    const waitMs = this.#settings.timing.sampleMs * (1 - JITTER + 2 * JITTER * Math.random());
    this.#timer = setTimeout(() => void this.#loop(), waitMs);
    this.#timer.unref();
  }

  async #tick(): Promise<void> {
    await this.#checkDurability();
    await this.#trim();
    await this.#sample();
    await this.#sweep();
  }

  async #checkDurability(): Promise<void> {
    const { link, timing, onNotice } = this.#settings;
    const isNewConnection = link.connections !== this.#checkedConnection;
    if (!isNewConnection && performance.now() < this.#durabilityDueAt) return;
    const found = await findDurabilityWarnings((work) => link.run(work));
    if (found === undefined) return;
    this.#checkedConnection = link.connections;
    this.#durabilityDueAt = performance.now() + timing.durabilityMs;
    for (const line of found) if (!this.#durability.includes(line)) onNotice(line);
    if (found.length === 0 && this.#durability.length > 0) onNotice('durability of Redis is as it should be again');
    this.#durability = found;
  }

  async #trim(): Promise<void> {
    const outcome = await this.#settings.link.run((client) => client.eval(TRIM_SCRIPT, 1, TRACES_STREAM));
    this.#judge(outcome, UNTRIMMED);
  }

  async #sample(): Promise<void> {
    const { link, onBytes } = this.#settings;
    const appendedBytes = this.#appendedBytes;
    const [memory, stream, groups] = await Promise.all([
      link.run((client) => client.call('MEMORY', 'USAGE', TRACES_STREAM)),
      link.run((client) => client.xinfo('STREAM', TRACES_STREAM)),
      link.run((client) => client.xinfo('GROUPS', TRACES_STREAM)),
    ]);
    if (this.#judge(memory, UNMEASURED) && memory.kind === 'ok') {
      this.#sampledBytes = Number(memory.value ?? 0);
      this.#appendedBytesThen = appendedBytes;
      onBytes(this.bytes);
    }
    // Where there is no stream yet both are refused, and nothing was added.
    this.#addedEntries = stream.kind === 'ok' ? Number(toFields(stream.value).get('entries-added') ?? 0) : 0;
    this.#backlog = groups.kind === 'ok' ? toBacklog(groups.value) : {};
  }

  async #sweep(): Promise<void> {
    const { link, timing, destinations, consumer, onNotice } = this.#settings;
    if (destinations === undefined || performance.now() < this.#sweepDueAt) return;
    const outcome = await link.run((client) =>
      client.eval(SWEEP_SCRIPT, 1, TRACES_STREAM, timing.retireIdleMs, consumer, ...destinations),
    );
    if (outcome.kind === 'failed') return;
    this.#sweepDueAt = performance.now() + timing.sweepEveryMs;
    for (const [name, pending] of Array.isArray(outcome.value) ? (outcome.value as [string, number][]) : []) {
      onNotice(
        `destination "${name}" is in no settings and was not used for long: its place is forgotten, ${pending} entries were under way to it`,
      );
    }
  }

  /** A missing right is a warning; anything else that is wrong with the server is a fault. */
  #judge(outcome: RedisOutcome<unknown>, warning: string): boolean {
    const isForbidden = outcome.kind === 'failed' && ['NOPERM', 'ERR'].includes(outcome.fault.refusal ?? '');
    if (isForbidden) this.#refusals.set(warning, warning);
    else this.#refusals.delete(warning);
    if (outcome.kind === 'failed' && !isForbidden) this.#settings.onFault(outcome.fault);
    return outcome.kind === 'ok';
  }
}

function toFields(reply: unknown): ReadonlyMap<string, unknown> {
  const flat: readonly unknown[] = Array.isArray(reply) ? reply : [];
  const fields = new Map<string, unknown>();
  for (let at = 0; at + 1 < flat.length; at += 2) fields.set(String(flat[at]), flat[at + 1]);
  return fields;
}

/** What was given and not acknowledged, and what was not given yet; Redis cannot always tell the latter. */
function toBacklog(reply: unknown): Record<string, number> {
  const backlog: Record<string, number> = {};
  for (const group of Array.isArray(reply) ? reply : []) {
    const fields = toFields(group);
    backlog[String(fields.get('name'))] = Number(fields.get('pending') ?? 0) + Number(fields.get('lag') ?? 0);
  }
  return backlog;
}
