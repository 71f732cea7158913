import { armTitle } from '../report/arm-title.js';
import { intervalText, ratioText, timesText } from '../report/interval-text.js';
import { NO_VALUE } from '../report/number-text.js';
import type { Column, Table } from '../report/table.js';
import type { ComparedFigure, Comparison } from './compare.js';

const LEFT = { align: 'left' } as const;
const RIGHT = { align: 'right' } as const;
const FIGURE_COLUMNS: readonly Column[] = [
  { header: 'first', ...RIGHT },
  { header: 'second', ...RIGHT },
  { header: 'second / first', ...RIGHT },
  { header: 'intervals', ...LEFT },
];

/** The comparison as tables, for a terminal or a page. */
export function comparisonTables(comparison: Comparison): Table[] {
  return [headlineTable(comparison), cellsTable(comparison)];
}

function headlineTable({ headline: { agree, judged, ratios } }: Comparison): Table {
  return {
    title: `Slipstream against each peer and against untraced: ${agree} of ${judged} ratios agree within their intervals`,
    columns: [{ header: 'question', ...LEFT }, { header: 'ours / theirs', ...LEFT }, ...FIGURE_COLUMNS],
    rows: ratios.map((ratio) => [
      plain(ratio.title),
      plain(`${armTitle(ratio.own)} / ${armTitle(ratio.other)}`),
      ...figureCells(ratio, (estimate) => ratioText(estimate)),
    ]),
    notes: [
      'A ratio of CPU time is of what tracing adds, except against untraced; a ratio of the server is of its p99.',
    ],
  };
}

function cellsTable({ cells, onlyFirst, onlySecond }: Comparison): Table {
  return {
    title: `Every figure that both runs have: ${cells.filter(({ overlaps }) => overlaps === true).length} of ${cells.filter(({ overlaps }) => overlaps !== undefined).length} agree within their intervals`,
    columns: [
      { header: 'question', ...LEFT },
      { header: 'arm', ...LEFT },
      { header: 'figure', ...LEFT },
      ...FIGURE_COLUMNS,
    ],
    rows: cells.map((cell) => [
      plain(cell.scenario),
      plain(cell.arm),
      `${cell.measure}, ${cell.unit}`,
      ...figureCells(cell, (estimate) => intervalText(estimate)),
    ]),
    notes: [...only('first', onlyFirst), ...only('second', onlySecond)],
  };
}

function figureCells(figure: ComparedFigure, show: (estimate: ComparedFigure['first']) => string): string[] {
  const { first, second, overlaps, ratio } = figure;
  return [show(first), show(second), ratio === undefined ? NO_VALUE : timesText(ratio), overlapText(overlaps)];
}

function overlapText(overlaps: boolean | undefined): string {
  if (overlaps === undefined) return 'too few samples';
  return overlaps ? 'overlap' : 'APART';
}

const SHOWN_NAMES = 20;

function only(which: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const rest = names.length > SHOWN_NAMES ? ` and ${names.length - SHOWN_NAMES} more` : '';
  return [`Only in the ${which} run: ${plain(names.slice(0, SHOWN_NAMES).join(', '))}${rest}.`];
}

/** Text from a file may hold what a terminal would obey. */
export function plain(text: string): string {
  return text.replace(/\p{Cc}|\p{Cf}/gu, '\ufffd').slice(0, 200);
}
