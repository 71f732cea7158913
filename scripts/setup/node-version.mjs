import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Whether a Node version satisfies a range of the two forms that our package.json uses: `^20.19.0` and `>=24`,
 * joined by `||`. Written out because nothing is installed yet when this runs.
 *
 * @param {string} version such as `20.19.1`
 * @param {string} range
 */
export function satisfies(version, range) {
  const have = numbers(version);
  return range.split('||').some((part) => {
    const form = part.trim();
    const wanted = numbers(form.replace(/^(\^|>=)/, ''));
    if (form.startsWith('^') && have[0] !== wanted[0]) return false;
    return compare(have, wanted) >= 0;
  });
}

/**
 * Ends the process with a message where this Node is too old for the project.
 *
 * @param {string} root folder of package.json
 */
export function requireNode(root) {
  const range = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).engines.node;
  if (satisfies(process.versions.node, range)) return;
  process.stderr.write(`Slipstream needs Node ${range}; this is ${process.versions.node} (${process.execPath}).\n`);
  process.exit(1);
}

function numbers(version) {
  const parts = version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  return [parts[0] ?? 0, parts[1] ?? 0, parts[2] ?? 0];
}

function compare(a, b) {
  for (let i = 0; i < 3; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return 0;
}
