import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { makeRequest } from './lesson/requests.mjs';

/**
 * What every program exports.
 *
 * @typedef {object} Program
 * @property {(settings: { url: string }) => void | Promise<void>} setUp what the application does at start
 * @property {(request: import('./lesson/requests.mjs').LessonRequest) => Promise<unknown>} handle answers one request
 * @property {() => Promise<unknown>} flush delivers what has ended; the lab calls it before it looks at what arrived
 * @property {() => Promise<unknown>} tearDown what the application does at its end
 */

const REQUESTS = 12;

/**
 * Answers a few requests and says how long each took, where the program was started by itself (`node bad.mjs`).
 * Does nothing where something else has loaded it.
 *
 * @param {Program & { at: string, url: string }} program `at`: its `import.meta.url`
 */
export async function runAlone({ at, url, setUp, handle, tearDown }) {
  if (process.argv[1] === undefined || realpathSync(process.argv[1]) !== fileURLToPath(at)) return;
  const begin = performance.now();
  await setUp({ url });
  console.log(`set up in ${milliseconds(performance.now() - begin)}`);
  const callMs = [];
  for (let index = 0; index < REQUESTS; index++) callMs.push(await timeOf(() => handle(makeRequest(index))));
  const [first, ...later] = callMs;
  const sorted = later.sort((left, right) => left - right);
  const middle = milliseconds(sorted[Math.floor(sorted.length / 2)]);
  console.log(`first request ${milliseconds(first)}, middle ${middle}, longest later ${milliseconds(sorted.at(-1))}`);
  await tearDown();
}

async function timeOf(work) {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

function milliseconds(duration) {
  return `${duration.toFixed(2)} ms`;
}
