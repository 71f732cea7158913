/** Columns in which a text search looks. */
const SEARCHED_COLUMNS = ['name', 'trace_name', 'input', 'output', 'status_message'];

/** A condition on an observation row: any searched column matches `$text_pattern`. */
export const TEXT_MATCH_SQL = `(${SEARCHED_COLUMNS.map((name) => `regexp_matches(${name}, $text_pattern)`).join(' OR ')})`;

/**
 * A pattern that finds the text as it stands, whatever characters it has, without regard to case. Captured structures
 * are kept as JSON, so a text that JSON writes otherwise (quotes, line breaks) is looked for in that form too.
 */
export function textPattern(text: string): string {
  const inJson = JSON.stringify(text).slice(1, -1);
  const forms = inJson === text ? [text] : [text, inJson];
  return `(?i)(?:${forms.map(escapePattern).join('|')})`;
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}
