// `npm test`: install, build, lint, check imports, check types, run every test. The last line is the count.
// Arguments go to Vitest (`npm test -- packages/wire`); everything else runs all the same.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runNode, runTool } from './process/run.mjs';
import { build } from './setup/build.mjs';
import { install } from './setup/install.mjs';
import { requireNode } from './setup/node-version.mjs';
import { readTotals, summaryLine } from './testing/results.mjs';
import { createSteps } from './testing/steps.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const captured = { cwd: root, capture: true };

/** Twice what the tests may take on a slow machine: past this, something hangs, and nobody learns what. */
const TESTS_TIMEOUT_MS = 20 * 60_000;

async function main() {
  requireNode(root);
  const steps = createSteps(process.stdout);
  const ready = (await steps.run('install', () => install(root))) && (await steps.run('build', () => build(root, {})));
  if (!ready) return finish({ passed: 0, failed: 0, skipped: [], notes: [] }, steps.failed);

  await steps.run('lint', () => runTool(root, ['@biomejs/biome', 'biome'], ['check', '.'], captured));
  await steps.run('lock files', () => runNode('scripts/complete-lock.mjs', ['--check'], captured));
  await steps.run('imports', () => runNode('scripts/check-imports.mjs', [], captured));
  await steps.run('types', () => runTool(root, ['typescript', 'tsc'], ['-p', 'tsconfig.check.json'], captured));
  const totals = await runTests(steps);
  return finish(
    totals,
    steps.failed.filter((name) => name !== 'tests'),
  );
}

async function runTests(steps) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-test-'));
  const reportFile = path.join(folder, 'report.json');
  try {
    let totals = readTotals(undefined, 1);
    await steps.run('tests', async () => {
      const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
      const result = await runTool(root, ['vitest', 'vitest'], [...args, ...process.argv.slice(2)], {
        ...captured,
        timeoutMs: TESTS_TIMEOUT_MS,
      });
      totals = readTotals(readReport(reportFile), result.code);
      return { ...result, code: totals.failed > 0 ? 1 : result.code };
    });
    return totals;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // The runner ended before it wrote one; readTotals says so.
  }
}

function finish(totals, failedSteps) {
  for (const name of totals.skipped) console.log(`skipped ${name}`);
  for (const note of totals.notes) console.log(`FAILED  ${note}`);
  if (failedSteps.length > 0)
    console.log(`FAILED  ${failedSteps.join(', ')} (counted as ${failedSteps.length} failed)`);
  const failed = totals.failed + failedSteps.length;
  console.log(summaryLine(totals.passed, failed, totals.skipped.length));
  process.exitCode = failed > 0 ? 1 : 0;
}

await main();
