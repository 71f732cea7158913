import type { PythonSubject } from '../subjects.js';
import {
  at,
  type Cost,
  callsMs,
  ON_CALLER,
  ON_CONSUMER_OF_2,
  type PythonConstants,
  serialiseUsPerKib,
  short,
  sum,
} from './amounts.js';
import { CLIENT_PARTS, CONSTRUCT_CALLS, LOOK_UP_CALLS, METHOD_CALLS, UNCAPTURED_CALLS } from './calls.js';

const LARGE_KIB = 900;
const SWITCHES_WITH_METADATA = 'the look-up of the current span and four values';

/** What a form of a mistake adds, by the case's principal metric; undefined where the model has nothing to say. */
export function mistakeCost(
  id: string,
  subject: PythonSubject,
  variant: string,
  constants: PythonConstants,
): Cost | undefined {
  switch (id) {
    case 'mistake-1.1':
      return clientCost(subject, variant, constants);
    case 'mistake-1.2':
      return counted(METHOD_CALLS['A2-alone']?.[subject], constants);
    case 'mistake-1.3':
      return captureCost(subject, variant, constants);
    case 'mistake-1.4':
      return uncapturedCost(subject, variant, constants);
    case 'mistake-1.5':
      return lookUpCost(subject, variant, constants);
    case 'mistake-1.6':
      return tickCost(subject, constants);
    default:
      return undefined;
  }
}

function counted(
  counts: { readonly python: number; readonly builtin: number } | undefined,
  constants: PythonConstants,
): Cost | undefined {
  return counts === undefined ? undefined : callsMs(counts, constants);
}

/** A client: HTTP clients that each read the certificates, and threads. Made at start, the first call is as any other. */
function clientCost(subject: PythonSubject, variant: string, constants: PythonConstants): Cost | undefined {
  const parts = CLIENT_PARTS[subject];
  const call = variant.endsWith('observe-off')
    ? counted(LOOK_UP_CALLS[subject], constants)
    : counted(METHOD_CALLS['A2-alone']?.[subject], constants);
  if (parts === undefined || call === undefined) return undefined;
  return variant.startsWith('good') ? call : sum(creationCost(parts, constants), call);
}

function creationCost(
  parts: { readonly contexts: number; readonly threads: number },
  constants: PythonConstants,
): Cost {
  const [contextMs, threadMs] = [at(constants, 'certificatesMs'), at(constants, 'threadMs')];
  return {
    ms: parts.contexts * contextMs + parts.threads * threadMs,
    because: `${parts.contexts} HTTP clients that read the certificates at ${short(contextMs)} ms, ${parts.threads} threads at ${short(threadMs)} ms`,
  };
}

/** The state is the step's result: with capture on it is walked and written by the caller. */
function captureCost(subject: PythonSubject, variant: string, constants: PythonConstants): Cost | undefined {
  const plan = ON_CALLER[subject];
  const off = counted(UNCAPTURED_CALLS.bad[subject], constants);
  if (plan === undefined || off === undefined) return undefined;
  if (variant === 'good') return off;
  const usPerKib = serialiseUsPerKib(plan, constants);
  const text: Cost = {
    ms: (LARGE_KIB * usPerKib) / 1_000,
    because: `${LARGE_KIB} KiB walked ${plan.walks} times and written as JSON at ${short(usPerKib)} µs a KiB`,
  };
  return subject === 'langfuse-2' ? sum(off, text, contention(text.ms, constants)) : sum(off, text);
}

/** Version 2's thread works on the previous state meanwhile: each switch interval of the caller costs one of its turns. */
function contention(callerMs: number, constants: PythonConstants): Cost {
  const switchMs = at(constants, 'switchIntervalMs');
  const consumerMs = (LARGE_KIB * serialiseUsPerKib(ON_CONSUMER_OF_2, constants)) / 1_000;
  // C code does not give the interpreter back: a turn lasts as long as the writing of the whole state.
  const turnMs = Math.max(switchMs, (LARGE_KIB * at(constants, 'jsonDumpsUsPerKib')) / 1_000);
  const turns = Math.min(callerMs / switchMs, consumerMs / turnMs);
  return { ms: turns * turnMs, because: `${short(turns)} turns of its thread at ${short(turnMs)} ms` };
}

function uncapturedCost(subject: PythonSubject, variant: string, constants: PythonConstants): Cost | undefined {
  if (variant !== 'good') return counted(UNCAPTURED_CALLS.bad[subject], constants);
  const cost = counted(UNCAPTURED_CALLS.good[subject], constants);
  return cost === undefined ? undefined : { ...cost, because: `${cost.because}, with ${SWITCHES_WITH_METADATA}` };
}

function lookUpCost(subject: PythonSubject, variant: string, constants: PythonConstants): Cost | undefined {
  if (variant === 'good') return counted(LOOK_UP_CALLS[subject], constants);
  if (variant !== 'bad') return undefined;
  const parts = CLIENT_PARTS[subject];
  // With one key version 3 and 5 hand out the parts of the first client; version 2 makes a whole new one.
  if (subject === 'langfuse-2') return parts === undefined ? undefined : creationCost(parts, constants);
  return counted(CONSTRUCT_CALLS[subject], constants);
}

/** After each sleep the loop asks for the interpreter once, and a thread that serialises keeps it for an interval. */
function tickCost(subject: PythonSubject, constants: PythonConstants): Cost | undefined {
  if (subject === 'untraced' || subject === 'multiprocessing') return undefined;
  const switchMs = at(constants, 'switchIntervalMs');
  return { ms: switchMs, because: `one wait of ${short(switchMs)} ms for the interpreter after a sleep` };
}
