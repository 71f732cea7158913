import type { ActiveOptions } from '../observe/run-active.js';
import type { Observation } from './observation-handle.js';
import { ObservationStarter } from './observation-starter.js';

/** What callers hold while tracing is off: the same shape, and nothing behind it. */
class SilentObservation extends ObservationStarter implements Observation {
  readonly id = '0000000000000000';
  readonly traceId = '00000000000000000000000000000000';
  readonly type = 'span';
  readonly traceparent = '00-00000000000000000000000000000000-0000000000000000-00';

  update(): this {
    return this;
  }

  end(): void {
    // Nothing was begun.
  }

  run<T>(fn: () => T): T {
    return typeof fn === 'function' ? fn() : (undefined as T);
  }

  startActive<T>(
    _name: string,
    first: ActiveOptions | ((observation: Observation) => T),
    second?: (observation: Observation) => T,
  ): T {
    const fn = typeof first === 'function' ? first : second;
    return typeof fn === 'function' ? fn(this) : (undefined as T);
  }

  observation(): Observation {
    return this;
  }

  event(): void {
    // Nothing to record.
  }

  updateTrace(): this {
    return this;
  }

  score(): this {
    return this;
  }

  scoreTrace(): this {
    return this;
  }
}

export const silentObservation: Observation = new SilentObservation();
