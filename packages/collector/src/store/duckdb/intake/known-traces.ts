import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { BloomFilter } from './bloom-filter.js';

/**
 * Which trace ids the database holds, so that a new trace, the common case, costs no look-up. It is filled in the
 * background after a start; until then every id may be there.
 */
export class KnownTraces {
  readonly #filter = new BloomFilter();
  #filled = false;
  #stopped = false;

  add(traceId: string): void {
    this.#filter.add(traceId);
  }

  /** `false` only where the database certainly has no such trace. */
  mayContain(traceId: string): boolean {
    return !this.#filled || this.#filter.mayContain(traceId);
  }

  /** Reads all trace ids, a chunk a turn. Ids that are written meanwhile are added by the writer. */
  async fill(connection: DuckDBConnection): Promise<void> {
    const result = await connection.stream('SELECT trace_id FROM all_traces');
    while (!this.#stopped) {
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) {
        this.#filled = true;
        return;
      }
      for (const traceId of chunk.getColumnValues(0)) this.#filter.add(String(traceId));
      await nextTurn();
    }
  }

  /** Ends {@link fill} after the chunk under way. */
  stop(): void {
    this.#stopped = true;
  }
}
