// Type-checks the examples of README.md and docs/guide that import the SDK, or those of the pages that are named.
// `--root DIR` takes another tree.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkSnippets } from './snippets/check.mjs';

const here = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const { values, positionals } = parseArgs({
  options: { root: { type: 'string', default: here } },
  allowPositionals: true,
});
const root = path.resolve(values.root);
const pages = positionals.length > 0 ? positionals.map((page) => page.replaceAll('\\', '/')) : findPages();
const { problems, checked, ignored, missing } = await checkSnippets(root, pages);

for (const { file, line, message } of problems) console.log(`${file}:${line}  ${message}`);
if (missing.length > 0) console.log(`not installed, so without types: ${missing.join(', ')}`);
const left = ignored > 0 ? `, ${ignored} left out` : '';
console.log(`${checked} examples of ${pages.length} pages checked${left}: ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;

function findPages() {
  const folder = path.join(root, 'docs', 'guide');
  const guide = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.md')) : [];
  return ['README.md', ...guide.sort().map((name) => `docs/guide/${name}`)];
}
