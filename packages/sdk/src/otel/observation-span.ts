import type { ActiveContext, ObservationHandle } from '../core.js';
import type { OtelAttributes, OtelSpan, OtelSpanContext, OtelStatus, OtelTimeInput } from './api-types.js';
import { exceptionAttributes } from './exceptions.js';
import { PLACE } from './keys.js';
import { observationUpdate } from './observation-fields.js';
import { spanContextOf } from './place.js';
import { isTime } from './times.js';

const STATUS_OK = 1;
const STATUS_ERROR = 2;

/**
 * An observation that is active, as OpenTelemetry's API sees it. Attributes become fields and metadata, events become
 * events. It has no links, and does not end what it did not begin.
 */
export class ObservationSpan implements OtelSpan {
  private readonly handle: ObservationHandle;
  private context: OtelSpanContext | undefined;

  constructor(handle: ObservationHandle) {
    this.handle = handle;
  }

  get [PLACE](): ActiveContext {
    return this.handle;
  }

  spanContext(): OtelSpanContext {
    this.context ??= spanContextOf(this.handle);
    return this.context;
  }

  setAttribute(key: string, value: unknown): this {
    return typeof key === 'string' ? this.setAttributes({ [key]: value }) : this;
  }

  setAttributes(attributes: OtelAttributes): this {
    if (typeof attributes !== 'object' || attributes === null) return this;
    try {
      const { fields, trace } = observationUpdate(attributes);
      if (Object.keys(fields).length > 0) this.handle.update(fields);
      if (Object.keys(trace).length > 0) this.handle.updateTrace(trace);
    } catch {
      // A getter of the application's threw: this call is lost, nothing else.
    }
    return this;
  }

  addEvent(name: string, attributesOrTime?: OtelAttributes | OtelTimeInput, time?: OtelTimeInput): this {
    const metadata = isTime(attributesOrTime) ? undefined : (attributesOrTime as OtelAttributes | undefined);
    const startTime = isTime(attributesOrTime) ? attributesOrTime : time;
    this.handle.event({ name, metadata, startTime: epochTime(startTime) });
    return this;
  }

  addLink(): this {
    return this;
  }

  addLinks(): this {
    return this;
  }

  setStatus(status: OtelStatus): this {
    const { code, message } = readStatus(status);
    if (code === STATUS_ERROR) this.handle.update({ level: 'ERROR', statusMessage: message });
    else if (code === STATUS_OK) this.handle.update({ level: 'DEFAULT' });
    return this;
  }

  updateName(name: string): this {
    if (typeof name === 'string') this.handle.update({ name });
    return this;
  }

  end(): void {
    // Whoever began the observation ends it.
  }

  isRecording(): boolean {
    return !this.handle.ended && this.handle.trace.sampled;
  }

  recordException(exception: unknown, time?: OtelTimeInput): void {
    const attributes = exceptionAttributes(exception);
    if (attributes === undefined) return;
    const statusMessage = attributes['exception.message'] ?? attributes['exception.type'];
    const metadata = { ...attributes };
    this.handle.event({ name: 'exception', level: 'ERROR', statusMessage, metadata, startTime: epochTime(time) });
  }
}

/** The status that a caller gave, as far as it can be read. */
export function readStatus(status: unknown): { readonly code: number; readonly message: string | undefined } {
  try {
    const { code, message } = status as OtelStatus;
    return {
      code: typeof code === 'number' ? code : 0,
      message: typeof message === 'string' ? message : undefined,
    };
  } catch {
    return { code: 0, message: undefined };
  }
}

/** What observations take for a time. */
function epochTime(time: unknown): Date | number | undefined {
  if (!isTime(time)) return undefined;
  if (time instanceof Date) return time;
  if (typeof time === 'number') return time < performance.timeOrigin / 2 ? performance.timeOrigin + time : time;
  return time[0] * 1000 + time[1] / 1e6;
}
