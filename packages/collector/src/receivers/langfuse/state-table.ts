import type { EntityKey, EntityState } from './patch.js';

export interface StateTableLimits {
  /** @default 100,000 */
  readonly maxEntities: number;
  /** Of their texts, as characters of two bytes. @default 64 MiB */
  readonly maxBytes: number;
  /** Since the last event. @default an hour */
  readonly maxAgeMs: number;
}

export const STATE_TABLE_LIMITS: StateTableLimits = {
  maxEntities: 100_000,
  maxBytes: 64 * 1024 * 1024,
  maxAgeMs: 3_600_000,
};

interface Entry {
  readonly state: EntityState;
  /** How far storing must have come for this state to be found. */
  readonly mark: number;
  readonly bytes: number;
  readonly touchedAtMs: number;
}

interface TraceEntry {
  count: number;
  /** Whether every entity of the trace that was ever stored is in the table. */
  isWhole: boolean;
}

/** What is to be known of states that are kept. */
export interface KeptStates {
  /** Whether nothing of a trace was stored before. */
  readonly isNew: (traceId: string) => boolean;
  /** How far storing must have come for the states to be found. */
  readonly mark: number;
  readonly nowMs: number;
}

const ENTITY_BYTES = 500;
const BYTES_PER_CHARACTER = 2;

/** The entities that had events of late, bounded in number, size and age; the one untouched longest goes first. */
export class StateTable {
  readonly #limits: StateTableLimits;
  readonly #entries = new Map<string, Entry>();
  readonly #traces = new Map<string, TraceEntry>();
  #bytes = 0;
  #mark: number;

  /** `mark` is how far storing must have come for all that was there before. */
  constructor(limits: Partial<StateTableLimits>, mark: number) {
    this.#limits = { ...STATE_TABLE_LIMITS, ...limits };
    this.#mark = mark;
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** How far storing must have come for everything that is not here to be found. */
  get mark(): number {
    return this.#mark;
  }

  get(key: EntityKey): EntityState | undefined {
    return this.#entries.get(nameOf(key))?.state;
  }

  /** Whether everything of a trace is here; `undefined` where nothing is known of it. */
  isWhole(traceId: string): boolean | undefined {
    return this.#traces.get(traceId)?.isWhole;
  }

  /** Keeps states, which are all in the queue. Then lets go what is too much: only the store knows it from then on. */
  keep(states: readonly EntityState[], { isNew, mark, nowMs }: KeptStates): void {
    for (const state of states) this.#set(state, isNew(state.traceId), { mark, touchedAtMs: nowMs });
    this.#shrink(nowMs);
  }

  #set(state: EntityState, isNew: boolean, at: Pick<Entry, 'mark' | 'touchedAtMs'>): void {
    const name = nameOf(state);
    const trace = this.#traces.get(state.traceId) ?? { count: 0, isWhole: isNew };
    this.#traces.set(state.traceId, trace);
    const before = this.#entries.get(name);
    if (before === undefined) trace.count++;
    this.#entries.delete(name);
    const bytes = sizeOf(state);
    this.#bytes += bytes - (before?.bytes ?? 0);
    this.#entries.set(name, { state, bytes, ...at });
  }

  #shrink(nowMs: number): void {
    const { maxEntities, maxBytes, maxAgeMs } = this.#limits;
    for (const [name, entry] of this.#entries) {
      const isWithin = this.#entries.size <= maxEntities && this.#bytes <= maxBytes;
      if (isWithin && nowMs - entry.touchedAtMs <= maxAgeMs) return;
      this.#entries.delete(name);
      this.#bytes -= entry.bytes;
      this.#mark = Math.max(this.#mark, entry.mark);
      this.#release(entry.state.traceId);
    }
  }

  #release(traceId: string): void {
    const trace = this.#traces.get(traceId);
    if (trace === undefined) return;
    trace.isWhole = false;
    trace.count--;
    if (trace.count <= 0) this.#traces.delete(traceId);
  }
}

function nameOf({ traceId, spanId }: EntityKey): string {
  return traceId + spanId;
}

function sizeOf({ fields, metadata, tags }: EntityState): number {
  let characters = 0;
  for (const value of fields.values()) characters += value.length;
  for (const [key, value] of metadata) characters += key.length + value.length;
  for (const tag of tags) characters += tag.length;
  return ENTITY_BYTES + characters * BYTES_PER_CHARACTER;
}
