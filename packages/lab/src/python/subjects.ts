/** What is traced with. */
export type PythonSubject =
  | 'untraced'
  | 'langfuse-2'
  | 'langfuse-3'
  | 'langfuse-5'
  | 'opentelemetry'
  | 'multiprocessing';

/** A virtual environment has the name of its requirements. */
export type PythonEnvironmentName = Exclude<PythonSubject, 'multiprocessing'>;

/** A subject, where it is installed, and the package whose version the report gives. */
export interface PythonSubjectDefinition {
  readonly subject: PythonSubject;
  readonly environment: PythonEnvironmentName;
  /** Undefined for what is no library. */
  readonly package?: string;
  /** The library's own lower bound. */
  readonly oldestPython: string;
}

/** All subjects, in the order of a table. */
export const PYTHON_SUBJECTS: readonly PythonSubjectDefinition[] = [
  { subject: 'untraced', environment: 'untraced', oldestPython: '3.9' },
  { subject: 'langfuse-2', environment: 'langfuse-2', package: 'langfuse', oldestPython: '3.9' },
  { subject: 'langfuse-3', environment: 'langfuse-3', package: 'langfuse', oldestPython: '3.10' },
  { subject: 'langfuse-5', environment: 'langfuse-5', package: 'langfuse', oldestPython: '3.11' },
  { subject: 'opentelemetry', environment: 'opentelemetry', package: 'opentelemetry-sdk', oldestPython: '3.9' },
  // Its other process runs the newest langfuse.
  { subject: 'multiprocessing', environment: 'langfuse-5', package: 'langfuse', oldestPython: '3.11' },
];
