import { displayWidth, padColumns } from './display-width.js';
import { cutColumns } from './plain-text.js';

export interface Column {
  readonly title: string;
  /** Numbers stand on the right, so that their digits line up. */
  readonly align: 'left' | 'right';
  /** How narrow its cells may be cut where the terminal is narrow; without it they are not cut. */
  readonly minColumns?: number;
  /** Where cutting does not help, the columns with the highest number go first; without it a column stays. */
  readonly dropOrder?: number;
}

const GAP = '  ';

/** Rows of cells under their titles, two spaces apart. Lines have no spaces at their end. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  maxColumns?: number,
): string[] {
  const widths = fitColumns(columns, rows, maxColumns);
  return [columns.map(({ title }) => title), ...rows].map((cells) => formatRow(columns, widths, cells));
}

/** The width of each column; 0 for one that has no room. */
export function fitColumns(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  maxColumns = Number.POSITIVE_INFINITY,
): number[] {
  const widths = columns.map(({ title }, index) =>
    rows.reduce((widest, row) => Math.max(widest, displayWidth(row[index] ?? '')), displayWidth(title)),
  );
  const excess = (): number => totalWidth(widths) - maxColumns;
  shrink(columns, widths, excess);
  const droppable = columns
    .map(({ dropOrder }, index) => ({ dropOrder, index }))
    .filter(({ dropOrder }) => dropOrder !== undefined)
    .sort((left, right) => (right.dropOrder ?? 0) - (left.dropOrder ?? 0));
  for (const { index } of droppable) {
    if (excess() <= 0) break;
    widths[index] = 0;
  }
  return widths;
}

/** Takes from the widest column that can give, until all fit or none can give more. */
function shrink(columns: readonly Column[], widths: number[], excess: () => number): void {
  for (let over = excess(); over > 0; over = excess()) {
    const room = widths.map((width, index) => width - (columns[index]?.minColumns ?? width));
    const candidates = room.flatMap((spare, index) => (spare > 0 ? [index] : []));
    const widest = candidates.reduce<number | undefined>(
      (best, index) => (best === undefined || (widths[index] ?? 0) > (widths[best] ?? 0) ? index : best),
      undefined,
    );
    if (widest === undefined) return;
    const others = candidates.filter((index) => index !== widest).map((index) => widths[index] ?? 0);
    const step = Math.max(1, (widths[widest] ?? 0) - Math.max(0, ...others));
    widths[widest] = (widths[widest] ?? 0) - Math.min(step, over, room[widest] ?? 0);
  }
}

function totalWidth(widths: readonly number[]): number {
  const shown = widths.filter((width) => width > 0);
  return shown.reduce((sum, width) => sum + width, 0) + GAP.length * Math.max(0, shown.length - 1);
}

/** One line of a table whose columns have these widths. */
export function formatRow(columns: readonly Column[], widths: readonly number[], cells: readonly string[]): string {
  return columns
    .flatMap(({ align }, index) => {
      const width = widths[index] ?? 0;
      return width === 0 ? [] : [padColumns(cutColumns(cells[index] ?? '', width), width, align)];
    })
    .join(GAP)
    .trimEnd();
}

/** Digits in groups of three, the same on every machine. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** A count with its noun: `1 span`, `2,000 spans`. */
export function formatAmount(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** A size in the largest unit that leaves at least 1. */
export function formatBytes(bytes: number): string {
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
  const value = bytes / 1024 ** power;
  return `${power === 0 ? Math.round(value) : value.toFixed(1)} ${UNITS[power]}`;
}

/** A length of time in its two largest units. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const hours = Math.floor(seconds / 3600);
  if (hours < 48) return `${hours} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
