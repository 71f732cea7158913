/** Which side a column's text is pushed to. */
export type Alignment = 'left' | 'right';

/** A column's head. */
export interface Column {
  readonly header: string;
  readonly align: Alignment;
}

/** A table, before it is text of any kind. */
export interface Table {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
}

/** Aligned text for a terminal. */
export function renderTextTable({ title, columns, rows, notes }: Table): string {
  const widths = columns.map((column, index) =>
    Math.max(column.header.length, ...rows.map((row) => (row[index] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, index) => {
        const cell = cells[index] ?? '';
        const width = widths[index] ?? 0;
        return align === 'left' ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  return [
    title,
    line(columns.map((column) => column.header)),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map(line),
    ...notes.map((note) => `  ${note}`),
  ].join('\n');
}

/** The same as Markdown. */
export function renderMarkdownTable({ title, columns, rows, notes }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(' | ')} |`;
  return [
    `## ${title}`,
    '',
    line(columns.map((column) => column.header)),
    `|${columns.map(({ align }) => (align === 'left' ? ' --- ' : ' --: ')).join('|')}|`,
    ...rows.map((row) => line(columns.map((_, index) => row[index] ?? ''))),
    ...(notes.length === 0 ? [] : ['', ...notes.map((note) => `- ${note.replaceAll('\n', ' ')}`)]),
  ].join('\n');
}

function escapeCell(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('\n', ' ');
}
