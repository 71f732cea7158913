// Checks that README.vi.md has the code, figures, links and structure of README.md. `--root DIR` takes another tree.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compareTranslation } from './translation/compare.mjs';

const here = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const { values } = parseArgs({ options: { root: { type: 'string', default: here } } });
const [original, translation] = ['README.md', 'README.vi.md'].map((name) => ({
  name,
  text: readFileSync(path.join(values.root, name), 'utf8'),
}));
const problems = compareTranslation(original, translation);

for (const { line, message } of problems) console.log(`${translation.name}:${line}  ${message}`);
if (problems.length === 0) console.log(`${translation.name} has what ${original.name} has`);
process.exitCode = problems.length > 0 ? 1 : 0;
