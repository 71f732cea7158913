/**
 * The one model that every dialect (Langfuse, OpenTelemetry GenAI, OpenInference, Slipstream) is mapped to.
 * A value that a sender did not give is `undefined`, never an invented default.
 */

export const OBSERVATION_TYPES = [
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
] as const;

export type ObservationType = (typeof OBSERVATION_TYPES)[number];

/** In rising order of severity. */
export const OBSERVATION_LEVELS = ['DEBUG', 'DEFAULT', 'WARNING', 'ERROR'] as const;

export type ObservationLevel = (typeof OBSERVATION_LEVELS)[number];

/** Costs are `reported` by the sender, `computed` from prices by a store, or there are `none`. */
export const COST_SOURCES = ['reported', 'computed', 'none'] as const;

export type CostSource = (typeof COST_SOURCES)[number];

export interface Observation {
  readonly traceId: string;
  readonly spanId: string;
  /** `''` for a root. */
  readonly parentSpanId: string;
  readonly type: ObservationType;
  readonly name: string;
  readonly startTimeUnixNano: bigint;
  /** `undefined` while the span runs. */
  readonly endTimeUnixNano: bigint | undefined;
  /** Which version of the span this is; see `ATTRIBUTE.spanRevision`. 0 where the sender never changes a span. */
  readonly revision: number;
  readonly level: ObservationLevel;
  readonly statusMessage: string | undefined;
  /** Text as sent: JSON where the sender captured a structure, else the plain string. */
  readonly input: string | undefined;
  readonly output: string | undefined;
  /** The observation's own metadata: top-level key to text (JSON for structures). */
  readonly metadata: ReadonlyMap<string, string>;
  readonly model: string | undefined;
  /** JSON object text. */
  readonly modelParameters: string | undefined;
  /** Token counts (or other units) by kind; `input`, `output` and `total` are the common ones. */
  readonly usageDetails: ReadonlyMap<string, number>;
  /** US dollars by kind as the sender reported them; empty where it reported none. */
  readonly costDetails: ReadonlyMap<string, number>;
  /** Where the costs come from, as an export says of an observation that was stored before; else `undefined`. */
  readonly costSource?: CostSource | undefined;
  readonly completionStartTimeUnixNano: bigint | undefined;
  readonly promptName: string | undefined;
  readonly promptVersion: string | undefined;
  readonly version: string | undefined;
  /** Trace-level values; any span of a trace may carry them. */
  readonly traceName: string | undefined;
  readonly userId: string | undefined;
  readonly sessionId: string | undefined;
  readonly tags: readonly string[];
  readonly traceMetadata: ReadonlyMap<string, string>;
  readonly traceInput: string | undefined;
  readonly traceOutput: string | undefined;
  readonly environment: string | undefined;
  readonly release: string | undefined;
  readonly service: string | undefined;
  /** `service.instance.id` of the sending process. */
  readonly serviceInstanceId: string | undefined;
  readonly scopeName: string;
  readonly scopeVersion: string;
}
