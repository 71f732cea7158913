// Forks and spawns itself, passing the trace on; each process makes one span.
import { fork, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { configure, getClient, observe } from '../../dist/index.js';

const file = fileURLToPath(import.meta.url);
const role = process.argv[2] ?? 'parent';
configure({ service: role });
const run = observe(
  () => {
    if (role !== 'parent') return;
    const env = { ...process.env, TRACEPARENT: getClient().traceHeaders().traceparent };
    spawnSync(process.execPath, [file, 'spawned'], { env });
    fork(file, ['forked'], { env });
  },
  { name: role },
);
getClient().continueTrace({ traceparent: process.env.TRACEPARENT }, run);
