import type { Table } from '../table.js';
import { type Html, html } from './markup.js';
import { htmlTable } from './table.js';

/** A table that was made for text, on the page, with its notes below. */
export function fromTable({ title, columns, rows, notes }: Table): Html {
  const heads = columns.map(({ header, align }) => ({ header, isNumeric: align === 'right' }));
  return html`${htmlTable(
    title,
    heads,
    rows.map((cells) => (cells.some(isBad) ? { cells, mark: 'missed' } : { cells })),
  )}${notes.length > 0 && html`<ul class="note">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}`;
}

function isBad(cell: string): boolean {
  return cell.startsWith('MISSED') || cell.startsWith('DO NOT BALANCE');
}
