// `npm run build`: every package, and nothing that is already built. `--force` builds all anew.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './setup/build.mjs';
import { install } from './setup/install.mjs';
import { requireNode } from './setup/node-version.mjs';
import { createSteps } from './testing/steps.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
requireNode(root);
const { values } = parseArgs({ options: { force: { type: 'boolean', default: false } } });

const steps = createSteps(process.stdout);
const installed = await steps.run('install', () => install(root));
if (!installed) process.exit(1);
const built = await steps.run('build', () => build(root, { force: values.force, report: steps.part }));
process.exitCode = built ? 0 : 1;
