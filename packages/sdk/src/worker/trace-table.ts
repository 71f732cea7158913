import { mergeEntries, type TraceFields } from './record-fields.js';
import type { AttributeValue } from './value-text.js';

/** Traces whose values are kept at once. */
export const MAX_TRACES = 50_000;

/** Trace-level values of all kept traces, about. */
export const MAX_TRACE_BYTES = 32 * 1024 * 1024;

/** A trace of which nothing is heard for this long is over. */
export const TRACE_SILENCE_MS = 10 * 60_000;

/** An update after which no span of its trace came for this long has reached nobody. */
export const LATE_UPDATE_MS = 30_000;

/** What a trace's updates add up to. */
export interface TraceValues {
  name: string | undefined;
  userId: string | undefined;
  sessionId: string | undefined;
  tags: string[];
  metadata: Map<string, AttributeValue> | undefined;
  environment: string | undefined;
  version: string | undefined;
  isPublic: boolean | undefined;
  /** For the next span only: they may be large, and any one span of a trace can carry them. */
  input: string | undefined;
  output: string | undefined;
}

interface TraceEntry {
  readonly values: TraceValues;
  sizeBytes: number;
  touchedAtMs: number;
  /** When the oldest update came that no span has carried yet. */
  unsentSinceMs: number | undefined;
}

export interface TraceTableLimits {
  readonly maxCount: number;
  readonly maxBytes: number;
}

/**
 * Trace-level values by trace id, for the spans of that trace that are encoded afterwards. Bounded by count, bytes
 * and silence; what goes first is the trace that was quiet the longest.
 */
export class TraceTable {
  readonly #onLateUpdate: () => void;
  readonly #limits: TraceTableLimits;
  /** In the order of their last touch, the quietest first. */
  readonly #entries = new Map<string, TraceEntry>();
  /** Traces with an update that no span has carried, the oldest first. */
  readonly #unsent = new Set<string>();
  #bytes = 0;

  constructor(
    onLateUpdate: () => void,
    limits: TraceTableLimits = { maxCount: MAX_TRACES, maxBytes: MAX_TRACE_BYTES },
  ) {
    this.#onLateUpdate = onLateUpdate;
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  update(traceId: string, fields: TraceFields, nowMs: number): void {
    const entry = this.#entries.get(traceId) ?? newEntry(nowMs);
    mergeTrace(entry.values, fields);
    this.#measure(entry);
    entry.unsentSinceMs ??= nowMs;
    this.#unsent.add(traceId);
    this.#touch(traceId, entry, nowMs);
    while (this.#entries.size > this.#limits.maxCount || this.#bytes > this.#limits.maxBytes) this.#dropQuietest();
  }

  /** The values of this trace, for a span that is about to be encoded: the update counts as sent. */
  take(traceId: string, nowMs: number): TraceValues | undefined {
    const entry = this.#entries.get(traceId);
    if (entry === undefined) return undefined;
    const values = { ...entry.values };
    if (values.input !== undefined || values.output !== undefined) {
      entry.values.input = undefined;
      entry.values.output = undefined;
      this.#measure(entry);
    }
    entry.unsentSinceMs = undefined;
    this.#unsent.delete(traceId);
    this.#touch(traceId, entry, nowMs);
    return values;
  }

  /** The values of this trace for a span that is shown while it runs: a hint, so that nothing counts as sent. */
  peek(traceId: string): TraceValues | undefined {
    return this.#entries.get(traceId)?.values;
  }

  /** Forgets quiet traces and counts updates that came too late. Call it now and then. */
  sweep(nowMs: number): void {
    for (const [traceId, entry] of this.#entries) {
      if (nowMs - entry.touchedAtMs < TRACE_SILENCE_MS) break;
      this.#drop(traceId, entry);
    }
    for (const traceId of this.#unsent) {
      const since = this.#entries.get(traceId)?.unsentSinceMs ?? nowMs;
      if (nowMs - since < LATE_UPDATE_MS) break;
      this.#countLate(traceId);
    }
  }

  /** No span will come any more: every update that waits for one is late. */
  close(): void {
    for (const traceId of this.#unsent) this.#countLate(traceId);
  }

  #measure(entry: TraceEntry): void {
    const sizeBytes = sizeOf(entry.values);
    this.#bytes += sizeBytes - entry.sizeBytes;
    entry.sizeBytes = sizeBytes;
  }

  #touch(traceId: string, entry: TraceEntry, nowMs: number): void {
    entry.touchedAtMs = nowMs;
    this.#entries.delete(traceId);
    this.#entries.set(traceId, entry);
  }

  #dropQuietest(): void {
    for (const [traceId, entry] of this.#entries) {
      this.#drop(traceId, entry);
      return;
    }
  }

  #drop(traceId: string, entry: TraceEntry): void {
    if (this.#unsent.has(traceId)) this.#countLate(traceId);
    this.#entries.delete(traceId);
    this.#bytes -= entry.sizeBytes;
  }

  #countLate(traceId: string): void {
    this.#unsent.delete(traceId);
    const entry = this.#entries.get(traceId);
    if (entry !== undefined) entry.unsentSinceMs = undefined;
    this.#onLateUpdate();
  }
}

function newEntry(nowMs: number): TraceEntry {
  const values: TraceValues = {
    name: undefined,
    userId: undefined,
    sessionId: undefined,
    tags: [],
    metadata: undefined,
    environment: undefined,
    version: undefined,
    isPublic: undefined,
    input: undefined,
    output: undefined,
  };
  return { values, sizeBytes: 0, touchedAtMs: nowMs, unsentSinceMs: undefined };
}

/** What an entry takes in memory besides its texts, about. */
const ENTRY_BYTES = 500;

/** What a trace's values take in memory, about: two bytes a character. */
function sizeOf(values: TraceValues): number {
  const { name, userId, sessionId, environment, version, input, output } = values;
  let characters = 0;
  for (const text of [name, userId, sessionId, environment, version, input, output]) characters += text?.length ?? 0;
  for (const tag of values.tags) characters += tag.length;
  for (const [key, value] of values.metadata ?? []) characters += key.length + String(value).length;
  return ENTRY_BYTES + characters * 2;
}

/** Later values win; tags are collected without repeats, metadata by key. */
function mergeTrace(values: TraceValues, fields: TraceFields): void {
  values.name = fields.name ?? values.name;
  values.userId = fields.userId ?? values.userId;
  values.sessionId = fields.sessionId ?? values.sessionId;
  if (fields.tags !== undefined) values.tags = [...new Set([...values.tags, ...fields.tags])];
  values.metadata = mergeEntries(values.metadata, fields.metadata);
  values.environment = fields.environment ?? values.environment;
  values.version = fields.version ?? values.version;
  values.isPublic = fields.isPublic ?? values.isPublic;
  values.input = fields.input ?? values.input;
  values.output = fields.output ?? values.output;
}
