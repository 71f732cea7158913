import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readMarkdown } from './markdown.mjs';

const LINK = /\[[^\]]*\]\(([^)\s]+)[^)]*\)/g;
const IGNORED_FOLDERS = new Set(['node_modules', 'dist']);

/** The pages that readers come to: at the root, in docs and in examples; relative to the root. */
export function findPages(root) {
  const atRoot = readdirSync(root).filter((name) => name.endsWith('.md'));
  return [...atRoot, ...['docs', 'examples'].flatMap((folder) => pagesBelow(root, folder))];
}

function pagesBelow(root, folder) {
  if (!existsSync(path.join(root, folder))) return [];
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return IGNORED_FOLDERS.has(entry.name) ? [] : pagesBelow(root, name);
    return name.endsWith('.md') ? [name] : [];
  });
}

/**
 * Links to files that are not there, and to headings that a page does not have.
 *
 * @param {string} root
 * @param {string[]} pages relative to the root
 * @returns {{ file: string, line: number, message: string }[]}
 */
export function findBrokenLinks(root, pages) {
  const anchors = new Map();
  const anchorsOf = (file) => {
    const known = anchors.get(file) ?? readAnchors(readFileSync(path.join(root, file), 'utf8'));
    anchors.set(file, known);
    return known;
  };
  return pages.flatMap((file) =>
    linksOf(readFileSync(path.join(root, file), 'utf8')).flatMap(({ line, target }) => {
      const [name, anchor] = target.split('#');
      const place = name === '' ? file : path.posix.join(path.posix.dirname(file), decodeURIComponent(name));
      if (!existsSync(path.join(root, place))) return [{ file, line, message: `${target} is not there` }];
      if (anchor === undefined || !place.endsWith('.md') || anchorsOf(place).has(anchor)) return [];
      return [{ file, line, message: `${place} has no heading #${anchor}` }];
    }),
  );
}

function linksOf(text) {
  return readMarkdown(text).prose.flatMap(({ line, text }) =>
    [...text.replace(/(`+)(.+?)\1/g, '').matchAll(LINK)]
      .map(([, target]) => ({ line, target }))
      .filter(({ target }) => !/^[a-z]+:/i.test(target)),
  );
}

/** As GitHub names headings: lower case, no punctuation, hyphens for spaces, a number for one that comes again. */
function readAnchors(text) {
  const found = new Set();
  for (const { text: line } of readMarkdown(text).prose) {
    const [, title] = /^#+\s+(.*?)\s*#*$/.exec(line) ?? [];
    if (title === undefined) continue;
    const words = title.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = words.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
    let name = anchor;
    for (let count = 1; found.has(name); count += 1) name = `${anchor}-${count}`;
    found.add(name);
  }
  return found;
}
