import type { Calibration } from './constants.js';

/** What a server scenario offers, and what tracing adds to it. */
export interface ServerLoad {
  readonly requestsPerSecond: number;
  readonly durationMs: number;
  readonly spansPerRequest: number;
  /** Times that a request waits for a timer of so many milliseconds, one after the other. */
  readonly waitsPerRequest: number;
  readonly leafWaitMs: number;
  /** Added main-thread CPU of a span inside the request's own calls, and later. */
  readonly directUsPerSpan: number;
  readonly deferredUsPerSpan: number;
  /** How long one batch holds the thread, and how many spans it takes; 0 where none does. */
  readonly stallMs: number;
  readonly batchSpans: number;
}

/** What the formulas say of a server. */
export interface ServerPrediction {
  readonly mainCpuMsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Undefined where no batch holds the thread. */
  readonly longestStallMs?: number;
}

/** The formulas, in words, for the report. */
export const SERVER_FORMULA =
  'CPU = requests/s x (a request that only waits + 7 spans). A request that meets no batch takes what one that only ' +
  'waits takes + the spans inside it + W(traced) - W(bare), with W = rate x S^2 / (1 - rho), S = CPU of a request, ' +
  'rho = the share of the thread in use (M/G/1, service times taken as exponential); beyond its median it has an ' +
  'exponential tail through the 99th percentile of the request that only waits. Batches of length B come lambda times ' +
  'a second, and what piles up behind one is worked off in B/(1 - rho): a share h = lambda x (time in the server + ' +
  'B/(1 - rho)) of the requests meets one and waits a part of that, any part as likely as any other. p50 and p99 are ' +
  'those of the mixture. Where a second of requests takes more than a second of the thread, requests pile up as long as ' +
  'the load lasts: the CPU is the whole thread, and the share q of the requests waits q x duration x (rho - 1) longer.';

const MEDIAN = 0.5;
const TAIL_SHARE = 0.01;
/** From the median to the 99th percentile of an exponential tail. */
const TAIL_MEANS = Math.log(MEDIAN / TAIL_SHARE);
/** Beyond this the queue grows without end, and a formula of a steady state says nothing. */
const MOST_BUSY = 0.95;
const LEAST_TAIL_MS = 0.01;

/** A thread that is never free. */
const WHOLE_THREAD_MS = 1_000;

/** Latency and CPU of a server at a steady rate, by the formulas above. */
export function predictServer(load: ServerLoad, { machine, wait }: Calibration): ServerPrediction {
  const directUs = load.spansPerRequest * load.directUsPerSpan;
  const deferredUs = load.spansPerRequest * load.deferredUsPerSpan;
  // What a batch does is waited for as a batch, and not a second time as a part of each request.
  const ownUs = machine.requestUs + directUs + (load.stallMs > 0 ? 0 : deferredUs);
  const queueMs = queueOf(load, ownUs) - queueOf(load, machine.requestUs);
  const p50Ms = wait.bareP50Ms + load.waitsPerRequest * (load.leafWaitMs - 1) + directUs / 1_000 + queueMs;
  const undisturbed = {
    p50Ms,
    tailMs: Math.max(LEAST_TAIL_MS, (wait.bareP99Ms - wait.bareP50Ms) / TAIL_MEANS + queueMs),
  };
  const heldMs = load.stallMs / (1 - busyShare(load, ownUs));
  const disturbance = { heldMs, hitShare: hitShareOf(load, p50Ms, heldMs) };
  const wantedMsPerSecond = (load.requestsPerSecond * (machine.requestUs + directUs + deferredUs)) / 1_000;
  const pileMs = load.durationMs * Math.max(0, wantedMsPerSecond / WHOLE_THREAD_MS - 1);
  return {
    mainCpuMsPerSecond: Math.min(WHOLE_THREAD_MS, wantedMsPerSecond),
    p50Ms: quantileOf(undisturbed, disturbance, MEDIAN) + (1 - MEDIAN) * pileMs,
    p99Ms: quantileOf(undisturbed, disturbance, TAIL_SHARE) + (1 - TAIL_SHARE) * pileMs,
    ...(load.stallMs > 0 ? { longestStallMs: load.stallMs } : {}),
  };
}

function busyShare({ requestsPerSecond }: ServerLoad, serviceUs: number): number {
  return Math.min(MOST_BUSY, (requestsPerSecond * serviceUs) / 1e6);
}

function queueOf(load: ServerLoad, serviceUs: number): number {
  return ((load.requestsPerSecond / 1_000) * (serviceUs / 1_000) ** 2) / (1 - busyShare(load, serviceUs));
}

/** Requests that meet a batch; 0 where none does or where that is too rare to be in the slowest hundredth. */
function hitShareOf(load: ServerLoad, inServerMs: number, heldMs: number): number {
  if (load.batchSpans === 0 || heldMs === 0) return 0;
  const batchesPerMs = (load.requestsPerSecond * load.spansPerRequest) / load.batchSpans / 1_000;
  return Math.min(1, batchesPerMs * (inServerMs + heldMs));
}

interface Undisturbed {
  readonly p50Ms: number;
  readonly tailMs: number;
}

interface Disturbance {
  readonly heldMs: number;
  readonly hitShare: number;
}

const PARTS = 32;
const STEPS = 60;

/** The latency that a share of the requests exceeds. */
function quantileOf(undisturbed: Undisturbed, { heldMs, hitShare }: Disturbance, share: number): number {
  const exceeding = (ms: number): number => {
    let met = 0;
    for (let part = 0; part < PARTS; part++) met += exceedingShare(undisturbed, ms - (heldMs * (part + 0.5)) / PARTS);
    return (1 - hitShare) * exceedingShare(undisturbed, ms) + (hitShare * met) / PARTS;
  };
  let low = 0;
  let high = undisturbed.p50Ms + heldMs + 2 * TAIL_MEANS * undisturbed.tailMs;
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (exceeding(middle) > share) low = middle;
    else high = middle;
  }
  return high;
}

/** Share of the undisturbed requests that take longer: a straight line up to the median, an exponential tail from there. */
function exceedingShare({ p50Ms, tailMs }: Undisturbed, ms: number): number {
  if (ms >= p50Ms) return MEDIAN * Math.exp(-(ms - p50Ms) / tailMs);
  return Math.min(1, 1 - (MEDIAN * ms) / p50Ms);
}
