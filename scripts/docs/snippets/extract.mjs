import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readMarkdown } from '../markdown.mjs';

const LANGUAGES = new Set(['ts', 'typescript']);
const OPT_OUT = 'ignore-check';
const OUR_PACKAGE = /['"]@slipstream\/sdk(?:\/[\w-]+)?['"]/;
const REASON = /^\s*(\/\/\s*\S|<!--\s*\S)/;

/**
 * @typedef {object} Snippet An example that readers can take over as it is.
 * @property {string} file relative to the root
 * @property {number} line of its first line
 * @property {string} code
 *
 * @typedef {{ file: string, line: number, message: string }} Problem
 */

/**
 * The TypeScript blocks of pages that import the SDK. One that cannot be checked says `ts ignore-check`, and why: in
 * a comment on its first line or, so that readers do not see it, in an HTML comment on the line before the block.
 *
 * @param {string} root
 * @param {string[]} files relative to the root
 * @returns {{ snippets: Snippet[], ignored: Snippet[], problems: Problem[] }}
 */
export function findSnippets(root, files) {
  const found = { snippets: [], ignored: [], problems: [] };
  for (const file of files) {
    for (const { line, info, code, before } of readMarkdown(readFileSync(path.resolve(root, file), 'utf8')).fences) {
      const [language, ...words] = info.split(/\s+/);
      if (!LANGUAGES.has(language) || !OUR_PACKAGE.test(code)) continue;
      const isIgnored = words.includes(OPT_OUT);
      (isIgnored ? found.ignored : found.snippets).push({ file, line, code });
      if (isIgnored && !REASON.test(code) && !REASON.test(before)) {
        found.problems.push({ file, line, message: `says ${OPT_OUT} and gives no reason in a comment` });
      }
    }
  }
  return found;
}
