import { Agent, createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { openCpuClock } from '../../sample/cpu-clock.js';
import { createPayload } from '../../sample/payload.js';
import { rest } from '../../sample/rest.js';
import { median } from '../../statistics/quantile.js';
import { MIB } from '../constants.js';

const POSTS_PER_ROUND = 12;
const LARGE_POSTS_PER_ROUND = 3;
/** As OpenTelemetry's exporters allow, and as a burst of small batches makes. */
const POSTS_AT_ONCE = 30;
const FETCHES_AT_ONCE = 8;
const TIMERS_PER_ROUND = 20;
const MESSAGES_PER_ROUND = 20;
const LEAST_US = 0.01;

/** What posting, waiting and talking to another thread take. */
export interface MachineCosts {
  readonly postUs: number;
  readonly postsUs: number;
  readonly postUsPerMib: number;
  readonly fetchUs: number;
  readonly fetchUsPerMib: number;
  readonly freshUsPerMib: number;
  readonly batchTextUsPerMib: number;
  readonly timerUs: number;
  readonly timerMs: number;
  readonly flushUs: number;
}

/** Main-thread CPU of what cannot be timed by a stopwatch, since others work on it meanwhile; in turns. */
export async function measureMachine(sinkUrl: string, seed: number, rounds: number): Promise<MachineCosts> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const wide = new Agent({ keepAlive: true, maxSockets: POSTS_AT_ONCE });
  const echo = startEcho();
  const small = Buffer.alloc(16, 0x20);
  const large = Buffer.alloc(MIB, 0x20);
  const largeText = large.toString('latin1');
  // Any path that the sink does not look into: reading the body is all it does.
  const url = new URL('/calibration', sinkUrl);
  const prices: Record<keyof MachineCosts, number[]> = {
    postUs: [],
    postsUs: [],
    postUsPerMib: [],
    fetchUs: [],
    fetchUsPerMib: [],
    freshUsPerMib: [],
    batchTextUsPerMib: [],
    timerUs: [],
    timerMs: [],
    flushUs: [],
  };
  const batch = createBatch(seed);
  await post(url, agent, small);
  await atOnce(POSTS_AT_ONCE, () => post(url, wide, small));
  await atOnce(FETCHES_AT_ONCE, () => fetchOnce(url, SMALL_JSON));
  await echo.ask();
  for (let round = 0; round < rounds; round++) {
    const idleUs = await cpuUsOf(() => Promise.resolve());
    const price = async (times: number, work: () => Promise<unknown>): Promise<number> =>
      ((await cpuUsOf(work)) - idleUs) / times;
    const repeated = (times: number, work: () => Promise<unknown>) => price(times, () => repeat(times, work));
    const postUs = await repeated(POSTS_PER_ROUND, () => post(url, agent, small));
    const fetchUs = await price(FETCHES_AT_ONCE, () => atOnce(FETCHES_AT_ONCE, () => fetchOnce(url, SMALL_JSON)));
    prices.postUs.push(postUs);
    prices.postsUs.push(await price(POSTS_AT_ONCE, () => atOnce(POSTS_AT_ONCE, () => post(url, wide, small))));
    prices.postUsPerMib.push((await repeated(LARGE_POSTS_PER_ROUND, () => post(url, agent, large))) - postUs);
    prices.fetchUs.push(fetchUs);
    prices.fetchUsPerMib.push((await repeated(LARGE_POSTS_PER_ROUND, () => fetchOnce(url, largeText))) - fetchUs);
    prices.freshUsPerMib.push(touchFreshMemory());
    prices.batchTextUsPerMib.push((await price(batch.mib, batch.asOne)) - (await price(batch.mib, batch.inParts)));
    prices.timerUs.push(await repeated(TIMERS_PER_ROUND, () => rest(1)));
    prices.timerMs.push(await timeTimers());
    prices.flushUs.push(await repeated(MESSAGES_PER_ROUND, echo.ask));
  }
  agent.destroy();
  wide.destroy();
  await echo.stop();
  return Object.fromEntries(
    Object.entries(prices).map(([name, found]) => [name, settled(found)]),
  ) as unknown as MachineCosts;
}

async function atOnce(times: number, work: () => Promise<unknown>): Promise<unknown> {
  return Promise.all(Array.from({ length: times }, work));
}

async function fetchOnce(url: URL, body: string): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer lab' };
  const response = await fetch(url, { method: 'POST', headers, body });
  await response.text();
}

const SMALL_JSON = JSON.stringify({ batch: [] });
const FRESH_MIB = 8;

/** The first writing of a buffer of its own against the second, in microseconds for a MiB. */
function touchFreshMemory(): number {
  const bytes = Buffer.allocUnsafeSlow(FRESH_MIB * MIB);
  const fill = (value: number): number => {
    const begin = performance.now();
    bytes.fill(value);
    return performance.now() - begin;
  };
  return ((fill(1) - fill(2)) * 1_000) / FRESH_MIB;
}

/** Beyond the space in which the collector keeps what is young. */
const BATCH_TEXTS = 320;

interface TextBatch {
  readonly mib: number;
  readonly asOne: () => Promise<unknown>;
  readonly inParts: () => Promise<unknown>;
}

/** A batch of spans with 100 KB each, as one JSON text and as one for each span. */
function createBatch(seed: number): TextBatch {
  const { nextInput } = createPayload('100kb-string', seed);
  const texts = Array.from({ length: BATCH_TEXTS }, () => String(nextInput()));
  const encoder = new TextEncoder();
  const encode = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value));
  return {
    mib: texts.reduce((total, text) => total + text.length, 0) / MIB,
    asOne: () => Promise.resolve(encode(texts)),
    inParts: () => Promise.resolve(texts.map((text) => encode(text).length)),
  };
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

/** A server whose requests only wait, and what one costs its thread. */
export interface BareServer {
  readonly url: string;
  /** A window of load begins. */
  start(): Promise<void>;
  /** It has ended. */
  stop(): Promise<void>;
  /** @returns main-thread CPU of one request in microseconds: the median of the windows */
  close(): number;
}

/** As the lab's work does, and nothing else. */
const WAITS = 4;

/** Starts it. */
export async function startBareServer(): Promise<BareServer> {
  const windowsUs: number[] = [];
  let answered = 0;
  let before = { mainUs: 0, answered: 0 };
  const server = createServer((_request, response) => {
    void repeat(WAITS, () => rest(1)).then(() => {
      answered++;
      response.writeHead(200, { 'content-type': 'text/plain' }).end('ok');
    });
  });
  const clock = openCpuClock();
  return {
    url: await listen(server),
    async start() {
      before = { mainUs: (await clock.read()).mainUs, answered };
    },
    async stop() {
      const { mainUs } = await clock.read();
      if (answered > before.answered) windowsUs.push((mainUs - before.mainUs) / (answered - before.answered));
    },
    close() {
      server.close();
      server.closeAllConnections();
      return settled(windowsUs.length === 0 ? [0] : windowsUs);
    },
  };
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`));
  });
}
