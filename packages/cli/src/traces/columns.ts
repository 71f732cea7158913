import type { Level, TraceSummary } from '@slipstream/query-api';
import type { Colour, Paint } from '../terminal/colour.js';
import { plainText } from '../terminal/plain-text.js';
import { type Column, fitColumns, formatRow } from '../terminal/table.js';
import { formatCost, formatSpan, formatTime, formatTokens } from '../terminal/values.js';

/** How much of an id a person needs to tell traces apart; a program gets all of it. */
export const SHORT_ID = 8;

/** Nothing is cut where there is no terminal, but a name of a megabyte is no cell. */
const CELL_COLUMNS = 200;

/** On a narrower terminal the year goes. */
const ROOM_FOR_YEAR = 100;

const COLUMNS: readonly Column[] = [
  { title: 'time', align: 'left', dropOrder: 3 },
  { title: 'trace', align: 'left' },
  { title: 'name', align: 'left', minColumns: 12 },
  { title: 'service', align: 'left', minColumns: 8, dropOrder: 6 },
  { title: 'duration', align: 'right' },
  { title: 'tokens', align: 'right', dropOrder: 5 },
  { title: 'cost', align: 'right', dropOrder: 4 },
  { title: 'level', align: 'left', dropOrder: 1 },
  { title: 'conversation', align: 'left', minColumns: 10, dropOrder: 7 },
];

export const LEVEL_COLOUR: Readonly<Partial<Record<Level, Colour>>> = { ERROR: 'red', WARNING: 'yellow' };

/** Prints pages of traces as one table: the widths are those of the first page. */
export class TraceTable {
  readonly #paint: Paint;
  readonly #columns: number | undefined;
  #widths: readonly number[] | undefined;

  /** @param columns how wide lines may be; `undefined` where nothing sets a limit */
  constructor(paint: Paint, columns: number | undefined) {
    this.#paint = paint;
    this.#columns = columns;
  }

  /** The lines of a page, before the first one the titles. */
  format(traces: readonly TraceSummary[]): string[] {
    const rows = traces.map((trace) => cellsOf(trace, this.#columns));
    const isFirst = this.#widths === undefined;
    const widths = this.#widths ?? fitColumns(COLUMNS, rows, this.#columns);
    this.#widths = widths;
    const lines = rows.map((cells, index) => {
      const line = formatRow(COLUMNS, widths, cells);
      const colour = LEVEL_COLOUR[traces[index]?.level ?? 'DEFAULT'];
      return colour === undefined ? line : this.#paint(colour, line);
    });
    const titles = COLUMNS.map(({ title }) => title);
    return isFirst ? [this.#paint('dim', formatRow(COLUMNS, widths, titles)), ...lines] : lines;
  }
}

function cellsOf(trace: TraceSummary, columns: number | undefined): string[] {
  const time = formatTime(trace.startTimeUs);
  return [
    (columns ?? ROOM_FOR_YEAR) < ROOM_FOR_YEAR ? time.slice('2026-'.length) : time,
    plainText(columns === undefined ? trace.traceId : trace.traceId.slice(0, SHORT_ID), CELL_COLUMNS),
    plainText(trace.name, CELL_COLUMNS) || '-',
    plainText(trace.service ?? '-', CELL_COLUMNS),
    formatSpan(trace.running ? null : trace.durationUs),
    formatTokens(trace.totalTokens),
    formatCost(trace.costUsd),
    trace.level,
    plainText(trace.conversation ?? '-', CELL_COLUMNS),
  ];
}
