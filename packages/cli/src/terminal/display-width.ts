/** First and last code points of blocks whose characters take two columns (Unicode 15.1, East Asian Width W and F). */
const WIDE: readonly (readonly [first: number, last: number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18cff],
  [0x1aff0, 0x1b2fb],
  [0x1f200, 0x1f265],
  [0x20000, 0x3fffd],
];

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The characters as a reader sees them: an accent belongs to its letter, a flag is one. */
export function* graphemes(text: string): Generator<string> {
  for (const { segment } of segmenter.segment(text)) yield segment;
}

/** Latin letters with their accents, as Vietnamese has them, dashes, and what trees and bars are drawn with. */
const ONE_COLUMN_EACH = /^[\x20-\x7e\u{a1}-\u{ac}\u{ae}-\u{2ff}\u{1e00}-\u{1eff}\u{2010}-\u{2027}\u{2500}-\u{259f}]*$/u;

/** Whether each UTF-16 unit of a text takes one column: true of most, and quick to find out. */
export function isOneColumnEach(text: string): boolean {
  return ONE_COLUMN_EACH.test(text);
}

/** How many columns of a terminal a text takes; the text must hold no control characters. */
export function displayWidth(text: string): number {
  if (isOneColumnEach(text)) return text.length;
  let columns = 0;
  for (const grapheme of graphemes(text)) columns += graphemeWidth(grapheme);
  return columns;
}

/** Columns of one grapheme: 2 for wide characters and emoji, 0 for a mark alone, else 1. */
export function graphemeWidth(grapheme: string): number {
  if (/^[\p{Emoji_Presentation}\p{Regional_Indicator}]/u.test(grapheme)) return 2;
  if (/^\p{Extended_Pictographic}\u{fe0f}/u.test(grapheme)) return 2;
  if (/^\p{M}/u.test(grapheme)) return 0;
  const code = grapheme.codePointAt(0) ?? 0;
  return WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}

/** Fills a text up with spaces to a number of columns. */
export function padColumns(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const spaces = ' '.repeat(Math.max(0, columns - displayWidth(text)));
  return align === 'right' ? spaces + text : text + spaces;
}
