// Checks what may import what (import-rules.json) in every source file. `--root DIR` checks another tree.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkTree } from './imports/check.mjs';

const here = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({ options: { root: { type: 'string', default: here } } });
const { problems, files, imports } = checkTree(path.resolve(values.root));

for (const { file, line, rule, message } of problems) console.log(`${file}:${line}  ${rule}  ${message}`);
if (problems.length > 0) console.log(`${problems.length} broken import rules; the table is import-rules.json`);
else console.log(`${files} files, ${imports} imports: all as import-rules.json says`);
process.exitCode = problems.length > 0 ? 1 : 0;
