import type { QueueEntry, QueueReader } from './contract.js';
import type { Cursors } from './cursors.js';
import type { Fullness } from './fullness.js';
import type { SegmentLog, WrittenRecord } from './segment-log.js';
import type { SegmentReader } from './segment-reader.js';

export interface DestinationReaderSettings {
  readonly destination: string;
  /** Entries up to here are dealt with. */
  readonly startId: number;
  readonly log: SegmentLog;
  readonly place: SegmentReader;
  readonly cursors: Cursors;
  readonly fullness: Fullness;
  readonly waitForAppend: (signal: AbortSignal) => Promise<void>;
  readonly isClosed: () => boolean;
}

/** What a destination gets of the segments, and its durable place in them. */
export class DestinationReader implements QueueReader {
  readonly #settings: DestinationReaderSettings;
  #committedId: number;
  #committing: Promise<void> = Promise.resolve();
  #reading: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(settings: DestinationReaderSettings) {
    this.#settings = settings;
    this.#committedId = settings.startId;
  }

  backlog(): number {
    const { log, place } = this.#settings;
    // Ids have gaps where a write failed or a record broke, so the difference alone might never reach 0.
    if (place.isAtEnd && this.#committedId >= place.lastId) return 0;
    return Math.max(0, log.lastDurableId - Math.max(this.#committedId, log.firstId - 1));
  }

  async read(maxBytes: number, signal: AbortSignal): Promise<readonly QueueEntry[]> {
    const { log, place, isClosed, waitForAppend } = this.#settings;
    for (;;) {
      if (isClosed()) return [];
      const seenId = log.lastDurableId;
      const reading = place.readAvailable(maxBytes);
      this.#reading = reading.catch(() => undefined);
      const entries = await reading;
      if (entries.length > 0) return entries;
      if (signal.aborted || isClosed()) return [];
      if (seenId === log.lastDurableId) await waitForAppend(signal);
    }
  }

  /** Told of what has just become durable, so that it need not be read back. */
  hold(written: readonly WrittenRecord[]): void {
    if (!this.#isClosed) this.#settings.place.hold(written);
  }

  commit(id: number): Promise<void> {
    this.#committedId = Math.max(this.#committedId, id);
    this.#committing = this.#committing.catch(() => undefined).then(() => this.#commitNow(id));
    return this.#committing;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#reading;
    await this.#committing.catch(() => undefined);
    await this.#settings.place.close();
  }

  async #commitNow(id: number): Promise<void> {
    // A later call that came meanwhile writes the higher id; this one is then covered by it.
    const { cursors, log, fullness, destination } = this.#settings;
    if ((cursors.get(destination) ?? 0) >= id) return;
    await cursors.set(destination, this.#committedId);
    try {
      await log.removePassed(cursors);
    } catch {
      // A segment that cannot be removed now (open elsewhere on Windows) is tried again at the next commit.
    }
    fullness.observe(log.bytes);
  }
}
