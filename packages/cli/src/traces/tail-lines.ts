import type { TraceSummary } from '@slipstream/query-api';
import type { Paint } from '../terminal/colour.js';
import { padColumns } from '../terminal/display-width.js';
import { cutColumns, plainText } from '../terminal/plain-text.js';
import { formatClock, formatCost, formatSpan, formatTokens } from '../terminal/values.js';
import { LEVEL_COLOUR, SHORT_ID } from './columns.js';

/** How many traces to remember; older ones do not change any more. */
const REMEMBERED = 2000;
const CELL_COLUMNS = 60;

/** Lines of a stream, whose widths cannot be known before: figures first, in columns of their own, then texts. */
export class TailLines {
  readonly #paint: Paint;
  readonly #columns: number;
  /** The last state of each trace that was printed, the oldest first. */
  readonly #printed = new Map<string, string>();

  constructor(paint: Paint, columns: number | undefined) {
    this.#paint = paint;
    this.#columns = columns ?? Number.POSITIVE_INFINITY;
  }

  /** Whether a trace is not as it was when it was printed last. From then on it counts as printed. */
  isNew(trace: TraceSummary): boolean {
    return this.#remember(trace.traceId, JSON.stringify(trace));
  }

  /** The line of a trace; `undefined` where the same line stands there already. */
  format(trace: TraceSummary): string | undefined {
    const isRunning = trace.running || trace.durationUs === null;
    const cells = [
      formatClock(trace.startTimeUs),
      plainText(trace.traceId.slice(0, SHORT_ID), SHORT_ID),
      padColumns(formatSpan(isRunning ? null : trace.durationUs), 9, 'right'),
      // While it runs its figures change with every span: one line at its start and one at its end are enough.
      padColumns(isRunning ? '' : `${formatTokens(trace.totalTokens)} tok`, 11, 'right'),
      padColumns(isRunning ? '' : formatCost(trace.costUsd), 9, 'right'),
      padColumns(trace.level === 'DEFAULT' ? '' : trace.level, 7),
      plainText(trace.name, CELL_COLUMNS) || '-',
      plainText(trace.service ?? '', CELL_COLUMNS),
      plainText(trace.conversation ?? '', CELL_COLUMNS),
    ];
    const line = cutColumns(cells.join('  ').trimEnd(), this.#columns);
    if (!this.#remember(trace.traceId, line)) return undefined;
    const colour = LEVEL_COLOUR[trace.level];
    return colour === undefined ? line : this.#paint(colour, line);
  }

  #remember(traceId: string, state: string): boolean {
    if (this.#printed.get(traceId) === state) return false;
    this.#printed.delete(traceId);
    this.#printed.set(traceId, state);
    const [oldest] = this.#printed.keys();
    if (this.#printed.size > REMEMBERED && oldest !== undefined) this.#printed.delete(oldest);
    return true;
  }
}
