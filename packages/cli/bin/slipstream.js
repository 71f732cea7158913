#!/usr/bin/env node
// Starts the built command; says what to do where it is not built.
import { existsSync } from 'node:fs';

const built = new URL('../dist/main.js', import.meta.url);
if (existsSync(built)) {
  await import(built.href);
} else {
  process.stderr.write('slipstream is not built yet: run `npm run build` in the root of the repository.\n');
  process.exitCode = 70;
}
