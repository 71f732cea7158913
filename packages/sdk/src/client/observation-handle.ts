// Hot path: one object a span; no closures, no maps.
import { type ActiveContext, processState } from '../context/active-span.js';
import { type TraceIdentity, traceIdToHex, wordToHex } from '../context/ids.js';
import { formatTraceparent, readReference } from '../context/trace-context.js';
import { type ActiveFunction, type ActiveOptions, readActiveCall, runActive } from '../observe/run-active.js';
import {
  type GenerationFields,
  type ObservationType,
  type TraceFields,
  TYPE_EVENT,
  TYPE_NAMES,
} from '../record/fields.js';
import type { ScoreFields } from '../record/score.js';
import { wallToClockMs } from '../record/wall-time.js';
import type { Observation, ObservationEnd, ObservationStart } from './observation.js';
import type { Recorder } from './recorder.js';

export type { Observation, ObservationEnd, ObservationStart };

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
    if (this.ended) this.recorder.lostUpdate(this.trace);
    else if (typeof fields === 'object' && fields !== null)
      this.fields = this.fields === undefined ? fields : mergeFields(this.fields, fields);
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
    this.end(this.fields === undefined || hasNoOutput(this.fields) ? { output } : undefined);
  }

  run<T>(fn: () => T): T {
    return typeof fn === 'function' ? processState.storage.run(this, fn) : (undefined as T);
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

  startActive<T>(name: string, first: ActiveOptions | ActiveFunction<T>, second?: ActiveFunction<T>): T {
    const call = readActiveCall(first, second);
    if (call.fn === undefined) return undefined as T;
    const start = { ...call.options, name };
    const child = startObservation(this.recorder, call.options.type ?? 'span', start, this);
    return runActive(child, call, this.recorder.captureOutput);
  }

  score(score: ScoreFields): this {
    this.recorder.score(score, { traceId: this.traceId, observationId: this.id }, this.trace.sampled);
    return this;
  }

  scoreTrace(score: ScoreFields): this {
    this.recorder.score(score, { traceId: this.traceId }, this.trace.sampled);
    return this;
  }

  span(start: ObservationStart): Observation {
    return startObservation(this.recorder, 'span', start, this);
  }

  generation(start: ObservationStart): Observation {
    return startObservation(this.recorder, 'generation', start, this);
  }

  agent(start: ObservationStart): Observation {
    return startObservation(this.recorder, 'agent', start, this);
  }

  tool(start: ObservationStart): Observation {
    return startObservation(this.recorder, 'tool', start, this);
  }

  chain(start: ObservationStart): Observation {
    return startObservation(this.recorder, 'chain', start, this);
  }

  retriever(start: ObservationStart): Observation {
    return startObservation(this.recorder, 'retriever', start, this);
  }

  embedding(start: ObservationStart): Observation {
    return startObservation(this.recorder, 'embedding', start, this);
  }

  evaluator(start: ObservationStart): Observation {
    return startObservation(this.recorder, 'evaluator', start, this);
  }

  guardrail(start: ObservationStart): Observation {
    return startObservation(this.recorder, 'guardrail', start, this);
  }
}

/** Reading what a caller passed may run the caller's getters. */
function hasNoOutput(fields: GenerationFields): boolean {
  try {
    return fields.output === undefined;
  } catch {
    return false;
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
  if (parent === undefined) return surrounding;
  if (parent === null) return undefined;
  try {
    if (parent instanceof ObservationHandle) return parent;
    const spanId = 'spanId' in parent ? parent.spanId : parent.id;
    return readReference({ traceId: parent.traceId, spanId }, recorder.isSampled) ?? surrounding;
  } catch {
    // No object, or one whose traps throw.
    return surrounding;
  }
}

function endMsOf(fields: ObservationEnd | undefined): number {
  if (fields === undefined) return performance.now();
  try {
    // Reading it may run the caller's getters.
    return clockMs(fields.endTime);
  } catch {
    return performance.now();
  }
}

/** A time that a caller gave on the clock of `performance.now()`, by its age; now where there is none. */
export function clockMs(time: Date | number | undefined): number {
  return (time === undefined ? undefined : wallToClockMs(time)) ?? performance.now();
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
  if (typeof after !== 'object' || after === null) return before;
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
