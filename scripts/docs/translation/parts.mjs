import { readMarkdown } from '../markdown.mjs';

/**
 * @typedef {{ value: string, line: number }} Part
 *
 * @typedef {object} Parts What a page and its translation have in common, each in the order of the text.
 * @property {Part[]} headings their levels
 * @property {Part[]} code fenced blocks with their language
 * @property {Part[]} tables rows, as the number of their cells
 * @property {Part[]} links targets of links
 * @property {Part[]} images targets of images
 * @property {Part[]} figures numbers in the text, with their units
 * @property {Part[]} terms code within the text, in each section in the order of the alphabet
 */

const INLINE_CODE = /(`+)(.+?)\1/g;
const IMAGE = /!\[[^\]]*\]\(([^)\s]+)[^)]*\)/g;
const LINK = /(?<!!)\[[^\]]*\]\(([^)\s]+)[^)]*\)|<(https?:[^>\s]+)>/g;
const FIGURE = /\d+(?:[.,]\d+)*(?:\s?[–-]\s?\d+(?:[.,]\d+)*)?(?:[\s ]?(%|×|[\p{L}µ]+(?: giây)?))?/gu;

/** Units as they are written in each language; what is none of them is the next word of the sentence. */
const UNITS = {
  '%': '%',
  '×': '×',
  ns: 'ns',
  µs: 'µs',
  ms: 'ms',
  s: 's',
  'micro giây': 'µs',
  giây: 's',
  second: 's',
  seconds: 's',
  phút: 'min',
  minute: 'min',
  minutes: 'min',
  giờ: 'h',
  hour: 'h',
  hours: 'h',
  B: 'B',
  KB: 'KB',
  MB: 'MB',
  GB: 'GB',
  KiB: 'KiB',
  MiB: 'MiB',
  GiB: 'GiB',
};

/**
 * @param {string} text Markdown
 * @returns {Parts}
 */
export function readParts(text) {
  const { fences, prose } = readMarkdown(text);
  const parts = { headings: [], code: [], tables: [], links: [], images: [], figures: [], terms: [] };
  for (const { line, info, code } of fences) parts.code.push({ line, value: `${info}\n${code}` });
  let section = [];
  const endSection = () => {
    parts.terms.push(...section.sort((a, b) => (a.value < b.value ? -1 : Number(a.value > b.value))));
    section = [];
  };
  for (const { line, text } of prose) {
    const heading = /^(#+)\s/.exec(text);
    if (heading !== null) {
      endSection();
      parts.headings.push({ line, value: heading[1] });
    }
    section.push(...readLine(parts, line, text));
  }
  endSection();
  return parts;
}

/** Adds what stands on a line; gives back the code in it. */
function readLine(parts, line, text) {
  const all = (pattern, from) => [...from.matchAll(pattern)];
  const terms = all(INLINE_CODE, text).map(([, , code]) => ({ line, value: code }));
  const withoutCode = text.replace(INLINE_CODE, '`');
  for (const [, target] of all(IMAGE, withoutCode)) parts.images.push({ line, value: target });
  for (const [, target, address] of all(LINK, withoutCode)) parts.links.push({ line, value: target ?? address });
  if (/^\s*\|/.test(text)) parts.tables.push({ line, value: `${withoutCode.split('|').length - 2} cells` });
  const words = withoutCode.replace(/\]\([^)]*\)/g, ']').replace(/<https?:[^>]*>/g, '');
  for (const [figure, unit] of all(FIGURE, words)) {
    const number = unit === undefined ? figure : figure.slice(0, figure.length - unit.length);
    parts.figures.push({ line, value: `${number.trim()} ${UNITS[unit] ?? ''}`.trim() });
  }
  return terms;
}
