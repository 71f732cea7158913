import type { Calibration } from './constants.js';

/** What a server scenario offers, and what tracing adds to it. */
export interface ServerLoad {
  readonly requestsPerSecond: number;
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
}

/** The formulas, in words, for the report. */
export const SERVER_FORMULA =
  'CPU = requests/s x (a request answered at once, without its wake-up, + 7 spans) + wake-ups, where requests and timers of the same millisecond share one: 1000 (1 - exp(-events/1000)) a second. ' +
  'p50 = a bare request + the timers + the spans of a request + W, with W = rate x S^2 / (2 (1 - rho)), S = CPU of a ' +
  'request, rho = the thread share in use (M/G/1, service times taken as exponential: E[S^2] = 2 S^2). ' +
  'p99 = p50 + the spread of a bare request (p99 - p50) + 4.6 W (the tail of an exponential wait); where batches of ' +
  'length B come lambda times a second, a share h = lambda x (time in the server + B) of the requests meets one, and ' +
  'where h > 1 % it waits up to B: + B (1 - 1 %/h).';

const TAIL_SHARE = 0.01;
const EXPONENTIAL_P99 = Math.log(1 / TAIL_SHARE);
/** Beyond this the queue grows without end, and a formula of a steady state says nothing. */
const MOST_BUSY = 0.99;

/** Latency and CPU of a server at a steady rate, by the formulas above. */
export function predictServer(load: ServerLoad, { machine, wait }: Calibration): ServerPrediction {
  const spansUs = load.spansPerRequest * (load.directUsPerSpan + load.deferredUsPerSpan);
  const wakeUpUs = Math.min(machine.timerUs, machine.requestUs);
  const wakeUpsUs = (wakeUpsPerSecond(load) * wakeUpUs) / load.requestsPerSecond;
  const serviceUs = machine.requestUs - wakeUpUs + wakeUpsUs + spansUs;
  const cpuShare = (load.requestsPerSecond * serviceUs) / 1e6;
  const busy = Math.min(MOST_BUSY, cpuShare);
  const queueMs = ((load.requestsPerSecond / 1_000) * (serviceUs / 1_000) ** 2) / (1 - busy);
  const timersMs = load.waitsPerRequest * (wait.timerMs + load.leafWaitMs - 1);
  const ownMs = (load.spansPerRequest * load.directUsPerSpan) / 1_000;
  const p50Ms = wait.bareP50Ms + timersMs + ownMs + queueMs;
  const spreadMs = Math.max(0, wait.bareP99Ms - wait.bareP50Ms) + EXPONENTIAL_P99 * queueMs;
  return {
    mainCpuMsPerSecond: cpuShare * 1_000,
    p50Ms,
    p99Ms: p50Ms + spreadMs + stallTailMs(load, p50Ms),
  };
}

const TICKS_PER_SECOND = 1_000;

/** A request or a timer that comes in the same millisecond as another finds the thread awake. */
function wakeUpsPerSecond({ requestsPerSecond, waitsPerRequest }: ServerLoad): number {
  const events = requestsPerSecond * (1 + waitsPerRequest);
  return TICKS_PER_SECOND * (1 - Math.exp(-events / TICKS_PER_SECOND));
}

/** What the slowest hundredth of the requests waits for batches. */
function stallTailMs(load: ServerLoad, inServerMs: number): number {
  if (load.batchSpans === 0) return 0;
  const batchesPerMs = (load.requestsPerSecond * load.spansPerRequest) / load.batchSpans / 1_000;
  const hit = Math.min(1, batchesPerMs * (inServerMs + load.stallMs));
  return hit <= TAIL_SHARE ? 0 : load.stallMs * (1 - TAIL_SHARE / hit);
}
