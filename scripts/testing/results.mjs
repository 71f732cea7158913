import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/**
 * @typedef {{ passed: number, failed: number, skipped: string[], notes: string[], failures: string[], failedFiles: string[], passedNames: Set<string> }} TestTotals
 *   `skipped` has names; `notes` says what failed without being a test, `failures` which tests failed, and why
 */

/** @returns {TestTotals} */
export function noTotals() {
  return { passed: 0, failed: 0, skipped: [], notes: [], failures: [], failedFiles: [], passedNames: new Set() };
}

/**
 * What Vitest's JSON report says, with two things that its totals leave out: a file that could not even be loaded,
 * and an end with an error although no test failed (an unhandled rejection, say).
 *
 * @param {any} report parsed JSON of Vitest's reporter, `undefined` where there is none
 * @param {number} exitCode of Vitest
 * @returns {TestTotals}
 */
export function readTotals(report, exitCode) {
  if (report === undefined) return { ...noTotals(), failed: 1, notes: ['the test runner left no report'] };
  const totals = noTotals();
  for (const file of report.testResults) countFile(file, totals);
  if (exitCode !== 0 && totals.failed === 0) {
    totals.failed += 1;
    totals.notes.push(`the test runner ended with exit code ${exitCode} although no test failed: see its output`);
  }
  if (totals.passed + totals.failed + totals.skipped.length === 0) {
    totals.failed += 1;
    totals.notes.push('no test ran');
  }
  return totals;
}

function countFile(file, totals) {
  let failedHere = 0;
  for (const test of file.assertionResults) {
    const name = `${test.fullName}`.trim();
    if (test.status === 'passed') {
      totals.passed += 1;
      totals.passedNames.add(name);
    } else if (test.status === 'failed') {
      failedHere += 1;
      totals.failures.push(`${path.relative(process.cwd(), file.name)}: ${name}\n${reasonOf(test)}`);
    }
    if (test.status !== 'passed' && test.status !== 'failed') totals.skipped.push(name);
  }
  if (file.status === 'failed' && failedHere === 0) {
    failedHere = 1;
    totals.notes.push(`${file.name}: ${file.message || 'could not be run'}`);
  }
  totals.failed += failedHere;
  if (failedHere > 0) totals.failedFiles.push(file.name);
}

/**
 * What counts when the files that failed were run once more, alone: what passes then is named, and no failure. A machine
 * that is busy at the wrong moment breaks a test that watches the clock; a fault breaks it again.
 *
 * @param {TestTotals} first
 * @param {TestTotals} second of the files that failed in the first
 * @returns {TestTotals}
 */
export function withSecondRun(first, second) {
  const recovered = first.failures.filter(
    (failure) => !second.failures.some((other) => titleOf(other) === titleOf(failure)),
  );
  for (const failure of recovered) console.log(`passed the second time: ${failure}`);
  return {
    ...first,
    passed: first.passed + Math.max(0, first.failed - second.failed),
    failed: second.failed,
    notes: second.notes,
    failures: second.failures,
    failedFiles: second.failedFiles,
  };
}

function titleOf(failure) {
  return failure.split('\n', 1)[0];
}

const REASON_LINES = 12;
const REASON_CHARS = 1200;

/** The beginning of what a failed test says, indented. */
function reasonOf(test) {
  const text = stripVTControlCharacters(test.failureMessages?.join('\n') ?? '').slice(0, REASON_CHARS);
  const lines = text
    .split('\n')
    .filter((line) => !line.includes('node_modules'))
    .slice(0, REASON_LINES);
  return lines.map((line) => `        ${line}`).join('\n');
}

/**
 * Both runs as one. What one of them skipped and the other passed is no skip: a test may need a newer Node.
 *
 * @param {TestTotals} a
 * @param {TestTotals} b
 * @returns {TestTotals}
 */
export function addTotals(a, b) {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: [...new Set([...a.skipped, ...b.skipped])].filter((name) => {
      const whenRun = name.replace(/ \(not run: [^)]*\)/, '');
      return ![name, whenRun].some((one) => a.passedNames.has(one) || b.passedNames.has(one));
    }),
    notes: [...a.notes, ...b.notes],
    failures: [...a.failures, ...b.failures],
    failedFiles: [...a.failedFiles, ...b.failedFiles],
    passedNames: new Set([...a.passedNames, ...b.passedNames]),
  };
}

/** The last line of `npm test`. */
export function summaryLine(passed, failed, skipped) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
