import { readParts } from './parts.mjs';

const NAMES = {
  headings: 'a heading of level',
  code: 'the block of code',
  tables: 'a table row of',
  links: 'a link to',
  images: 'the image',
  figures: 'the figure',
  terms: 'the code',
};

/**
 * Where a translation does not say what its original says: code, figures, links, images and structure, each in the
 * order of the text. Of each kind the first difference, because the rest follows from it.
 *
 * @param {{ name: string, text: string }} original
 * @param {{ name: string, text: string }} translation
 * @returns {{ line: number, message: string }[]} lines of the translation
 */
export function compareTranslation(original, translation) {
  const expected = readParts(original.text);
  const actual = readParts(translation.text);
  // Each links to the other.
  for (const link of actual.links) if (link.value === original.name) link.value = translation.name;
  return Object.keys(NAMES).flatMap((kind) =>
    firstDifference(original.name, NAMES[kind], expected[kind], actual[kind]),
  );
}

function firstDifference(originalName, what, expected, actual) {
  const length = Math.max(expected.length, actual.length);
  for (let at = 0; at < length; at += 1) {
    const [wanted, found] = [expected[at], actual[at]];
    if (wanted?.value === found?.value) continue;
    const there =
      wanted === undefined
        ? `${originalName} has no more of them`
        : `${originalName}:${wanted.line} has ${shown(wanted.value)}`;
    const here = found === undefined ? 'nothing' : shown(found.value);
    return [{ line: found?.line ?? actual.at(-1)?.line ?? 1, message: `${what}: ${here}, where ${there}` }];
  }
  return [];
}

function shown(value) {
  return `"${value.length > 60 ? `${value.slice(0, 60)}…` : value}"`.replaceAll('\n', '⏎');
}
