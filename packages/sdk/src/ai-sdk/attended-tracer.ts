import { type Client, type ObservationEnd, ObservationHandle, processState } from '../core.js';
import type {
  OtelAttributes,
  OtelLink,
  OtelSpan,
  OtelSpanContext,
  OtelSpanOptions,
  OtelStatus,
  OtelTimeInput,
} from '../otel/api-types.js';
import { SlipstreamTracer } from '../otel/tracer.js';

/** Metadata of what was left before its end; `observe` marks what nobody consumed in the same way. */
const ABANDONED = { slipstream_abandoned: true };

/** By the span that it attends. */
const attendances = new WeakMap<ObservationHandle, Attendance>();

/** Nobody but the AI SDK holds the span that it was given: when that is gone, nobody can end it any more. */
const unheld = new FinalizationRegistry<Attendance>((attendance) => attendance.giveUp());

/** What an operation does step by step. In a stream it may begin in the context of the model's call before it. */
const STEPS: ReadonlySet<string> = new Set(['ai.toolCall', 'ai.streamText.doStream']);
const MODEL_CALL = /\.do(?:Generate|Stream)$/;

/**
 * The tracer that versions 5 and 6 of the AI SDK get. They leave spans open where a stream is aborted or left early;
 * these are ended here.
 */
export class AttendedTracer {
  readonly #tracer: SlipstreamTracer;

  constructor(client: Client | undefined) {
    this.#tracer = new SlipstreamTracer('ai', '', client);
  }

  /** Begins a span below the active one, as OpenTelemetry has it. */
  startSpan(name: string, options?: OtelSpanOptions): OtelSpan {
    const above = attendanceAbove(name);
    return inContext(above, () => attend(this.#tracer.startSpan(name, options), name, above));
  }

  startActiveSpan<F extends (span: OtelSpan) => unknown>(name: string, fn: F): ReturnType<F>;
  startActiveSpan<F extends (span: OtelSpan) => unknown>(name: string, options: OtelSpanOptions, fn: F): ReturnType<F>;
  startActiveSpan<F extends (span: OtelSpan) => unknown>(
    name: string,
    options: OtelSpanOptions,
    context: unknown,
    fn: F,
  ): ReturnType<F>;
  /** Begins a span and runs `fn` with it active. A context is not asked for: the AI SDK gives none. */
  startActiveSpan(name: string, ...rest: readonly unknown[]): unknown {
    const fn = rest.at(-1);
    const options = rest.length > 1 ? (rest[0] as OtelSpanOptions) : {};
    if (typeof fn !== 'function') return undefined;
    const above = attendanceAbove(name);
    return inContext(above, () => this.#tracer.startActiveSpan(name, options, (span) => fn(attend(span, name, above))));
  }
}

/** The AI SDK's span that the next one belongs to; `undefined` where it is the first. */
function attendanceAbove(name: string): Attendance | undefined {
  const active = processState.storage.getStore()?.local;
  const above = active === undefined ? undefined : attendances.get(active);
  return above?.isModelCall === true && STEPS.has(name) ? above.above : above;
}

/** Below that span, where another is active. */
function inContext<Result>(above: Attendance | undefined, fn: () => Result): Result {
  return above === undefined || processState.storage.getStore()?.local === above.span ? fn() : above.span.run(fn);
}

function attend(span: OtelSpan, name: string, above: Attendance | undefined): OtelSpan {
  if (!(span instanceof ObservationHandle)) return span;
  const attendance = new Attendance(span, MODEL_CALL.test(name), above);
  attendances.set(span, attendance);
  const attended = new AttendedSpan(attendance);
  unheld.register(attended, attendance);
  return attended;
}

/** What remains of a span when the AI SDK has let go of it. */
class Attendance {
  readonly span: OtelSpan & ObservationHandle;
  readonly isModelCall: boolean;
  readonly above: Attendance | undefined;
  private readonly openBelow = new Set<Attendance>();
  #lastMs = Date.now();

  constructor(span: OtelSpan & ObservationHandle, isModelCall: boolean, above: Attendance | undefined) {
    this.span = span;
    this.isModelCall = isModelCall;
    this.above = above;
    above?.openBelow.add(this);
  }

  /** The span, of which something is heard. */
  get active(): OtelSpan {
    this.#lastMs = Date.now();
    return this.span;
  }

  end(time: OtelTimeInput | undefined): void {
    this.above?.openBelow.delete(this);
    this.span.end(time);
    // Of a stream that is aborted versions 5 and 6 end the operation, and not the model's call.
    for (const child of this.openBelow) {
      if (child.isModelCall) child.#finish({ level: 'WARNING', statusMessage: 'Left open by the AI SDK' });
    }
  }

  /** It ends where something was last heard of it. */
  giveUp(): void {
    if (!this.span.ended) this.#finish({ metadata: ABANDONED, endTime: this.#lastMs });
  }

  #finish(fields: ObservationEnd): void {
    this.above?.openBelow.delete(this);
    (this.span as ObservationHandle).end(fields);
  }
}

class AttendedSpan implements OtelSpan {
  readonly #attendance: Attendance;

  constructor(attendance: Attendance) {
    this.#attendance = attendance;
  }

  spanContext(): OtelSpanContext {
    return this.#attendance.span.spanContext();
  }

  setAttribute(key: string, value: unknown): this {
    this.#attendance.active.setAttribute(key, value);
    return this;
  }

  setAttributes(attributes: OtelAttributes): this {
    this.#attendance.active.setAttributes(attributes);
    return this;
  }

  addEvent(name: string, attributesOrTime?: OtelAttributes | OtelTimeInput, time?: OtelTimeInput): this {
    this.#attendance.active.addEvent(name, attributesOrTime, time);
    return this;
  }

  addLink(link: OtelLink): this {
    this.#attendance.active.addLink(link);
    return this;
  }

  addLinks(links: readonly OtelLink[]): this {
    this.#attendance.active.addLinks(links);
    return this;
  }

  setStatus(status: OtelStatus): this {
    this.#attendance.active.setStatus(status);
    return this;
  }

  updateName(name: string): this {
    this.#attendance.active.updateName(name);
    return this;
  }

  isRecording(): boolean {
    return this.#attendance.span.isRecording();
  }

  recordException(exception: unknown, time?: OtelTimeInput): void {
    this.#attendance.active.recordException(exception, time);
  }

  end(endTime?: OtelTimeInput): void {
    this.#attendance.end(endTime);
  }
}
