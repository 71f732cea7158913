import { type Html, type HtmlValue, html } from './markup.js';

/** A column's head, and whether figures stand in it. */
export interface HtmlColumn {
  readonly header: string;
  readonly isNumeric?: boolean;
  /** Sentences stand in it. */
  readonly isWide?: boolean;
}

/** A row: its cells, and what it is marked as. */
export interface HtmlRow {
  readonly cells: readonly HtmlValue[];
  readonly mark?: 'own' | 'missed' | 'quiet';
}

/** A table that scrolls within itself; the first cell of a row is its head. */
export function htmlTable(caption: string, columns: readonly HtmlColumn[], rows: readonly HtmlRow[]): Html {
  return html`
<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col"${classOf(column)}>${column.header}</th>`)}</tr></thead>
<tbody>${rows.map((row) => htmlRow(row, columns))}</tbody>
</table></div>`;
}

function htmlRow({ cells, mark }: HtmlRow, columns: readonly HtmlColumn[]): Html {
  const drawn = columns.map((column, index) => {
    const cell = cells[index];
    return index === 0
      ? html`<th scope="row"${classOf(column)}>${cell}</th>`
      : html`<td${classOf(column)}>${cell}</td>`;
  });
  return html`
<tr${mark === undefined ? undefined : html` class="${mark}"`}>${drawn}</tr>`;
}

function classOf({ isNumeric, isWide }: HtmlColumn): HtmlValue {
  if (isNumeric === true) return html` class="n"`;
  return isWide === true && html` class="wide"`;
}
