import { displayWidth, graphemes, graphemeWidth, isOneColumnEach } from './display-width.js';

/** What moves the cursor, starts an escape sequence, changes the direction of writing, or shows nothing. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** Joins emoji to one picture, which terminals draw in different widths: without it each stands for itself. */
const EMOJI_JOINER =
  /(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u{fe0f})\u{200d}(?=\p{Extended_Pictographic})/gu;
/** Characters on top of one another have no end; a written language needs no more. */
const MAX_GRAPHEME_UNITS = 16;

/**
 * Makes text from elsewhere (names and contents of traces, messages of a server) safe to print: no control characters,
 * which would move the cursor or worse, no invisible direction marks, and no more than `maxColumns`.
 */
export function plainText(text: string, maxColumns = Number.POSITIVE_INFINITY): string {
  // More than this cannot be shown, and replacing characters in megabytes takes its time.
  const start = Number.isFinite(maxColumns) ? text.slice(0, (maxColumns + 1) * MAX_GRAPHEME_UNITS) : text;
  const visible = start.replace(EMOJI_JOINER, '').replace(UNSAFE, '\u{fffd}');
  return cut(visible, maxColumns);
}

/** Text of several lines, made safe line by line; tabs become spaces. */
export function plainLines(text: string): string[] {
  return text.split(/\r\n|\r|\n/).map((line) => plainText(line.replaceAll('\t', '    ')));
}

/** JSON whose strings hold no character that a terminal would act on. The value is the same. */
export function plainJson(value: unknown, indent?: number): string {
  return escapeInJson(JSON.stringify(value, undefined, indent) ?? 'null');
}

/** JSON text in which what {@link plainText} would replace is written as `\uXXXX`, line ends and tabs excepted. */
export function escapeInJson(text: string): string {
  return text.replace(UNSAFE, (character) => (/[\n\r\t]/.test(character) ? character : toEscapes(character)));
}

function toEscapes(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    const unit = character.charCodeAt(index);
    return `\\u${unit.toString(16).padStart(4, '0')}`;
  }).join('');
}

function cut(text: string, maxColumns: number): string {
  if (isOneColumnEach(text)) return text.length <= maxColumns ? text : `${text.slice(0, maxColumns - 1)}…`;
  let result = '';
  let columns = 0;
  /** The longest beginning that leaves room for the sign that something is missing. */
  let withRoom = '';
  for (const grapheme of graphemes(text)) {
    columns += graphemeWidth(grapheme);
    if (columns > maxColumns) return `${withRoom}…`;
    result += grapheme.slice(0, MAX_GRAPHEME_UNITS);
    if (columns <= maxColumns - 1) withRoom = result;
  }
  return result;
}

/** Cuts a text that is safe already and may be painted nowhere. */
export function cutColumns(text: string, maxColumns: number): string {
  return displayWidth(text) <= maxColumns ? text : cut(text, maxColumns);
}
