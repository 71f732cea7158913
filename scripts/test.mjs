// `npm test`: install, build, lint, check imports, check types, run every test. The last line is the count.
// Arguments go to Vitest (`npm test -- packages/wire`); everything else runs all the same.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, runNode, runTool } from './process/run.mjs';
import { CHDB, CLIENTS, COMPAT, COMPAT_NEXT, installApart, NODE_VERSIONS } from './setup/apart.mjs';
import { build } from './setup/build.mjs';
import { install } from './setup/install.mjs';
import { requireNode } from './setup/node-version.mjs';
import { installPython, pythonEnvironments } from './setup/python.mjs';
import { addTotals, noTotals, readTotals, summaryLine, withSecondRun } from './testing/results.mjs';
import { createSteps } from './testing/steps.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const captured = { cwd: root, capture: true };

/** Twice what the tests may take on a slow machine: past this, something hangs, and nobody learns what. */
const TESTS_TIMEOUT_MS = 30 * 60_000;

/** More than this is no chance: nothing is run again. */
const MAX_REPEATED_FILES = 4;

async function main() {
  requireNode(root);
  const steps = createSteps(process.stdout);
  const ready = (await steps.run('install', () => install(root))) && (await steps.run('build', () => build(root, {})));
  if (!ready) return finish(noTotals(), steps.failed);

  await steps.run('lint', () => runTool(root, ['@biomejs/biome', 'biome'], ['check', '.'], captured));
  await steps.run('lock files', () => runNode('scripts/complete-lock.mjs', ['--check'], captured));
  await steps.run('imports', () => runNode('scripts/check-imports.mjs', [], captured));
  const missing = await installOthers(steps);
  await steps.run('types', () => runTool(root, ['typescript', 'tsc'], ['-p', 'tsconfig.check.json'], captured));
  const totals = await runTests(steps);
  totals.skipped.push(...missing);
  return finish(
    totals,
    // A failed run of the tests is counted by its tests.
    steps.failed.filter((name) => name !== 'tests' && !name.startsWith('sdk, ')),
  );
}

/** Other people's libraries. Where they cannot be had, their tests are skipped by name, or fail if they are asked for. */
async function installOthers(steps) {
  const isRequired = process.env.SLIPSTREAM_REQUIRE_COMPAT === '1';
  const missing = [];
  const folders = isRequired ? [COMPAT, COMPAT_NEXT, NODE_VERSIONS, CHDB] : [COMPAT];
  for (const folder of folders.filter((name) => existsSync(path.join(root, name, 'package-lock.json')))) {
    await steps.run(`${path.basename(folder)}`, async () => {
      const result = await installApart(root, folder);
      if (result.code === 0 || isRequired) return result;
      missing.push(`${folder}: its libraries could not be installed`);
      return { code: 0, output: '', skipped: 'cannot be installed' };
    });
  }
  await installClients(steps, isRequired);
  return missing;
}

/** Where one cannot be had, the tests of its clients skip themselves by name. */
async function installClients(steps, isRequired) {
  const install = (name, work) =>
    steps.run(`clients, ${name}`, async () => {
      const result = await work();
      return result.code === 0 || isRequired ? result : { code: 0, output: '', skipped: 'cannot be installed' };
    });
  await install('javascript', () => installApart(root, CLIENTS));
  for (const name of pythonEnvironments(root)) await install(`python ${name}`, () => installPython(root, name));
}

async function runTests(steps) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-test-'));
  const reportFile = path.join(folder, 'report.json');
  try {
    let totals = noTotals();
    const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
    const once = async (node, filters) => {
      rmSync(reportFile, { force: true });
      const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
      const result = await run(node, [vitest, ...args, ...filters], { ...captured, timeoutMs: TESTS_TIMEOUT_MS });
      return { result, part: readTotals(readReport(reportFile), result.code) };
    };
    const tests = async (node, filters) => {
      let { result, part } = await once(node, filters);
      if (hasRunnerDied(result, reportFile)) {
        console.log('The test runner itself died, without a report; it is run once more.');
        ({ result, part } = await once(node, filters));
      }
      const { failedFiles } = part;
      if (failedFiles.length > 0 && failedFiles.length <= MAX_REPEATED_FILES) {
        const second = await once(node, [...failedFiles, '--no-file-parallelism']);
        part = withSecondRun(part, second.part);
        result = second.result;
      }
      totals = addTotals(totals, part);
      const output = part.failures.length > 0 ? part.failures.map((one) => `FAILED  ${one}`).join('\n') : result.output;
      return { ...result, output, code: part.failed > 0 ? 1 : result.code };
    };
    await steps.run('tests', () => tests(process.execPath, process.argv.slice(2)));
    for (const { name, file } of otherNodes()) await steps.run(`sdk, ${name}`, () => tests(file, ['packages/sdk']));
    return totals;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The SDK's suite runs on every Node that it supports, where the others are asked for. */
function otherNodes() {
  const folder = path.join(root, NODE_VERSIONS, 'node_modules');
  if (process.env.SLIPSTREAM_REQUIRE_COMPAT !== '1' || !existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.startsWith('node-'));
  return names.map((name) => ({ name, file: path.join(folder, name, 'bin', 'node') }));
}

/** Vitest ends like this when it writes to one of its processes that is just gone; a failed test is no such thing. */
function hasRunnerDied({ code, output }, reportFile) {
  return code !== 0 && !existsSync(reportFile) && output.includes('EPIPE');
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
  for (const failure of totals.failures) console.log(`FAILED  ${failure.split('\n', 1)[0]}`);
  if (failedSteps.length > 0)
    console.log(`FAILED  ${failedSteps.join(', ')} (counted as ${failedSteps.length} failed)`);
  const failed = totals.failed + failedSteps.length;
  console.log(summaryLine(totals.passed, failed, totals.skipped.length));
  process.exitCode = failed > 0 ? 1 : 0;
}

await main();
