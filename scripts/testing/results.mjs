/**
 * @typedef {{ passed: number, failed: number, skipped: string[], notes: string[] }} TestTotals
 *   `skipped` has names; `notes` says what failed without being a test
 */

/**
 * What Vitest's JSON report says, with two things that its totals leave out: a file that could not even be loaded,
 * and an end with an error although no test failed (an unhandled rejection, say).
 *
 * @param {any} report parsed JSON of Vitest's reporter, `undefined` where there is none
 * @param {number} exitCode of Vitest
 * @returns {TestTotals}
 */
export function readTotals(report, exitCode) {
  if (report === undefined) return { passed: 0, failed: 1, skipped: [], notes: ['the test runner left no report'] };
  const totals = { passed: 0, failed: 0, skipped: [], notes: [] };
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
    if (test.status === 'passed') totals.passed += 1;
    else if (test.status === 'failed') failedHere += 1;
    else totals.skipped.push(name);
  }
  if (file.status === 'failed' && failedHere === 0) {
    failedHere = 1;
    totals.notes.push(`${file.name}: ${file.message || 'could not be run'}`);
  }
  totals.failed += failedHere;
}

/** The last line of `npm test`. */
export function summaryLine(passed, failed, skipped) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
