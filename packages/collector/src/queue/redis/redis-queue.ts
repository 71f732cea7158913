import { setTimeout as delay } from 'node:timers/promises';
import { CollectorError, dataDirectoryUnusable, queueClosed } from '../../errors.js';
import type { Queue, QueueReader, QueueStats, SetAside } from '../contract.js';
import { checkDestinationName } from '../cursors.js';
import type { DirectoryLock } from '../directory-lock.js';
import { nodeFileSystem } from '../file-system.js';
import { createFullness, type Fullness } from '../fullness.js';
import type { CommitObserver } from '../group-commit.js';
import type { EntryContent } from '../record.js';
import { parseRedisAddress, type RedisAddress } from './address.js';
import { Appender } from './appender.js';
import { loadConsumerName } from './consumer-name.js';
import { DeadHeads } from './dead-heads.js';
import { DeadStream } from './dead-stream.js';
import { FaultGate } from './fault-gate.js';
import { createGroup } from './group.js';
import { RedisLink } from './link.js';
import { PendingList } from './pending-list.js';
import { StreamSetAside } from './set-aside.js';
import { StreamMonitor } from './stream-monitor.js';
import { PROBE_KEY, TRACES_STREAM } from './stream-names.js';
import { StreamReader } from './stream-reader.js';
import { DEFAULT_TIMING, type RedisTiming } from './timing.js';

export interface RedisQueueSettings {
  /** `redis://user:password@host:port/database`, or `rediss://…` for TLS. */
  readonly url: string;
  /** Keeps the name under which this collector reads; made where it is missing. One collector at a time. */
  readonly directory: string;
  /** That name, instead of the one that is kept. */
  readonly consumer?: string;
  /** Appends are refused while the stream takes more of Redis' memory. @default 1 GiB */
  readonly maxQueueBytes?: number;
  /** A full queue lets its oldest entries go, read or not, instead of refusing appends. @default false */
  readonly evictWhenFull?: boolean;
  /**
   * The destinations that there are. The place of any other, and of readers that are gone, is forgotten with a notice
   * once nobody used it for a day: other collectors may have other settings, or be away. Without this list all stay.
   */
  readonly destinations?: readonly string[];
  /** One payload, unpacked. @default 16 MiB */
  readonly maxEntryBytes?: number;
  /** What may come out of one payload in the stream: SDKs append there themselves, and pack what they like. @default 64 MiB */
  readonly maxInflatedBytes?: number;
  /** Appends are refused while more than this waits for Redis. @default 64 MiB */
  readonly maxPendingBytes?: number;
  readonly onCommit?: CommitObserver;
  /** Told when Redis begins to refuse, and with `undefined` when it takes writes again. */
  readonly onFault?: (reason: string | undefined) => void;
  /** Told in one line of what an operator should know. */
  readonly onNotice?: (line: string) => void;
  readonly timing?: Partial<RedisTiming>;
}

const MIB = 1024 * 1024;
const DEFAULT_QUEUE_BYTES = 1024 * MIB;
const DEFAULT_ENTRY_BYTES = 16 * MIB;
const DEFAULT_PENDING_BYTES = 64 * MIB;
const DEFAULT_INFLATED_BYTES = 64 * MIB;

/**
 * Opens the queue in a Redis stream that collectors share. A Redis that is away at this moment is a fault that heals
 * by itself: appends are refused and reads rejected until it is there.
 *
 * @throws `INVALID_CONFIG` for an address that cannot be read, `DATA_DIRECTORY_LOCKED`, `DATA_DIRECTORY_UNUSABLE`.
 */
export async function createRedisQueue(settings: RedisQueueSettings): Promise<Queue> {
  const address = parseRedisAddress(settings.url);
  const { directory } = settings;
  let lock: DirectoryLock | undefined;
  try {
    await nodeFileSystem.createDirectory(directory);
    lock = await nodeFileSystem.lock(directory);
    const consumer = settings.consumer ?? (await loadConsumerName(nodeFileSystem, directory));
    const queue = new RedisQueue(settings, address, { consumer, lock });
    await queue.start();
    return queue;
  } catch (error) {
    await lock?.release();
    throw error instanceof CollectorError ? error : dataDirectoryUnusable(directory, error);
  }
}

class RedisQueue implements Queue {
  readonly isShared = true;
  readonly #settings: RedisQueueSettings;
  readonly #address: RedisAddress;
  readonly #identity: { readonly consumer: string; readonly lock: DirectoryLock };
  readonly #timing: RedisTiming;
  readonly #appendLink: RedisLink;
  readonly #controlLink: RedisLink;
  readonly #gate: FaultGate;
  readonly #fullness: Fullness;
  readonly #monitor: StreamMonitor;
  readonly #appender: Appender;
  readonly #dead: DeadStream;
  /** Dead letters may be large, and nothing else is to wait for them. */
  readonly #deadLink: RedisLink;
  readonly #deadHeads: DeadHeads;
  readonly #readers = new Map<string, { readonly reader: StreamReader; readonly link: RedisLink }>();
  #closing: Promise<void> | undefined;

