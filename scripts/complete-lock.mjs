// Adds to our lock files the platform packages that they mention and lack. Run it after each `npm install` that
// changed one; it changes nothing where nothing is missing. `--check` only says what is missing.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findMissingPlatformPackages } from './setup/platform-packages.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const LOCK_FILES = [
  'package-lock.json',
  'packages/lab/peers/package-lock.json',
  'examples/mistakes/package-lock.json',
  'packages/sdk/compat/package-lock.json',
  'packages/sdk/compat/next/package-lock.json',
  'packages/collector/clients/javascript/package-lock.json',
  'packages/collector/chdb/package-lock.json',
];
const onlyCheck = process.argv.includes('--check');

for (const name of LOCK_FILES.filter((file) => existsSync(path.join(root, file)))) {
  const lock = JSON.parse(readFileSync(path.join(root, name), 'utf8'));
  const missing = findMissingPlatformPackages(lock);
  for (const { location } of missing) console.log(`${name} lacks ${location}`);
  if (missing.length === 0) continue;
  if (onlyCheck) {
    console.log('Run `node scripts/complete-lock.mjs`.');
    process.exitCode = 1;
  } else complete(name, lock, missing);
}

function complete(name, lock, missing) {
  for (const { location, entry } of missing) lock.packages[location] = entry;
  // npm's own order, so that its next run changes nothing but what it means to change.
  const entries = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  const completed = { ...lock, packages: Object.fromEntries(entries) };
  writeFileSync(path.join(root, name), `${JSON.stringify(completed, undefined, 2)}\n`);
  console.log(`${name}: ${missing.length} added`);
}
