/**
 * What an observation and a trace can carry. Names as in Langfuse, so that code and dashboards carry over.
 */

export type ObservationType =
  | 'span'
  | 'generation'
  | 'event'
  | 'agent'
  | 'tool'
  | 'chain'
  | 'retriever'
  | 'embedding'
  | 'evaluator'
  | 'guardrail';

/** In rising order of severity. */
export type ObservationLevel = 'DEBUG' | 'DEFAULT' | 'WARNING' | 'ERROR';

/** Fields of any observation. */
export interface ObservationFields {
  /** Replaces the name given at the start. */
  name?: string | undefined;
  /** Any value; copied at once, bounded by `maxCaptureBytes`. */
  input?: unknown;
  /** Any value; copied when the observation ends, bounded by `maxCaptureBytes`. */
  output?: unknown;
  /** Light facts to filter by; top-level keys of two updates are merged. */
  metadata?: Readonly<Record<string, unknown>> | undefined;
  /** @default 'DEFAULT'; 'ERROR' when an observed function throws */
  level?: ObservationLevel | undefined;
  statusMessage?: string | undefined;
  version?: string | undefined;
}

/** A prompt of a prompt registry that a generation used. */
export interface PromptReference {
  readonly name: string;
  readonly version: number | string;
}

/** Fields of a generation (or embedding): one call of a model. */
export interface GenerationFields extends ObservationFields {
  model?: string | undefined;
  modelParameters?: Readonly<Record<string, unknown>> | undefined;
  /** Units by kind, e.g. `{ input: 812, output: 64, total: 876 }` tokens. */
  usageDetails?: Readonly<Record<string, number>> | undefined;
  /** US dollars by kind, e.g. `{ total: 0.0012 }`. A reported cost wins over a computed one. */
  costDetails?: Readonly<Record<string, number>> | undefined;
  /** When the first token came. */
  completionStartTime?: Date | undefined;
  prompt?: PromptReference | undefined;
}

/** Trace-level values: they apply to the trace wherever in it they are set. */
export interface TraceFields {
  name?: string | undefined;
  userId?: string | undefined;
  /** Conversation or session that the trace belongs to. */
  sessionId?: string | undefined;
  tags?: readonly string[] | undefined;
  /** Merged by top-level key with what was set before. */
  metadata?: Readonly<Record<string, unknown>> | undefined;
  version?: string | undefined;
  environment?: string | undefined;
  input?: unknown;
  output?: unknown;
  public?: boolean | undefined;
}

/** By number, as in record headers; the index is what a record stores. */
export const TYPE_NAMES: readonly ObservationType[] = [
  'span',
  'generation',
  'event',
  'agent',
  'tool',
  'chain',
  'retriever',
  'embedding',
  'evaluator',
  'guardrail',
];

export const LEVEL_NAMES: readonly ObservationLevel[] = ['DEBUG', 'DEFAULT', 'WARNING', 'ERROR'];

export const LEVEL = { DEBUG: 0, DEFAULT: 1, WARNING: 2, ERROR: 3 } as const;
export const TYPE_GENERATION = 1;
export const TYPE_EVENT = 2;
export const TYPE_EMBEDDING = 7;
