import type { ActiveContext } from '../core.js';
import type { OtelSpan, OtelSpanContext } from './api-types.js';
import { PLACE } from './keys.js';
import { spanContextOf } from './place.js';

/**
 * A span that records nothing and passes on where it stands: the span of another process, or what a tracer gives
 * while tracing is off or suppressed. What begins below it is a child of that place.
 */
export class UnrecordedSpan implements OtelSpan {
  readonly [PLACE]: ActiveContext;
  private context: OtelSpanContext | undefined = undefined;

  constructor(place: ActiveContext) {
    this[PLACE] = place;
  }

  spanContext(): OtelSpanContext {
    this.context ??= spanContextOf(this[PLACE]);
    return this.context;
  }

  setAttribute(): this {
    return this;
  }

  setAttributes(): this {
    return this;
  }

  addEvent(): this {
    return this;
  }

  addLink(): this {
    return this;
  }

  addLinks(): this {
    return this;
  }

  setStatus(): this {
    return this;
  }

  updateName(): this {
    return this;
  }

  end(): void {
    // Nothing was begun.
  }

  isRecording(): boolean {
    return false;
  }

  recordException(): void {
    // Nothing is recorded.
  }
}
