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

/** The service of the cases, as its program has it. */
const SERVICE = { requestsPerSecond: 30, spansPerRequest: 4, sleepMs: 9 } as const;
const SPAN_KIB = 6.6;
const LARGE_SPAN_KIB = 60;
const BATCH_SPANS = 512;
/** Where a request gives the interpreter back and must wait for it again: it is read, slept on twice, and answered. */
const HAND_OVERS = 4;
/** Calls of the service for a request, untraced: FastAPI, uvicorn, and the handler itself; counted as the others. */
const HANDLER_CALLS: CallCounts = { python: 986, builtin: 1_619 };
/**
 * Copies of a batch's bytes when it is made into a message of protobuf: each message that is given to the one around it
 * is written and read again.
 */
const COPIES = 12;
/** Those of them that are one call for the whole batch, which no thread can interrupt. */
const COPIES_IN_ONE_CALL = 8;
/** A quantile feels what happens in more than this share of the requests. */
const P99_SHARE = 0.01;

/** The service's p99 by a formula: how often a batch is at work, and what a request waits for the interpreter then. */
export function gilCost(id: string, subject: PythonSubject, constants: PythonConstants): Cost | undefined {
  const spanKib = id === 'gil-large' ? LARGE_SPAN_KIB : SPAN_KIB;
  const base = sum(
    { ms: SERVICE.sleepMs, because: `${SERVICE.sleepMs} ms of waiting in the handler` },
    callsMs(HANDLER_CALLS, constants),
  );
  if (subject === 'untraced') return base;
  const tracing = tracingCost(subject, spanKib, constants);
  if (tracing === undefined) return undefined;
  const wait = subject === 'langfuse-2' ? constantWork(spanKib, constants) : batchWork(subject, spanKib, constants);
  return sum(base, tracing, wait);
}

function tracingCost(subject: PythonSubject, spanKib: number, constants: PythonConstants): Cost | undefined {
  if (subject === 'multiprocessing') {
    const putMs = (SERVICE.spansPerRequest * at(constants, 'queuePutUs')) / 1_000;
    return { ms: putMs, because: `${SERVICE.spansPerRequest} records put on a queue` };
  }
  const counts = METHOD_CALLS['A2-alone']?.[subject] ?? METHOD_CALLS.A5?.[subject];
  if (counts === undefined) return undefined;
  const { python, builtin } = counts;
  const calls = { python: python * SERVICE.spansPerRequest, builtin: builtin * SERVICE.spansPerRequest };
  const textMs = (SERVICE.spansPerRequest * spanKib * at(constants, 'jsonDumpsUsPerKib')) / 1_000;
  return sum(callsMs(calls, constants), { ms: textMs, because: `JSON of ${spanKib} KiB a span` });
}

/** Version 2 serialises event by event as they come: a thread that is at work for most of the time. */
function constantWork(spanKib: number, constants: PythonConstants): Cost {
  const perSecond = SERVICE.requestsPerSecond * SERVICE.spansPerRequest * spanKib;
  // Each span is two events, and what came in is in the first of them only.
  const share = Math.min(1, (perSecond * serialiseUsPerKib(ON_CONSUMER_OF_2, constants)) / 1e6);
  return handOvers({ share, longestMs: Number.POSITIVE_INFINITY, heldMs: 0 }, constants);
}

/** A batch of 512 spans: bytes by what a KiB costs, and calls for each span. The queue's feeder pickles instead. */
function batchWork(subject: PythonSubject, spanKib: number, constants: PythonConstants): Cost {
  const counts = EXPORT_CALLS[subject];
  if (counts === undefined) return { ms: 0, because: 'no batch in this process' };
  const copyMs = (BATCH_SPANS * spanKib * at(constants, 'largeCopyUsPerKib')) / 1_000;
  const batchMs = COPIES * copyMs + BATCH_SPANS * callsMs(counts, constants).ms;
  const batchesPerSecond = (SERVICE.requestsPerSecond * SERVICE.spansPerRequest) / BATCH_SPANS;
  const requestMs =
    SERVICE.sleepMs + SERVICE.spansPerRequest * callsMs(METHOD_CALLS['A2-alone']?.[subject] ?? counts, constants).ms;
  // A request meets a batch that begins while it is in flight, as well as one that is at work when it comes.
  return handOvers(
    {
      share: (batchesPerSecond * (batchMs + requestMs)) / 1_000,
      longestMs: batchMs,
      heldMs: COPIES_IN_ONE_CALL * copyMs,
    },
    constants,
  );
}

interface ThreadAtWork {
  /** Of the requests, those that meet it. */
  readonly share: number;
  readonly longestMs: number;
  /** In calls that do not let the interpreter go when they are asked to. */
  readonly heldMs: number;
}

/** Requests that meet a batch wait for anything up to its whole; the 99th percentile is a quantile of those. */
function handOvers({ share, longestMs, heldMs }: ThreadAtWork, constants: PythonConstants): Cost {
  const switchMs = at(constants, 'switchIntervalMs');
  const most = Math.min(longestMs, heldMs + HAND_OVERS * switchMs);
  const length = Number.isFinite(longestMs) ? ` of ${short(longestMs)} ms` : '';
  const held = heldMs > 0 ? ` and ${short(heldMs)} ms of calls that keep it,` : '';
  return {
    ms: most * Math.max(0, 1 - P99_SHARE / Math.max(share, P99_SHARE)),
    because: `at most ${HAND_OVERS} waits of ${short(switchMs)} ms for the interpreter${held} as ${short(share * 100)} % of the requests meet a batch at work${length}`,
  };
}
