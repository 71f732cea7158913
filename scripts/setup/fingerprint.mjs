import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const IGNORED_FOLDERS = new Set(['node_modules', 'dist', 'dist-types']);

/**
 * One hash over the names and contents of files. Contents and not times, because a checkout touches every time.
 *
 * @param {string} root
 * @param {string[]} inputs files and folders relative to `root`; missing ones count as missing, not as an error
 */
export function hashInputs(root, inputs) {
  const hash = createHash('sha256');
  for (const file of inputs.flatMap((input) => listFiles(path.join(root, input))).sort()) {
    hash
      .update(`${path.relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Every file at or below a path, except installed and built ones. */
export function listFiles(start) {
  if (!existsSync(start)) return [];
  if (statSync(start).isFile()) return [start];
  return readdirSync(start, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory() && IGNORED_FOLDERS.has(entry.name)) return [];
    return listFiles(path.join(start, entry.name));
  });
}

/** A line about each output with a hash of it: a build step runs again when something else wrote over what it made. */
export function describeOutputs(root, outputs) {
  return outputs.map((output) => {
    const exists = existsSync(path.join(root, output));
    return `${output} ${exists ? hashFile(path.join(root, output)) : 'missing'}`;
  });
}

function hashFile(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** A small JSON file below node_modules, so that removing that folder removes what we believe about it. */
export function stampFile(root, name) {
  const file = path.join(root, 'node_modules', '.cache', 'slipstream', `${name}.json`);
  return {
    read() {
      try {
        return JSON.parse(readFileSync(file, 'utf8'));
      } catch {
        return undefined; // Missing or cut short: the step runs, which is right in both cases.
      }
    },
    write(value) {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, `${JSON.stringify(value)}\n`);
    },
  };
}
