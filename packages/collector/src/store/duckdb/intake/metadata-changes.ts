import type { MetadataRow } from '../schema/metadata-columns.js';
import type { StoredObservation } from '../schema/observation-columns.js';
import { toMicros } from './trace-state.js';

/** A filter condition is `key:value` of at most 2,000 characters, so a longer value is never asked for. */
const MAX_FILTER_VALUE_CHARS = 2000;

export type MetadataId = Pick<MetadataRow, 'traceId' | 'spanId' | 'key'>;

/** What one batch does to the metadata table: rows to remove first, then rows to add. */
export class MetadataChanges {
  readonly #added = new Map<string, MetadataRow>();
  #removed: MetadataId[] = [];

  get added(): readonly MetadataRow[] {
    return [...this.#added.values()];
  }

  get removed(): readonly MetadataId[] {
    return this.#removed;
  }

  /** Drops what is noted of these traces, which are then noted anew. */
  forget(traceIds: ReadonlySet<string>): void {
    for (const [id, { traceId }] of this.#added) if (traceIds.has(traceId)) this.#added.delete(id);
    this.#removed = this.#removed.filter(({ traceId }) => !traceIds.has(traceId));
  }

  /** A trace-level value that differs from the one before, or is the first. */
  setTraceValue(observation: StoredObservation, key: string, value: string, before: string | undefined): void {
    if (before === value) return;
    if (before !== undefined) this.#removed.push({ traceId: observation.traceId, spanId: '', key });
    this.#add(observation, 'trace', key, value);
  }

  /** An observation's own metadata; `before` is that of its running version, whose rows are there already. */
  foldObservation(observation: StoredObservation, before: ReadonlyMap<string, string> | undefined): void {
    const { traceId, spanId } = observation;
    for (const [key, value] of observation.metadata) {
      if (before?.get(key) === value) continue;
      if (before?.has(key)) this.#removed.push({ traceId, spanId, key });
      this.#add(observation, 'observation', key, value);
    }
  }

  #add(observation: StoredObservation, level: MetadataRow['level'], key: string, value: string): void {
    const spanId = level === 'trace' ? '' : observation.spanId;
    // A later value of the same batch takes the place of the earlier one.
    this.#added.set(`${observation.traceId}${spanId}\n${key}`, {
      traceId: observation.traceId,
      spanId,
      level,
      key,
      value: value.length > MAX_FILTER_VALUE_CHARS ? undefined : value,
      startUs: toMicros(observation.startTimeUnixNano),
    });
  }
}
