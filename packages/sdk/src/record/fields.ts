/**
 * What an observation and a trace can carry. Names as in Langfuse, so that code and dashboards carry over.
 */

/** What an observation is. */
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
  /** What went wrong, or why the level is what it is; 8,192 bytes at most. */
  statusMessage?: string | undefined;
  /** Of the code that did this. @default the client's `version` */
  version?: string | undefined;
}

/** A prompt of a prompt registry that a generation used. */
export interface PromptReference {
  /** Its name in the registry. */
  readonly name: string;
  /** An integer in Langfuse. */
  readonly version: number | string;
  /** The registry did not answer and a built-in prompt was used instead: then there is nothing to link to. @default false */
  readonly isFallback?: boolean | undefined;
}

/** Fields of a generation (or embedding): one call of a model. */
export interface GenerationFields extends ObservationFields {
  /** As the provider calls it. */
  model?: string | undefined;
  /** Temperature and the like. */
  modelParameters?: Readonly<Record<string, unknown>> | undefined;
  /** Units by kind, e.g. `{ input: 812, output: 64, total: 876 }` tokens. */
  usageDetails?: Readonly<Record<string, number>> | undefined;
  /** US dollars by kind, e.g. `{ total: 0.0012 }`. A reported cost wins over a computed one. */
  costDetails?: Readonly<Record<string, number>> | undefined;
  /** When the first token came: a date, or milliseconds since the epoch. */
  completionStartTime?: Date | number | undefined;
  /** The prompt of a registry that was used. */
  prompt?: PromptReference | undefined;
}

/** Trace-level values: they apply to the trace wherever in it they are set. */
export interface TraceFields {
  /** @default the root span's name */
  name?: string | undefined;
  /** Who caused it. */
  userId?: string | undefined;
  /** Conversation or session that the trace belongs to. */
  sessionId?: string | undefined;
  /** Collected: tags of a later update are added. */
  tags?: readonly string[] | undefined;
  /** Merged by top-level key with what was set before. */
  metadata?: Readonly<Record<string, unknown>> | undefined;
  /** Of the code that did this. @default the client's `version` */
  version?: string | undefined;
  /** @default the client's `environment` */
  environment?: string | undefined;
  /** @default the root span's input */
  input?: unknown;
  /** @default the root span's output */
  output?: unknown;
  /** Whether Langfuse shows it to everybody who has its link. @default false */
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

/** What is no level counts as the default one. */
export function levelNumberOf(level: unknown): number {
  const index = LEVEL_NAMES.indexOf(level as ObservationLevel);
  return index < 0 ? LEVEL.DEFAULT : index;
}

export const TYPE_GENERATION = 1;
export const TYPE_EVENT = 2;
export const TYPE_EMBEDDING = 7;
