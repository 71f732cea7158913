// Writes docs/api/sdk.md from the SDK's sources. `--check` only says whether it is old, and what has no comment;
// `--root DIR` takes another tree.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { reportApi } from './api/report.mjs';

const COMMAND = 'node scripts/docs/api-report.mjs';
const REPORT = 'docs/api/sdk.md';

const here = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const { values } = parseArgs({
  options: { check: { type: 'boolean', default: false }, root: { type: 'string', default: here } },
});
const root = path.resolve(values.root);
const file = path.join(root, REPORT);
const { text, problems } = reportApi(root, 'packages/sdk', COMMAND);

for (const { file, line, name, problem } of problems) console.log(`${file}:${line}  ${name} ${problem}`);
if (problems.length > 0) console.log(`${problems.length} exported names or members to document`);
if (!values.check) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
} else {
  const isCurrent = readReport() === text;
  console.log(isCurrent ? `${REPORT} says what the sources say` : `${REPORT} is old; make it again: ${COMMAND}`);
  process.exitCode = isCurrent && problems.length === 0 ? 0 : 1;
}

function readReport() {
  try {
    return readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
  } catch {
    return undefined; // There is none yet.
  }
}
