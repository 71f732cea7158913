import path from 'node:path';
import { supervise } from './supervisor.mjs';

/** Said by `slipstream up`, and by us at the end of a start: not passed on. */
const READY = /^Slipstream is ready: /;
/** How long the demo may take before the start-up counts as complete without it. */
const DEMO_START_MS = 20_000;

/**
 * Starts the collector with its UI. It says on stderr why it ends where it does not get ready.
 *
 * @param {string} root
 * @param {string[]} args for `slipstream up`
 * @param {(line: string) => void} onLine hears what it says besides that it is ready
 */
export function startCollector(root, args, onLine) {
  return supervise(path.join(root, 'packages', 'cli', 'bin', 'slipstream.js'), ['up', ...args], {
    cwd: root,
    onLine: (line) => {
      if (!READY.test(line)) onLine(line);
    },
  });
}

/**
 * Starts the demo: the example service under a replay of real traffic.
 *
 * @param {string} root
 * @param {{ url: string, speed?: string, onLine: (line: string) => void }} options `url` of the collector
 * @returns {{ service: import('./supervisor.mjs').Supervised, started: Promise<void> }} `started` resolves when it is
 *   ready, has said its first word, has ended, or has taken its time
 */
export function startDemo(root, { url, speed, onLine }) {
  let spoke;
  const firstWord = new Promise((resolve) => {
    spoke = resolve;
  });
  const script = path.join(root, 'examples', 'robot-lesson', 'dist', 'demo.js');
  const service = supervise(script, speed === undefined ? [] : ['--speed', speed], {
    cwd: root,
    env: { ...process.env, SLIPSTREAM_URL: url, ...authorization(process.env.SLIPSTREAM_COLLECTOR_TOKEN) },
    onLine: (line) => {
      onLine(line);
      spoke();
    },
  });
  const timer = setTimeout(() => spoke(), DEMO_START_MS);
  const started = Promise.race([service.ready, firstWord, service.ended]).then(() => clearTimeout(timer));
  return { service, started };
}

/** A collector with a token wants it from the demo too; values of this variable are percent-encoded. */
function authorization(token) {
  return token ? { SLIPSTREAM_HEADERS: `authorization=${encodeURIComponent(`Bearer ${token}`)}` } : {};
}
