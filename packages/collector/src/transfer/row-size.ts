import type { ExportedRow } from './export-rows.js';

/** What each value takes beside its text. */
const VALUE_CHARS = 16;

/** What a row takes as text, about. */
export function rowChars(row: ExportedRow): number {
  let chars = 0;
  for (const value of Object.values(row)) chars += valueChars(value);
  return chars;
}

function valueChars(value: unknown): number {
  if (typeof value === 'string') return value.length + VALUE_CHARS;
  if (typeof value !== 'object' || value === null) return VALUE_CHARS;
  let chars = VALUE_CHARS;
  for (const [key, each] of Object.entries(value)) chars += key.length + valueChars(each);
  return chars;
}
