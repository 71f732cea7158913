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
import { METHOD_CALLS } from './calls.js';

/** Of a record in a method's case: a conversation comes in and an answer goes out. */
const RECORD_KIB = 5;
/** Between two calls the case rests. */
const REST_MS = 1;

/** A form of a method: the key of its counts, the case's variants that it answers, records a unit of work. */
interface MethodForm {
  readonly calls: string;
  readonly variants: readonly string[];
  readonly records: number;
  /** Events that version 2 puts on its queue, a record. */
  readonly events: number;
}

/** By case. */
export const METHOD_FORMS: Readonly<Record<string, readonly MethodForm[]>> = {
  'method-A1': [{ calls: 'A1', variants: ['plain', 'fastapi'], records: 4, events: 1.5 }],
  'method-A2': [
    { calls: 'A2-alone', variants: ['alone-plain', 'alone-fastapi'], records: 3, events: 2 },
    { calls: 'A2-with-A1', variants: ['with-A1-plain', 'with-A1-fastapi'], records: 4, events: 2 },
  ],
  'method-A3': [{ calls: 'A3', variants: ['plain', 'fastapi'], records: 1, events: 3 }],
  'method-A4': [{ calls: 'A4', variants: ['plain', 'fastapi'], records: 4, events: 2.25 }],
  'method-A5': [{ calls: 'A5', variants: ['plain', 'fastapi'], records: 3, events: 0 }],
};

/** What a record adds by a form; undefined where nothing was counted. A handler adds nothing to it. */
export function methodCost(form: MethodForm, subject: PythonSubject, constants: PythonConstants): Cost | undefined {
  const counts = METHOD_CALLS[form.calls]?.[subject];
  if (counts === undefined) return undefined;
  // The walk is in the calls, node by node; what C does with the text is not.
  const textUs = RECORD_KIB * at(constants, 'jsonDumpsUsPerKib');
  const text: Cost = { ms: textUs / 1_000, because: `JSON of ${RECORD_KIB} KiB` };
  const own = sum(callsMs(counts, constants), text);
  return subject === 'langfuse-2' ? sum(own, waitForConsumer(form, own.ms, constants)) : own;
}

/**
 * Version 2's thread takes each event as it comes, and so asks for the interpreter while calls are made. It has it for
 * a switch interval at a time, and the caller waits for it once in a unit of work as far as the thread has work.
 */
function waitForConsumer({ records, events }: MethodForm, ownMs: number, constants: PythonConstants): Cost {
  const switchMs = at(constants, 'switchIntervalMs');
  const eventMs = ((RECORD_KIB / 2) * serialiseUsPerKib(ON_CONSUMER_OF_2, constants)) / 1_000;
  const workMs = records * events * eventMs;
  const share = Math.min(1, workMs / (records * ownMs + REST_MS));
  return {
    ms: (share * switchMs) / records,
    because: `${short(switchMs)} ms of waiting for the interpreter in ${short(share * 100)} % of the units of ${records} records, as its thread serialises for ${short(workMs)} ms each`,
  };
}
