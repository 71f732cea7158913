import { Agent, createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { openCpuClock } from '../../sample/cpu-clock.js';
import { rest } from '../../sample/rest.js';
import { median } from '../../statistics/quantile.js';

const ROUNDS = 5;
const POSTS_PER_ROUND = 12;
const LARGE_BODY_BYTES = 1024 * 1024;
const LARGE_POSTS_PER_ROUND = 3;
const TIMERS_PER_ROUND = 20;
const MESSAGES_PER_ROUND = 20;
const LEAST_US = 0.01;

/** What posting, waiting and talking to another thread take. */
export interface MachineCosts {
  readonly postUs: number;
  readonly postUsPerMib: number;
  readonly freshUsPerMib: number;
  readonly timerUs: number;
  readonly timerMs: number;
  readonly flushUs: number;
}

/** Main-thread CPU of what cannot be timed by a stopwatch, since others work on it meanwhile; in turns. */
export async function measureMachine(sinkUrl: string): Promise<MachineCosts> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const echo = startEcho();
  const small = Buffer.alloc(16, 0x20);
  const large = Buffer.alloc(LARGE_BODY_BYTES, 0x20);
  // Any path that the sink does not look into: reading the body is all it does.
  const send = (body: Buffer): Promise<void> => post(new URL('/calibration', sinkUrl), agent, body);
  const posts: number[] = [];
  const larges: number[] = [];
  const fresh: number[] = [];
  const timers: number[] = [];
  const timersMs: number[] = [];
  const flushes: number[] = [];
  await send(small);
  await echo.ask();
  for (let round = 0; round < ROUNDS; round++) {
    const idleUs = await cpuUsOf(() => Promise.resolve());
    const price = async (times: number, work: () => Promise<unknown>): Promise<number> =>
      ((await cpuUsOf(() => repeat(times, work))) - idleUs) / times;
    const post = await price(POSTS_PER_ROUND, () => send(small));
    posts.push(post);
    larges.push((await price(LARGE_POSTS_PER_ROUND, () => send(large))) - post);
    fresh.push(touchFreshMemory());
    timers.push(await price(TIMERS_PER_ROUND, () => rest(1)));
    timersMs.push(await timeTimers());
    flushes.push(await price(MESSAGES_PER_ROUND, echo.ask));
  }
  agent.destroy();
  await echo.stop();
  return {
    postUs: settled(posts),
    postUsPerMib: settled(larges),
    freshUsPerMib: settled(fresh),
    timerUs: settled(timers),
    timerMs: settled(timersMs),
    flushUs: settled(flushes),
  };
}

const FRESH_MIB = 8;

/** The first writing of a buffer of its own against the second, in microseconds for a MiB. */
function touchFreshMemory(): number {
  const bytes = Buffer.allocUnsafeSlow(FRESH_MIB * 1024 * 1024);
  const fill = (value: number): number => {
    const begin = performance.now();
    bytes.fill(value);
    return performance.now() - begin;
  };
  return ((fill(1) - fill(2)) * 1_000) / FRESH_MIB;
}

async function timeTimers(): Promise<number> {
  const begin = performance.now();
  await repeat(TIMERS_PER_ROUND, () => rest(1));
  return (performance.now() - begin) / TIMERS_PER_ROUND;
}

async function repeat(times: number, work: () => Promise<unknown>): Promise<void> {
  for (let index = 0; index < times; index++) await work();
}

function settled(values: readonly number[]): number {
  return Math.max(LEAST_US, median(values));
}

/** Main-thread CPU in microseconds, with what reading the clock takes (it sleeps before). */
async function cpuUsOf(work: () => Promise<unknown>): Promise<number> {
  const clock = openCpuClock();
  const start = await clock.read();
  await work();
  const end = await clock.read();
  return end.mainUs - start.mainUs;
}

function post(url: URL, agent: Agent, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method: 'POST', agent, headers: { 'content-length': body.length, 'content-type': 'application/octet-stream' } },
      (response) => {
        response.on('end', resolve);
        response.on('error', reject);
        response.resume();
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

interface Echo {
  readonly ask: () => Promise<void>;
  readonly stop: () => Promise<unknown>;
}

function startEcho(): Echo {
  const source =
    "require('node:worker_threads').parentPort.on('message', (m) => require('node:worker_threads').parentPort.postMessage(m))";
  const worker = new Worker(source, { eval: true, execArgv: [] });
  return {
    ask: () =>
      new Promise((resolve) => {
        worker.once('message', () => resolve());
        worker.postMessage('flush');
      }),
    stop: () => worker.terminate(),
  };
}

/** A server that answers at once, and what a request costs its thread between two moments. */
export interface BareServer {
  readonly url: string;
  /** Begins to count. */
  start(): Promise<void>;
  /** Main-thread CPU of one request since then, in microseconds. */
  stop(): Promise<number>;
}

/** Starts it. */
export async function startBareServer(): Promise<BareServer> {
  let answered = 0;
  let before = { mainUs: 0, answered: 0 };
  const server = createServer((_request, response) => {
    answered++;
    response.writeHead(200, { 'content-type': 'text/plain' }).end('ok');
  });
  const clock = openCpuClock();
  return {
    url: await listen(server),
    async start() {
      before = { mainUs: (await clock.read()).mainUs, answered };
    },
    async stop() {
      const { mainUs } = await clock.read();
      server.close();
      server.closeAllConnections();
      return Math.max(LEAST_US, (mainUs - before.mainUs) / Math.max(1, answered - before.answered));
    },
  };
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`));
  });
}
