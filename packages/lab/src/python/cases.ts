import type { PythonCase } from './model.js';
import type { PythonSubject } from './subjects.js';

/** A program of `lab_python` that takes samples. */
export type PythonProgramName = 'methods' | 'client_life' | 'spans' | 'lookup' | 'stall' | 'server';

/** A case, the program that asks it, of whom, and in which forms. */
export interface PythonCaseDefinition extends PythonCase {
  readonly program: PythonProgramName;
  readonly subjects: readonly PythonSubject[];
  /** A process each; a program may make several samples of one (`plain` and `fastapi`). */
  readonly variants: readonly string[];
  /** What stands where the exporter sends to. */
  readonly backend: 'sink' | 'collector';
}

const LANGFUSE: readonly PythonSubject[] = ['langfuse-2', 'langfuse-3', 'langfuse-5'];
const WITH_UNTRACED: readonly PythonSubject[] = ['untraced', ...LANGFUSE];
const ONE_FORM = [''];
const BAD_AND_GOOD = ['bad', 'good'];

const method = (id: string, title: string, claim: string, subjects = WITH_UNTRACED): PythonCaseDefinition => ({
  id: `method-${id}`,
  title: `${id}: ${title}`,
  claim,
  principalMetric: 'addedMs',
  unit: 'ms',
  program: 'methods',
  subjects,
  variants: ONE_FORM,
  backend: 'sink',
});

const METHODS: readonly PythonCaseDefinition[] = [
  method(
    'A1',
    'low-level calls, a record',
    '0.16 to 0.27 ms a call (published for version 2: trace 0.27, span 0.16, generation 0.20, event 0.24 ms): it only enqueues',
  ),
  method('A2', 'the @observe decorator, a function', '5 to 15 ms a function, alone or with low-level calls inside'),
  method('A3', 'the OpenAI drop-in, a call of the model', '1 to 3 ms an LLM call: it wraps the response'),
  method('A4', 'the callback of LangChain, a step', "2 to 10 ms a step: the framework's serialisation"),
  method('A5', 'OpenTelemetry spans by hand, a span', '0.5 to 2 ms a span: no Langfuse layer', [
    'untraced',
    'opentelemetry',
  ]),
];

const MISTAKES: readonly PythonCaseDefinition[] = [
  {
    id: 'mistake-1.1',
    title: '1.1: the client is made lazily, or anew for each call: the first traced call',
    claim:
      'the first traced call takes 0.681 s longer, and 0.0003 s with the client made at start; each creation takes about 0.1 s, against 0.002 to 0.01 s after',
    principalMetric: 'firstCallMs',
    unit: 'ms',
    program: 'client_life',
    subjects: LANGFUSE,
    variants: ['bad-observe-off', 'bad-observe-on', 'good-observe-off', 'good-observe-on', 'bad-per-call'],
    backend: 'sink',
  },
  {
    id: 'mistake-1.2',
    title: '1.2: a parent and ten steps, all traced or two of them: a traced span',
    claim:
      'each traced child adds 2 to 10 ms; a traced parent takes 20 ms more than the sum of its children, whether or not those are traced',
    principalMetric: 'addedPerSpanMs',
    unit: 'ms',
    program: 'spans',
    subjects: WITH_UNTRACED,
    variants: BAD_AND_GOOD,
    backend: 'sink',
  },
  {
    id: 'mistake-1.3',
    title: '1.3: 900 KB of JSON captured from a step that loads state',
    claim:
      'the Redis step of a request takes 0.3 to 0.7 s, and 0.01 to 0.03 s mainly with capture off; @observe adds 10 to 20 ms elsewhere',
    principalMetric: 'addedMs',
    unit: 'ms',
    program: 'spans',
    subjects: LANGFUSE,
    variants: BAD_AND_GOOD,
    backend: 'sink',
  },
  {
    id: 'mistake-1.4',
    title: '1.4: capture off, with nothing or with light metadata in its place',
    claim: 'light metadata (ids, a message cut to 200 characters) belongs where nothing is captured; no figure',
    principalMetric: 'addedMs',
    unit: 'ms',
    program: 'spans',
    subjects: LANGFUSE,
    variants: BAD_AND_GOOD,
    backend: 'sink',
  },
  {
    id: 'mistake-1.5',
    title: '1.5: Langfuse(...) instead of get_client(): a look-up',
    claim:
      'arguments of a second construction are silently ignored; a look-up takes 0.01 ms against 0.001 ms, so 10 ms a second at 1,000 requests a second',
    principalMetric: 'lookUpMs',
    unit: 'ms',
    program: 'lookup',
    subjects: LANGFUSE,
    variants: ['bad', 'good', 'two-clients'],
    backend: 'sink',
  },
];

const STALL: PythonCaseDefinition = {
  id: 'mistake-1.6',
  title: "1.6: an event loop's ticks while 400 spans are exported",
  claim: 'p95 to p99 of 30 ms become 1.5 s while a batch is being serialised',
  principalMetric: 'exportingP99Ms',
  unit: 'ms',
  program: 'stall',
  subjects: WITH_UNTRACED,
  variants: ['bad'],
  backend: 'sink',
};

const server = (
  id: string,
  title: string,
  subjects: readonly PythonSubject[],
  backend: PythonCaseDefinition['backend'],
): PythonCaseDefinition => ({
  id,
  title,
  claim: 'p95 to p99 of 30 ms jump to 1.5 s while a batch is serialised',
  principalMetric: 'p99Ms',
  unit: 'ms',
  program: 'server',
  subjects,
  variants: ONE_FORM,
  backend,
});

/** Every case, in the order of the report. */
export const PYTHON_CASES: readonly PythonCaseDefinition[] = [
  ...METHODS,
  ...MISTAKES,
  STALL,
  server(
    'gil',
    'The shared interpreter: a FastAPI service under load',
    ['untraced', ...LANGFUSE, 'opentelemetry'],
    'sink',
  ),
  // Not langfuse 2, which cannot keep up with it.
  server(
    'gil-large',
    'The shared interpreter with long conversations, 60 KB a span',
    ['untraced', 'langfuse-3', 'langfuse-5'],
    'sink',
  ),
  server(
    'gil-collector',
    "The same with Slipstream's collector beside the service",
    ['untraced', 'langfuse-3', 'langfuse-5'],
    'collector',
  ),
  server(
    'gil-multiprocessing',
    'The same with records handed to another process by multiprocessing',
    ['untraced', 'multiprocessing'],
    'sink',
  ),
];

/** One process to run. */
export interface PlannedSample {
  readonly definition: PythonCaseDefinition;
  readonly subject: PythonSubject;
  readonly variant: string;
  readonly round: number;
}

/** The processes of a case in one round; the cure of 1.6 is another subject in the other form. */
export function samplesOf(definition: PythonCaseDefinition, round: number): PlannedSample[] {
  const planned = definition.subjects.flatMap((subject) =>
    definition.variants.map((variant): PlannedSample => ({ definition, subject, variant, round })),
  );
  if (definition.id !== STALL.id) return planned;
  return [...planned, { definition, subject: 'multiprocessing', variant: 'good', round }];
}

/** The part of a definition that the report keeps. */
export function toCase({ id, title, claim, principalMetric, unit }: PythonCaseDefinition): PythonCase {
  return { id, title, principalMetric, unit, ...(claim === undefined ? {} : { claim }) };
}
