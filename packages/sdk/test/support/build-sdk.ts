import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Vitest runs the sources, but a worker thread needs the bundled worker, and whole-process tests the bundles. */
export function setup(): void {
  const script = fileURLToPath(new URL('../../build.mjs', import.meta.url));
  execFileSync(process.execPath, [script, '--no-types'], { stdio: 'inherit' });
}
