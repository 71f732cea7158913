import type { PythonSubject } from '../subjects.js';

/**
 * Calls that a library makes on its caller's thread for one record, with a conversation of 4 KB: functions of Python,
 * and built-in ones. They were counted with Python's profiler, which slows calls down but does not change how many
 * there are; what a call costs is calibrated without any library.
 */
export interface CallCounts {
  readonly python: number;
  readonly builtin: number;
}

const calls = (python: number, builtin: number): CallCounts => ({ python, builtin });

type Counted = Partial<Readonly<Record<PythonSubject, CallCounts>>>;

/** By method and form: per record, function, model call, step, span. */
export const METHOD_CALLS: Readonly<Record<string, Counted>> = {
  A1: {
    'langfuse-2': calls(1_339, 1_886),
    'langfuse-3': calls(1_216, 2_554),
    'langfuse-5': calls(526, 840),
  },
  'A2-alone': {
    'langfuse-2': calls(304, 786),
    'langfuse-3': calls(1_152, 1_272),
    'langfuse-5': calls(722, 620),
  },
  'A2-with-A1': {
    'langfuse-2': calls(554, 1_048),
    'langfuse-3': calls(1_231, 1_759),
    'langfuse-5': calls(729, 767),
  },
  A3: {
    'langfuse-2': calls(2_693, 3_350),
    'langfuse-3': calls(1_326, 2_324),
    'langfuse-5': calls(588, 865),
  },
  A4: {
    'langfuse-2': calls(678, 899),
    'langfuse-3': calls(1_251, 1_821),
    'langfuse-5': calls(608, 801),
  },
  A5: { opentelemetry: calls(102, 55) },
};

/** Two nested decorated functions that capture nothing; `good` with four values of metadata on the inner one. */
export const UNCAPTURED_CALLS: Readonly<Record<'bad' | 'good', Counted>> = {
  bad: { 'langfuse-2': calls(432, 580), 'langfuse-3': calls(1_791, 915), 'langfuse-5': calls(795, 530) },
  good: { 'langfuse-2': calls(436, 583), 'langfuse-3': calls(2_027, 1_148), 'langfuse-5': calls(1_016, 798) },
};

/** `get_client()`, or the decorators' client in version 2. */
export const LOOK_UP_CALLS: Counted = {
  'langfuse-2': calls(4, 0),
  'langfuse-3': calls(21, 16),
  'langfuse-5': calls(55, 38),
};

/** `Langfuse(...)` with the key of the client that there is; version 2 makes another client instead. */
export const CONSTRUCT_CALLS: Counted = { 'langfuse-3': calls(26, 16), 'langfuse-5': calls(60, 38) };

/** HTTP clients that read the certificates, and threads, of one new client. */
export const CLIENT_PARTS: Partial<
  Readonly<Record<PythonSubject, { readonly contexts: number; readonly threads: number }>>
> = {
  'langfuse-2': { contexts: 2, threads: 3 },
  'langfuse-3': { contexts: 2, threads: 4 },
  'langfuse-5': { contexts: 2, threads: 4 },
};

/** What the exporter's thread calls for a span of a batch. */
export const EXPORT_CALLS: Counted = {
  'langfuse-3': calls(71, 39),
  'langfuse-5': calls(154, 106),
  opentelemetry: calls(67, 36),
};
