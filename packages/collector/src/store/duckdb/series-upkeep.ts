import type { DuckDBConnection } from '@duckdb/node-api';
import { addUpSeriesHour, countSeriesNews, moveSeriesNews } from './database/series-sums.js';

export interface SeriesSettings {
  /** How often sums are looked through, in milliseconds. */
  readonly intervalMs: number;
  /** A minute is moved when it has been over for this long: most of what began in it has ended by then. */
  readonly quietMs: number;
  /** Above this many rows, minutes are moved before they are over. */
  readonly maxNewsRows: number;
}

/** Hours that one turn adds up, some ten milliseconds each. */
const HOURS_PER_TURN = 2;

/** Hours that are remembered to be added up; more come with an import, where one row a key gains little. */
const MAX_REMEMBERED_HOURS = 1_000;

const MS_PER_MINUTE = 60_000;
const MINUTES_PER_HOUR = 60;
const LATEST_MINUTE = 2 ** 31 - 1;

/** What keeps the sums over time small. Steps run in the writer's lane, between batches. */
export class SeriesUpkeep {
  readonly #writer: DuckDBConnection;
  readonly #settings: SeriesSettings;
  #hasBegun = false;
  #newsRows = 0;
  #lastTurnMs = performance.now();
  /** How often each hour got rows since it was added up. */
  readonly #movesByHour = new Map<number, number>();

  constructor(writer: DuckDBConnection, settings: SeriesSettings) {
    this.#writer = writer;
    this.#settings = settings;
  }

  noteRows(rows: number): void {
    this.#newsRows += rows;
  }

  isDue(nowMs: number): boolean {
    return nowMs - this.#lastTurnMs >= this.#settings.intervalMs;
  }

  /** One turn. @returns how many rows it moved */
  async run(nowMs: number, clockMs: number): Promise<number> {
    this.#lastTurnMs = nowMs;
    if (!this.#hasBegun) await this.#begin(clockMs);
    const rows = this.#newsRows > 0 ? await this.#moveNews(clockMs) : 0;
    await this.#addUpHours(clockMs);
    return rows;
  }

  /** What the store held before this process: nobody remembers how often the hour under way was added to. */
  async #begin(clockMs: number): Promise<void> {
    this.#newsRows = await countSeriesNews(this.#writer);
    const hour = hourOf(clockMs);
    for (const each of [hour - MINUTES_PER_HOUR, hour]) this.#movesByHour.set(each, 2);
    this.#hasBegun = true;
  }

  async #moveNews(clockMs: number): Promise<number> {
    const isFull = this.#newsRows > this.#settings.maxNewsRows;
    const before = isFull ? LATEST_MINUTE : Math.floor((clockMs - this.#settings.quietMs) / MS_PER_MINUTE);
    const { hours, rows } = await moveSeriesNews(this.#writer, before);
    for (const hour of hours) this.#noteMove(hour);
    this.#newsRows = await countSeriesNews(this.#writer);
    return rows;
  }

  #noteMove(hour: number): void {
    const moves = (this.#movesByHour.get(hour) ?? 0) + 1;
    // To the end, so that the one that has been quiet for longest is forgotten first.
    this.#movesByHour.delete(hour);
    this.#movesByHour.set(hour, moves);
    const [oldest] = this.#movesByHour.keys();
    if (this.#movesByHour.size > MAX_REMEMBERED_HOURS && oldest !== undefined) this.#movesByHour.delete(oldest);
  }

  /** Hours that are over, the ones first that have been quiet for longest. */
  async #addUpHours(clockMs: number): Promise<void> {
    const underWay = hourOf(clockMs - this.#settings.quietMs);
    const due = [...this.#movesByHour].filter(([hour, moves]) => hour < underWay && moves > 1);
    for (const [hour] of due.slice(0, HOURS_PER_TURN)) {
      await addUpSeriesHour(this.#writer, hour);
      this.#movesByHour.delete(hour);
    }
  }
}

/** The first minute of the hour. */
function hourOf(timeMs: number): number {
  return Math.floor(timeMs / MS_PER_MINUTE / MINUTES_PER_HOUR) * MINUTES_PER_HOUR;
}