  constructor(
    settings: RedisQueueSettings,
    address: RedisAddress,
    identity: { readonly consumer: string; readonly lock: DirectoryLock },
  ) {
    this.#settings = settings;
    this.#address = address;
    this.#identity = identity;
    this.#timing = { ...DEFAULT_TIMING, ...settings.timing };
    const onNotice = settings.onNotice ?? (() => undefined);
    this.#appendLink = this.#newLink();
    this.#controlLink = this.#newLink();
    this.#gate = this.#newGate();
    this.#fullness = createFullness({ maxBytes: this.#maxQueueBytes, onNotice });
    this.#dead = new DeadStream(this.#controlLink, onNotice);
    this.#deadLink = this.#newLink();
    this.#deadHeads = new DeadHeads(this.#deadLink);
    this.#monitor = new StreamMonitor({
      link: this.#controlLink,
      timing: this.#timing,
      consumer: identity.consumer,
      destinations: settings.destinations,
      onNotice,
      onFault: (fault) => this.#gate.fail(fault),
      onBytes: (bytes) => this.#fullness.observe(bytes),
    });
    this.#appender = this.#newAppender();
  }

  /** Looks at the server, and does not wait long for one that is slow or away. */
  async start(): Promise<void> {
    await within(this.#timing.closeMs, this.#monitor.start());
  }

  append(entry: EntryContent): ReturnType<Queue['append']> {
    return this.#appender.append(entry);
  }

  async open(destination: string): Promise<QueueReader> {
    checkDestinationName(destination);
    if (this.#closing !== undefined) throw queueClosed();
    const { consumer } = this.#identity;
    await this.#closeReader(destination);
    // From now on nothing goes before this destination has had it. Where Redis is away, the first read does it.
    await within(this.#timing.closeMs, createGroup(this.#controlLink, destination, consumer));
    const link = this.#newLink();
    const reader = new StreamReader({
      group: destination,
      consumer,
      ownLink: link,
      controlLink: this.#controlLink,
      pending: new PendingList(destination, consumer),
      dead: this.#dead,
      timing: this.#timing,
      maxInflatedBytes: this.#maxInflatedBytes,
      isClosed: () => this.#closing !== undefined,
      onNotice: this.#settings.onNotice ?? (() => undefined),
    });
    this.#readers.set(destination, { reader, link });
    return reader;
  }

  setAside(destination: string): SetAside {
    checkDestinationName(destination);
    return new StreamSetAside({
      group: destination,
      consumer: this.#identity.consumer,
      link: this.#deadLink,
      heads: this.#deadHeads,
      timing: this.#timing,
      maxInflatedBytes: this.#maxInflatedBytes,
    });
  }

  stats(): QueueStats {
    const backlog: Record<string, number> = {};
    for (const name of this.#readers.keys()) backlog[name] = 0;
    return {
      nextId: this.#monitor.addedEntries + 1,
      segments: 0,
      bytes: this.#monitor.bytes,
      maxBytes: this.#maxQueueBytes,
      backlog: { ...backlog, ...this.#monitor.backlog },
      quarantinedRecords: this.#dead.count,
      evictedEntries: this.#fullness.evictedEntries,
      fault: this.#closing === undefined ? this.#appender.fault : 'closing',
      warnings: [...this.#fullness.warnings, ...this.#monitor.warnings],
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** In bounded time, whatever Redis does. */
  async #close(): Promise<void> {
    const { closeMs } = this.#timing;
    this.#monitor.close();
    await within(closeMs, this.#appender.close());
    await within(closeMs, Promise.all([...this.#readers.keys()].map((name) => this.#closeReader(name))));
    this.#gate.close();
    for (const { link } of this.#readers.values()) link.close();
    this.#appendLink.close();
    this.#controlLink.close();
    this.#deadLink.close();
    // What was still under way is answered now that its connection is gone.
    await this.#appender.close();
    await this.#identity.lock.release();
  }

  async #closeReader(destination: string): Promise<void> {
    const open = this.#readers.get(destination);
    if (open === undefined) return;
    await open.reader.close();
    open.link.close();
    this.#readers.delete(destination);
  }

  get #maxQueueBytes(): number {
    return this.#settings.maxQueueBytes ?? DEFAULT_QUEUE_BYTES;
  }

  get #maxInflatedBytes(): number {
    return this.#settings.maxInflatedBytes ?? DEFAULT_INFLATED_BYTES;
  }

  #newLink(): RedisLink {
    return new RedisLink({ address: this.#address, ...this.#timing });
  }

  #newGate(): FaultGate {
    return new FaultGate({
      // Refused for the same reasons as an append, and by whatever else is called like the stream.
      probe: () =>
        this.#appendLink.run(async (client) => {
          await client.set(PROBE_KEY, '1', 'PX', 1000);
          await client.xlen(TRACES_STREAM);
        }),
      firstRetryMs: this.#timing.firstRetryMs,
      lastRetryMs: this.#timing.lastRetryMs,
      onFault: (reason) => this.#settings.onFault?.(reason),
    });
  }

  #newAppender(): Appender {
    const { maxEntryBytes, maxPendingBytes, evictWhenFull, onCommit } = this.#settings;
    return new Appender({
      link: this.#appendLink,
      gate: this.#gate,
      monitor: this.#monitor,
      fullness: this.#fullness,
      maxQueueBytes: this.#maxQueueBytes,
      maxEntryBytes: maxEntryBytes ?? DEFAULT_ENTRY_BYTES,
      maxPendingBytes: maxPendingBytes ?? DEFAULT_PENDING_BYTES,
      evictWhenFull: evictWhenFull ?? false,
      onCommit: onCommit ?? (() => undefined),
    });
  }
}

/** Waits for work, but not longer than this; the work goes on. */
async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  await Promise.race([work, delay(limitMs, undefined, { signal: over.signal }).catch(() => undefined)]);
  over.abort();
}
