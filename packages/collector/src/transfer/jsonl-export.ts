import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ExportedRow } from './export-rows.js';
import { rowChars } from './row-size.js';

/** Lines are joined up to this, and other requests get a turn between two pieces. */
const PIECE_CHARS = 250_000;

/** One line of JSON for each row. */
export async function* toJsonl(pages: AsyncIterable<readonly ExportedRow[]>): AsyncGenerator<string> {
  for await (const rows of pages) {
    let piece = '';
    for (const row of rows) {
      piece += `${JSON.stringify(row)}\n`;
      if (piece.length + rowChars(row) < PIECE_CHARS) continue;
      yield piece;
      piece = '';
      await nextTurn();
    }
    if (piece !== '') yield piece;
  }
}
