// A built collector in a process of its own, and what it takes of the machine.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const READY = /is ready: (http:\/\/\S+)/;
/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10;
const PAGE_BYTES = 4096;

/** `main` is the script of a collector, that of the build unless a measurement brings its own. */
export async function startCollector(dataDirectory, environment = {}, main = MAIN) {
  if (!existsSync(main)) throw new Error('The collector is not built: run npm run build first.');
  const startedMs = performance.now();
  const child = spawn(process.execPath, [main], {
    env: {
      ...process.env,
      SLIPSTREAM_COLLECTOR_PORT: '0',
      SLIPSTREAM_COLLECTOR_GRPC_PORT: 'off',
      SLIPSTREAM_COLLECTOR_DATA_DIR: dataDirectory,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  const url = await new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const ready = READY.exec(output);
      if (ready !== null) resolve(ready[1]);
    });
    child.once('exit', (code) => reject(new Error(`the collector ended with ${code} before it was ready`)));
  });
  return {
    url,
    readyMs: performance.now() - startedMs,
    usage: () => readUsage(child.pid),
    async end(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
  };
}

/** Linux only; elsewhere the figures are NaN. */
export function readUsage(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return {
      cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS,
      residentBytes: Number(fields[21]) * PAGE_BYTES,
      descriptors: readdirSync(`/proc/${pid}/fd`).length,
    };
  } catch {
    return { cpuMs: Number.NaN, residentBytes: Number.NaN, descriptors: Number.NaN };
  }
}
