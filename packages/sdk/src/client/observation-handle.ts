// Hot path: one object a span; no closures, no maps.
import { type TraceIdentity, traceIdToHex, wordToHex } from '../context/ids.js';
import { formatTraceparent } from '../context/trace-context.js';
import {
  type GenerationFields,
  type ObservationType,
  type TraceFields,
  TYPE_EVENT,
  TYPE_NAMES,
} from '../record/fields.js';
import type { Recorder } from './recorder.js';

/** How a child begins; fields besides the type can also come with `update` and `end`. */
export interface ObservationStart extends GenerationFields {
  readonly name: string;
}

/** An observation under way. Every method is safe to call at any time, also after `end`. */
export interface Observation {
  /** 16 hex digits. */
  readonly id: string;
  /** 32 hex digits. */
  readonly traceId: string;
  readonly type: ObservationType;
  /** W3C `traceparent` that makes work in another process a child of this observation. */
  readonly traceparent: string;
  /** Adds or replaces fields; metadata is merged by top-level key. After `end` it is counted and ignored. */
  update(fields: GenerationFields): this;
  /** Ends it, once; a second call does nothing. */
  end(fields?: GenerationFields): void;
  /** Begins a child. */
  span(start: ObservationStart): Observation;
  /** Begins a child of type generation: one call of a model. */
  generation(start: ObservationStart): Observation;
  /** Begins a child of any type. */
  observation(type: ObservationType, start: ObservationStart): Observation;
  /** Records something that has no duration, as a child. */
  event(start: ObservationStart): void;
  /** Sets trace-level values, wherever in the trace this observation stands. */
  updateTrace(fields: TraceFields): this;
}

export class ObservationHandle implements Observation {
  readonly recorder: Recorder;
  readonly trace: TraceIdentity;
  readonly high: number;
  readonly low: number;
  readonly parentHigh: number;
  readonly parentLow: number;
  /** Index into TYPE_NAMES. */
  readonly typeNumber: number;
  readonly name: string;
  readonly startMs: number;
  flags: number;
  private fields: GenerationFields | undefined = undefined;
  /** Whether {@link end} was called. */
  ended = false;

  // One constructor call a span: an options object here would be one more allocation on the hot path.
  // biome-ignore lint/complexity/useMaxParams: see above.
  constructor(
    recorder: Recorder,
    trace: TraceIdentity,
    high: number,
    low: number,
    parentHigh: number,
    parentLow: number,
    typeNumber: number,
    name: string,
    flags: number,
  ) {
    this.recorder = recorder;
    this.trace = trace;
    this.high = high;
    this.low = low;
    this.parentHigh = parentHigh;
    this.parentLow = parentLow;
    this.typeNumber = typeNumber;
    this.name = name;
    this.flags = flags;
    this.startMs = performance.now();
  }

  get id(): string {
    return wordToHex(this.high) + wordToHex(this.low);
  }

  get traceId(): string {
    return traceIdToHex(this.trace);
  }

  get type(): ObservationType {
    return TYPE_NAMES[this.typeNumber] ?? 'span';
  }

  get traceparent(): string {
    return formatTraceparent(this.trace, this.high, this.low);
  }

  update(fields: GenerationFields): this {
    if (!this.ended) this.fields = this.fields === undefined ? fields : mergeFields(this.fields, fields);
    return this;
  }

  end(fields?: GenerationFields): void {
    if (this.ended) return;
    this.ended = true;
    const held = this.fields;
    this.fields = undefined;
    const endMs = this.typeNumber === TYPE_EVENT ? this.startMs : performance.now();
    this.recorder.end(this, endMs, held === undefined ? fields : mergeFields(held, fields));
  }

  /** @internal Ends it with an output, unless one was set before. */
  endWithOutput(output: unknown): void {
    if (this.fields?.output === undefined) this.end({ output });
    else this.end();
  }

  span(start: ObservationStart): Observation {
    return this.observation('span', start);
  }

  generation(start: ObservationStart): Observation {
    return this.observation('generation', start);
  }

  observation(type: ObservationType, start: ObservationStart): Observation {
    return startObservation(this.recorder, type, start, this);
  }

  event(start: ObservationStart): void {
    recordEvent(this.recorder, start, this);
  }

  updateTrace(fields: TraceFields): this {
    this.recorder.updateTrace(this.trace, fields);
    return this;
  }
}

/** Begins an observation from the fields that a caller gave; they stay with it until it ends. */
export function startObservation(
  recorder: Recorder,
  type: ObservationType,
  start: ObservationStart,
  parent: Parameters<Recorder['start']>[1],
): ObservationHandle {
  const fields = mergeFields<GenerationFields>({}, start);
  const { input } = fields;
  const name = nameOr(fields.name, type);
  const handle = recorder.start({ name, type: typeNumberOf(type), hasInput: input !== undefined, input }, parent);
  // The start's own record carries these two.
  delete fields.input;
  delete fields.name;
  return handle.update(fields);
}

/** An event is complete at once: it begins and ends at the same time. */
export function recordEvent(
  recorder: Recorder,
  start: ObservationStart,
  parent: Parameters<Recorder['start']>[1],
): void {
  const fields = mergeFields<GenerationFields>({}, start);
  const begin = { name: nameOr(fields.name, 'event'), type: TYPE_EVENT, hasInput: false, input: undefined };
  recorder.start(begin, parent).end(fields);
}

function nameOr(name: unknown, fallback: string): string {
  return typeof name === 'string' && name !== '' ? name : fallback;
}

/** Unknown names count as spans: an application without types must not lose an observation for a typo. */
export function typeNumberOf(type: ObservationType): number {
  return Math.max(0, TYPE_NAMES.indexOf(type));
}

/** Reading what a caller passed may run the caller's getters; a field that throws costs this update, nothing else. */
export function mergeFields<F extends GenerationFields | TraceFields>(before: F, after: F | undefined): F {
  if (after === undefined || after === null) return before;
  try {
    const merged: Record<string, unknown> = { ...before };
    // A field that is `undefined` in an update leaves the earlier value.
    for (const [key, value] of Object.entries(after)) if (value !== undefined) merged[key] = value;
    if (before.metadata && after.metadata) merged.metadata = { ...before.metadata, ...after.metadata };
    return merged as F;
  } catch {
    return before;
  }
}
