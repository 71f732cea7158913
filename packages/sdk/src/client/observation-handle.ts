// Hot path: one object a span; no closures, no maps.
import { type ActiveContext, processState } from '../context/active-span.js';
import { type TraceIdentity, traceIdToHex, wordToHex } from '../context/ids.js';
import { formatTraceparent, readReference, type SpanReference } from '../context/trace-context.js';
import {
  type GenerationFields,
  type ObservationType,
  type TraceFields,
  TYPE_EVENT,
  TYPE_NAMES,
} from '../record/fields.js';
import type { Recorder } from './recorder.js';

/** How an observation begins; fields besides these can also come with `update` and `end`. */
export interface ObservationStart extends GenerationFields {
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
  end(fields?: ObservationEnd): void;
  /** Runs `fn` with this observation active, so that what begins inside stands below it. Does not end it. */
  run<T>(fn: () => T): T;
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

export class ObservationHandle implements Observation, ActiveContext {
  readonly recorder: Recorder;
  readonly trace: TraceIdentity;
  readonly high: number;
  readonly low: number;
  readonly parentHigh: number;
  readonly parentLow: number;
  /** Index into TYPE_NAMES. */
  readonly typeNumber: number;
  readonly name: string;
  /** Milliseconds of `performance.now()`. */
  readonly startMs: number;
  readonly surrounding: object | undefined;
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
    startMs: number,
    surrounding: object | undefined,
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
    this.startMs = startMs;
    this.surrounding = surrounding;
  }

  get local(): ObservationHandle {
    return this;
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

  end(fields?: ObservationEnd): void {
    if (this.ended) return;
    this.ended = true;
    const held = this.fields;
    this.fields = undefined;
    const endMs = this.typeNumber === TYPE_EVENT ? this.startMs : endMsOf(fields);
    this.recorder.end(this, endMs, held === undefined ? fields : mergeFields(held, fields));
  }

  /** @internal Ends it with an output, unless one was set before. */
  endWithOutput(output: unknown): void {
    if (this.fields?.output === undefined) this.end({ output });
    else this.end();
  }

  run<T>(fn: () => T): T {
    return processState.storage.run(this, fn);
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
  surrounding: ActiveContext | undefined,
): ObservationHandle {
  const { startTime, parent, name, input, ...fields } = mergeFields<Partial<ObservationStart>>({}, start);
  const begin = { name: nameOr(name, type), type: typeNumberOf(type), hasInput: input !== undefined, input };
  const handle = recorder.start(begin, parentOf(recorder, parent, surrounding), clockMs(startTime));
  return handle.update(fields);
}

/** The parent that a caller named, or the surrounding one; one that is no reference to a span is as if not given. */
function parentOf(
  recorder: Recorder,
  parent: ObservationStart['parent'],
  surrounding: ActiveContext | undefined,
): ActiveContext | undefined {
  if (parent === null) return undefined;
  if (parent instanceof ObservationHandle) return parent;
  if (typeof parent !== 'object') return surrounding;
  const spanId = 'spanId' in parent ? parent.spanId : parent.id;
  return readReference({ traceId: parent.traceId, spanId }, recorder.isSampled) ?? surrounding;
}

/** Reading what a caller passed may run the caller's getters. */
function endMsOf(fields: ObservationEnd | undefined): number {
  if (fields === undefined) return performance.now();
  try {
    return clockMs(fields.endTime);
  } catch {
    return performance.now();
  }
}

/** A time that a caller gave on the clock of `performance.now()`, by its age; now where there is none. */
export function clockMs(time: Date | number | undefined): number {
  const nowMs = performance.now();
  if (typeof time !== 'number' && !(time instanceof Date)) return nowMs;
  const ageMs = Date.now() - (time instanceof Date ? time.getTime() : time);
  return Number.isFinite(ageMs) ? nowMs - ageMs : nowMs;
}

/** An event is complete at once: it begins and ends at the same time. */
export function recordEvent(recorder: Recorder, start: ObservationStart, surrounding: ActiveContext | undefined): void {
  const { startTime, parent, name, ...fields } = mergeFields<Partial<ObservationStart>>({}, start);
  const begin = { name: nameOr(name, 'event'), type: TYPE_EVENT, hasInput: false, input: undefined };
  recorder.start(begin, parentOf(recorder, parent, surrounding), clockMs(startTime)).end(fields);
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
