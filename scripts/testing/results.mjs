/**
 * @typedef {{ passed: number, failed: number, skipped: string[], notes: string[], passedNames: Set<string> }} TestTotals
 *   `skipped` has names; `notes` says what failed without being a test
 */

/** @returns {TestTotals} */
export function noTotals() {
  return { passed: 0, failed: 0, skipped: [], notes: [], passedNames: new Set() };
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
    } else if (test.status === 'failed') failedHere += 1;
    else totals.skipped.push(name);
  }
  if (file.status === 'failed' && failedHere === 0) {
    failedHere = 1;
    totals.notes.push(`${file.name}: ${file.message || 'could not be run'}`);
  }
  totals.failed += failedHere;
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
    passedNames: new Set([...a.passedNames, ...b.passedNames]),
  };
}

/** The last line of `npm test`. */
export function summaryLine(passed, failed, skipped) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
