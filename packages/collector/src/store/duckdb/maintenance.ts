import type { DuckDBConnection } from '@duckdb/node-api';
import { Checkpointer } from './database/checkpointer.js';
import type { Database } from './database/database.js';
import { settleTraces } from './database/trace-settler.js';
import { addUpInstanceCounts, findAndRemoveObsoleteStarts, removeObsoleteStarts } from './database/upkeep.js';
import type { SpanId } from './intake/batch-fold.js';
import type { TraceCache } from './intake/trace-cache.js';
import { SeriesUpkeep } from './series-upkeep.js';
import type { EngineSettings } from './settings.js';

/** Obsolete starts held in memory; at this many the writer pauses to remove them. */
const MAX_OBSOLETE_STARTS = 20_000;

/** Upkeep between batches: what is due when, and the doing of it. Everything runs in the writer's lane. */
export class Maintenance {
  readonly #writer: DuckDBConnection;
  readonly #cache: TraceCache;
  readonly #settings: EngineSettings;
  readonly #checkpointer: Checkpointer;
  readonly #series: SeriesUpkeep;
  #obsoleteStarts: SpanId[] = [];
  #hasSearchedObsoleteStarts = false;
  #lastWriteMs = performance.now();
  #lastSettleMs = performance.now();
  #lastRemovalMs = performance.now();
  /** Steps that failed; each is tried again at its next turn. */
  failures = 0;

  constructor({ writer, logPath }: Database, cache: TraceCache, settings: EngineSettings) {
    this.#writer = writer;
    this.#cache = cache;
    this.#settings = settings;
    this.#checkpointer = new Checkpointer(writer, settings.checkpoint, logPath);
    this.#series = new SeriesUpkeep(writer, settings.series);
  }

  noteWrite(rows: number, seriesRows: number, obsoleteStarts: readonly SpanId[]): void {
    this.#lastWriteMs = performance.now();
    this.#checkpointer.noteRows(rows);
    this.#series.noteRows(seriesRows);
    for (const start of obsoleteStarts) this.#obsoleteStarts.push(start);
  }

  /** Rows that were removed are in the log like rows that were added. */
  noteRemoval(rows: number): void {
    if (rows > 0) this.#lastWriteMs = performance.now();
    this.#checkpointer.noteRows(rows);
  }

  /** Runs `task` while no start of an ended span is stored. */
  async withoutObsoleteStarts(task: () => Promise<void>): Promise<void> {
    await this.#removeObsoleteStarts();
    await task();
  }

  /** Whether the writer should pause for {@link run} although batches wait. */
  get isUrgent(): boolean {
    return this.#checkpointer.isDue(0) || this.#obsoleteStarts.length >= MAX_OBSOLETE_STARTS;
  }

  /** Does what is due. Never rejects: what fails leaves the database as it was. */
  async run(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - this.#lastRemovalMs >= this.#settings.obsoleteStartsIntervalMs || this.isUrgent) {
      this.#lastRemovalMs = nowMs;
      await this.#attempt(() => this.#removeObsoleteStarts());
    }
    if (nowMs - this.#lastSettleMs >= this.#settings.settle.intervalMs) {
      this.#lastSettleMs = nowMs;
      await this.#attempt(() => this.#settle());
    }
    if (this.#series.isDue(nowMs)) {
      await this.#attempt(async () => this.#checkpointer.noteRows(await this.#series.run(nowMs, Date.now())));
    }
    if (this.#checkpointer.isDue(nowMs - this.#lastWriteMs)) await this.#checkpoint();
  }

  /** What a close leaves behind: a database file without a log. */
  async finish(): Promise<void> {
    await this.#attempt(() => this.#removeObsoleteStarts());
    await this.#checkpoint();
  }

  async #checkpoint(): Promise<void> {
    await this.#attempt(() => addUpInstanceCounts(this.#writer));
    await this.#attempt(() => this.#checkpointer.checkpoint());
  }

  async #settle(): Promise<void> {
    for (const traceId of await settleTraces(this.#writer, this.#settings.settle, Date.now() * 1000)) {
      const trace = this.#cache.get(traceId);
      if (trace) trace.home = 'traces';
    }
  }

  async #removeObsoleteStarts(): Promise<void> {
    if (!this.#hasSearchedObsoleteStarts) {
      await findAndRemoveObsoleteStarts(this.#writer);
      this.#hasSearchedObsoleteStarts = true;
      this.#obsoleteStarts = [];
    }
    if (this.#obsoleteStarts.length === 0) return;
    await removeObsoleteStarts(this.#writer, this.#obsoleteStarts);
    this.#obsoleteStarts = [];
  }

  async #attempt(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch {
      // Counted, and tried again at the next turn: none of these steps changes what a reader sees.
      this.failures += 1;
    }
  }
}
