// Checks that links between pages of this repository lead somewhere. `--root DIR` takes another tree.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findBrokenLinks, findPages } from './links.mjs';

const here = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const { values } = parseArgs({ options: { root: { type: 'string', default: here } } });
const root = path.resolve(values.root);
const pages = findPages(root);
const problems = findBrokenLinks(root, pages);

for (const { file, line, message } of problems) console.log(`${file}:${line}  ${message}`);
console.log(`${pages.length} pages: ${problems.length} links lead nowhere`);
process.exitCode = problems.length > 0 ? 1 : 0;
