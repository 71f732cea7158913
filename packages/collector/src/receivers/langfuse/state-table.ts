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
  readonly bytes: number;
  readonly touchedAtMs: number;
}

interface TraceEntry {
  count: number;
  /** Whether every entity of the trace that was ever stored is in the table. */
  isWhole: boolean;
}

const ENTITY_BYTES = 500;
const BYTES_PER_CHARACTER = 2;

/** The entities that had events of late, bounded in number, size and age; the one untouched longest goes first. */
export class StateTable {
  readonly #limits: StateTableLimits;
  readonly #onEvict: () => void;
  readonly #entries = new Map<string, Entry>();
  readonly #traces = new Map<string, TraceEntry>();
  #bytes = 0;

  /** `onEvict` is told whenever something goes that only the store knows from then on. */
  constructor(limits: Partial<StateTableLimits>, onEvict: () => void) {
    this.#limits = { ...STATE_TABLE_LIMITS, ...limits };
    this.#onEvict = onEvict;
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: EntityKey): EntityState | undefined {
    return this.#entries.get(nameOf(key))?.state;
  }

  /** Whether everything of a trace is here; `undefined` where nothing is known of it. */
  isWhole(traceId: string): boolean | undefined {
    return this.#traces.get(traceId)?.isWhole;
  }

  /** Keeps a state. `isWhole` counts for a trace of which nothing was here. */
  set(state: EntityState, isWhole: boolean, nowMs: number): void {
    const name = nameOf(state);
    const trace = this.#traces.get(state.traceId) ?? { count: 0, isWhole };
    this.#traces.set(state.traceId, trace);
    const before = this.#entries.get(name);
    if (before === undefined) trace.count++;
    this.#entries.delete(name);
    const bytes = sizeOf(state);
    this.#bytes += bytes - (before?.bytes ?? 0);
    this.#entries.set(name, { state, bytes, touchedAtMs: nowMs });
    this.#shrink(nowMs);
  }

  #shrink(nowMs: number): void {
    const { maxEntities, maxBytes, maxAgeMs } = this.#limits;
    for (const [name, entry] of this.#entries) {
      const isWithin = this.#entries.size <= maxEntities && this.#bytes <= maxBytes;
      if (isWithin && nowMs - entry.touchedAtMs <= maxAgeMs) return;
      this.#entries.delete(name);
      this.#bytes -= entry.bytes;
      this.#release(entry.state.traceId);
      this.#onEvict();
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
