// `node scripts/docs/lab-numbers.mjs`: writes the figures of a run of the lab into the pages that have them, between
// `<!-- lab:NAME -->` and `<!-- /lab:NAME -->`. `--check` writes nothing and exits with 1 where a page is old. `--from
// FILE` takes another run than the published one. `--publish FILE --as full` keeps a run in packages/lab/results first.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const results = path.join(root, 'packages', 'lab', 'results');
const NAMES = ['full', 'full-again', 'quick'];

const { values } = parseArgs({
  options: {
    check: { type: 'boolean' },
    from: { type: 'string' },
    publish: { type: 'string' },
    as: { type: 'string' },
  },
});

/** The lab's own code makes the figures; it has to be built. */
async function loadLab(name) {
  const file = path.join(root, 'packages', 'lab', 'dist', ...name.split('/'));
  if (!existsSync(file)) throw new Error(`${path.relative(root, file)} is not there: npm run build`);
  return import(pathToFileURL(file).href);
}

async function main() {
  if (values.publish !== undefined && !(await publish(values.publish, values.as ?? ''))) return 2;
  const { RESULT_FILES, PUBLISHED_PAGES, fillPage } = await loadLab('report/pages/published-pages.js');
  const { readReport } = await loadLab('compare/read-report.js');
  const source = values.from ?? RESULT_FILES.map((file) => path.join(root, file)).find((file) => existsSync(file));
  const report = await readReport(source);
  let old = 0;
  for (const { path: name, language } of PUBLISHED_PAGES) {
    const file = path.join(root, name);
    const before = readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
    const { text, filled, unknown } = fillPage(report, before, language);
    for (const block of unknown) console.error(`${name}: there is no block lab:${block}`);
    const isOld = text !== before || unknown.length > 0;
    old += Number(isOld);
    if (values.check !== true && text !== before) writeFileSync(file, text);
    console.log(
      `${name}: ${filled.length} blocks, ${isOld ? (values.check === true ? 'OLD' : 'written') : 'as they were'}`,
    );
  }
  console.log(`from ${path.relative(root, source)}`);
  return values.check === true && old > 0 ? 1 : 0;
}

/** Keeps a run: the slim JSON, and the page that is made from exactly that. */
async function publish(file, name) {
  if (!NAMES.includes(name)) {
    console.error(`--as takes one of ${NAMES.join(', ')}`);
    return false;
  }
  const { readReport } = await loadLab('compare/read-report.js');
  const { slimReport } = await loadLab('report/pages/slim-report.js');
  const { renderHtml } = await loadLab('report/html/page.js');
  const { renderMarkdown } = await loadLab('report/report.js');
  const report = slimReport(await readReport(file));
  mkdirSync(results, { recursive: true });
  const json = `${JSON.stringify(report)}\n`;
  writeFileSync(path.join(results, `${name}.json`), json);
  console.log(`packages/lab/results/${name}.json: ${(json.length / 1024 / 1024).toFixed(1)} MB`);
  if (name !== 'full-again') {
    const page = name === 'full' ? 'report.html' : `${name}.html`;
    writeFileSync(path.join(results, page), renderHtml(report, `${name}.json`));
    writeFileSync(path.join(results, page.replace('.html', '.md')), renderMarkdown(report));
    console.log(`packages/lab/results/${page}, and the same as .md`);
  }
  return true;
}

process.exitCode = await main();
