// `npm run lab -- --quick` (or `--baseline --faults`): installs and builds what is missing, then measures. Arguments go
// to the lab.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runNode } from './process/run.mjs';
import { build } from './setup/build.mjs';
import { install } from './setup/install.mjs';
import { requireNode } from './setup/node-version.mjs';
import { createSteps } from './testing/steps.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
requireNode(root);

// The lab's own output is its report, so what is said before goes to stderr.
const steps = createSteps(process.stderr);
const ready = (await steps.run('install', () => install(root))) && (await steps.run('build', () => build(root, {})));
if (ready) {
  // Ctrl-C reaches the lab too, which writes what it has: this script waits for that.
  process.on('SIGINT', () => undefined);
  const { code } = await runNode(path.join('packages', 'lab', 'dist', 'main.js'), process.argv.slice(2), { cwd: root });
  process.exitCode = code;
} else process.exitCode = 1;
