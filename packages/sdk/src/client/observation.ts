import type { SpanReference } from '../context/trace-context.js';
import type { ActiveFunction, ActiveOptions } from '../observe/run-active.js';
import type { GenerationFields, ObservationType, TraceFields } from '../record/fields.js';
import type { ScoreFields } from '../record/score.js';
import type { ObservationStarter } from './observation-starter.js';

/** How an observation begins; fields besides these can also come with `update` and `end`. */
export interface ObservationStart extends GenerationFields {
  /** What it is called in lists and trees. */
  readonly name: string;
  /** When it began: a date, or milliseconds since the epoch. @default now */
  readonly startTime?: Date | number | undefined;
  /**
   * What it stands below, instead of the active observation: an observation, or the ids of a span elsewhere.
   * `null` begins a new trace.
   */
  readonly parent?: Observation | SpanReference | null | undefined;
}

/** How an observation ends. */
export interface ObservationEnd extends GenerationFields {
  /** When it ended: a date, or milliseconds since the epoch. @default now */
  readonly endTime?: Date | number | undefined;
}

/**
 * An observation under way. Every method is safe to call at any time, also after `end`, and with anything; none
 * throws. The methods of {@link ObservationStarter} begin children.
 */
export interface Observation extends ObservationStarter {
  /** 16 hex digits. */
  readonly id: string;
  /** 32 hex digits. */
  readonly traceId: string;
  /** `span` while tracing is off. */
  readonly type: ObservationType;
  /** W3C `traceparent` that makes work in another process a child of this observation. */
  readonly traceparent: string;
  /** Adds or replaces fields; metadata is merged by top-level key. After `end` it is counted (`lostUpdates`) and ignored. */
  update(fields: GenerationFields): this;
  /** Ends it, once; a second call does nothing. */
  end(fields?: ObservationEnd): void;
  /** Runs `fn` with this observation active, so that what begins inside stands below it. Does not end it. */
  run<T>(fn: () => T): T;
  /**
   * Runs `fn` inside a new child, which ends when the result is complete: a promise settled, a generator or stream
   * consumed. An error is recorded and goes on to the caller.
   */
  startActive<T>(name: string, fn: ActiveFunction<T>): T;
  startActive<T>(name: string, options: ActiveOptions, fn: ActiveFunction<T>): T;
  /** Records something that has no duration, as a child. */
  event(start: ObservationStart): void;
  /** Sets trace-level values, wherever in the trace this observation stands. */
  updateTrace(fields: TraceFields): this;
  /** Judges this observation. Also after its end. */
  score(score: ScoreFields): this;
  /** Judges the trace that this observation belongs to. */
  scoreTrace(score: ScoreFields): this;
}
