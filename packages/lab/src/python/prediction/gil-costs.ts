import type { PythonSubject } from '../subjects.js';
import {
  at,
  type Cost,
  callsMs,
  ON_CONSUMER_OF_2,
  type PythonConstants,
  serialiseUsPerKib,
  short,
  sum,
} from './amounts.js';
import { type CallCounts, EXPORT_CALLS, METHOD_CALLS } from './calls.js';

/** The service of the case, as its program has it. */
const SERVICE = { requestsPerSecond: 30, spansPerRequest: 4, spanKib: 6.6, sleepMs: 9 } as const;
const BATCH_SPANS = 512;
/** Where a request gives the interpreter back and must wait for it again: it is read, slept on twice, and answered. */
const HAND_OVERS = 4;
/** Calls of the service for a request, untraced: FastAPI, uvicorn, and the handler itself; counted as the others. */
const HANDLER_CALLS: CallCounts = { python: 986, builtin: 1_619 };
/** A quantile feels what happens in more than this share of the requests. */
const P99_SHARE = 0.01;

/** The service's p99 by a formula: how often a batch is at work, and what a request waits for the interpreter then. */
export function gilCost(subject: PythonSubject, constants: PythonConstants): Cost | undefined {
  const base = sum(
    { ms: SERVICE.sleepMs, because: `${SERVICE.sleepMs} ms of waiting in the handler` },
    callsMs(HANDLER_CALLS, constants),
  );
  if (subject === 'untraced') return base;
  const tracing = tracingCost(subject, constants);
  if (tracing === undefined) return undefined;
  const wait = subject === 'langfuse-2' ? constantWork(constants) : batchWork(subject, constants);
  return sum(base, tracing, wait);
}

function tracingCost(subject: PythonSubject, constants: PythonConstants): Cost | undefined {
  if (subject === 'multiprocessing') {
    const putMs = (SERVICE.spansPerRequest * at(constants, 'queuePutUs')) / 1_000;
    return { ms: putMs, because: `${SERVICE.spansPerRequest} records put on a queue` };
  }
  const counts = METHOD_CALLS['A2-alone']?.[subject] ?? METHOD_CALLS.A5?.[subject];
  if (counts === undefined) return undefined;
  const { python, builtin } = counts;
  const calls = { python: python * SERVICE.spansPerRequest, builtin: builtin * SERVICE.spansPerRequest };
  const textMs = (SERVICE.spansPerRequest * SERVICE.spanKib * at(constants, 'jsonDumpsUsPerKib')) / 1_000;
  return sum(callsMs(calls, constants), { ms: textMs, because: `JSON of ${SERVICE.spanKib} KiB a span` });
}

/** Version 2 serialises event by event as they come: a thread that is at work for most of the time. */
function constantWork(constants: PythonConstants): Cost {
  const perSecond = SERVICE.requestsPerSecond * SERVICE.spansPerRequest * SERVICE.spanKib;
  // Each span is two events, and what came in is in the first of them only.
  const share = Math.min(1, (perSecond * serialiseUsPerKib(ON_CONSUMER_OF_2, constants)) / 1e6);
  return handOvers(share, Number.POSITIVE_INFINITY, constants);
}

/** A batch of 512 spans: bytes by what a KiB costs, and calls for each span. The queue's feeder pickles instead. */
function batchWork(subject: PythonSubject, constants: PythonConstants): Cost {
  const counts = EXPORT_CALLS[subject];
  if (counts === undefined) return { ms: 0, because: 'no batch in this process' };
  // gzip lets the interpreter go; copying text and encoding do not.
  const batchKib = BATCH_SPANS * SERVICE.spanKib;
  const textMs = (batchKib * 2 * at(constants, 'utf8UsPerKib')) / 1_000;
  const batchMs = textMs + BATCH_SPANS * callsMs(counts, constants).ms;
  const batchesPerSecond = (SERVICE.requestsPerSecond * SERVICE.spansPerRequest) / BATCH_SPANS;
  const requestMs =
    SERVICE.sleepMs + SERVICE.spansPerRequest * callsMs(METHOD_CALLS['A2-alone']?.[subject] ?? counts, constants).ms;
  // A request meets a batch that begins while it is in flight, as well as one that is at work when it comes.
  return handOvers((batchesPerSecond * (batchMs + requestMs)) / 1_000, batchMs, constants);
}

/** Requests that meet a batch wait for anything up to its whole; the 99th percentile is a quantile of those. */
function handOvers(share: number, longestMs: number, constants: PythonConstants): Cost {
  const switchMs = at(constants, 'switchIntervalMs');
  const most = Math.min(longestMs, HAND_OVERS * switchMs);
  const length = Number.isFinite(longestMs) ? ` of ${short(longestMs)} ms` : '';
  return {
    ms: most * Math.max(0, 1 - P99_SHARE / Math.max(share, P99_SHARE)),
    because: `at most ${HAND_OVERS} waits of ${short(switchMs)} ms for the interpreter, as ${short(share * 100)} % of the requests meet a batch at work${length}`,
  };
}
