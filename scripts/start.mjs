// `npm start`: install, build, start the collector with its UI, and run the demo on real traffic.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startCollector, startDemo } from './process/services.mjs';
import { build } from './setup/build.mjs';
import { install } from './setup/install.mjs';
import { requireNode } from './setup/node-version.mjs';
import { createSteps } from './testing/steps.mjs';

const HELP = `npm start -- [options]

Installs and builds what is missing, then runs the collector with its UI, and the demo: the example service
(examples/robot-lesson) under a replay of real traffic. Ctrl-C ends all of it, a second Ctrl-C at once.

  --no-demo        only the collector and its UI
  --speed N        how fast the demo replays its traffic, 1 to 100 times (default 2; the recording begins slowly)
  --port N         port of the collector and its UI (default 4318)
  --host ADDRESS   address to listen on (default 127.0.0.1; any but a loopback address needs SLIPSTREAM_COLLECTOR_TOKEN)
  --data-dir DIR   where traces are kept (default .slipstream in this folder)
  --no-open        open no browser (the default: none is ever opened; print the address instead)
  --help           this text
`;

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
/** One Ctrl-C may arrive twice, from the terminal and from npm. */
const SAME_WISH_MS = 400;

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        'no-demo': { type: 'boolean', default: false },
        speed: { type: 'string' },
        port: { type: 'string' },
        host: { type: 'string' },
        'data-dir': { type: 'string', default: path.join(root, '.slipstream') },
        'no-open': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const speed = Number(values.speed ?? 2);
    if (!(speed >= 1 && speed <= 100)) throw new Error(`--speed must be a number from 1 to 100, not '${values.speed}'`);
    return values;
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${HELP}`);
    return process.exit(2);
  }
}

async function main() {
  const values = readArguments();
  if (values.help) return void process.stdout.write(HELP);
  requireNode(root);
  const steps = createSteps(process.stdout);
  const ready = (await steps.run('install', () => install(root))) && (await steps.run('build', () => build(root, {})));
  process.exitCode = ready ? await runServices(values) : 1;
}

/** Starts both, waits for the end, and ends both in order: the demo first, so that what it drains still arrives. */
async function runServices(values) {
  const running = [];
  const state = { stopping: false };
  const stopped = listenForStop(() => {
    for (const service of running) service.kill();
    process.exit(130);
  });
  const collector = startCollector(root, collectorArguments(values), (line) => console.log(line));
  running.push(collector);
  const lost = collector.ended.then((code) => ({ kind: 'lost', code }));
  const up = startRest(values, collector, { running, state }).then((url) => ({ kind: 'up', url }));

  let reason = await Promise.race([stopped, lost, up]);
  if (reason.kind === 'up') {
    console.log(`Slipstream is ready: ${reason.url}`);
    reason = await Promise.race([stopped, lost]);
    if (reason.kind === 'lost') process.stderr.write(`The collector ended by itself (exit code ${reason.code}).\n`);
  }
  state.stopping = true;
  for (const service of running.toReversed()) await service.stop();
  if (reason.kind === 'stop') return 0;
  return reason.code === 0 ? 1 : reason.code;
}

async function startRest(values, collector, { running, state }) {
  const url = await collector.ready;
  // A wish to stop may have come while the collector started: then nothing more is to begin.
  if (values['no-demo'] || state.stopping) return url;
  const demo = startDemo(root, { url, speed: values.speed, onLine: (line) => console.log(`demo: ${line}`) });
  running.push(demo.service);
  demo.service.ended.then((code) => {
    if (!state.stopping) process.stderr.write(`The demo ended (exit code ${code}); the collector goes on.\n`);
  });
  await demo.started;
  return url;
}

function collectorArguments(values) {
  // npm runs us in the root; a relative folder means the one in which the user typed.
  const dataDir = path.resolve(process.env.INIT_CWD ?? process.cwd(), values['data-dir']);
  const args = ['--data-dir', dataDir];
  for (const name of ['port', 'host']) if (values[name] !== undefined) args.push(`--${name}`, values[name]);
  return args;
}

/** Resolves at the first wish to stop; later ones call `onImpatience`. */
function listenForStop(onImpatience) {
  return new Promise((resolve) => {
    let lastAtMs = Number.NEGATIVE_INFINITY;
    let count = 0;
    const hear = (signal) => {
      const nowMs = performance.now();
      if (nowMs - lastAtMs < SAME_WISH_MS) return;
      lastAtMs = nowMs;
      count += 1;
      if (count > 1) return onImpatience();
      process.stderr.write('Stopping. Once more (Ctrl-C) to end at once.\n');
      return resolve({ kind: 'stop', signal });
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, hear);
  });
}

await main();
