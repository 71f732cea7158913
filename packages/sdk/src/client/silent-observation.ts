import type { Observation } from './observation-handle.js';

/** What callers hold while tracing is off: the same shape, and nothing behind it. */
class SilentObservation implements Observation {
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
    return fn();
  }

  span(): Observation {
    return this;
  }

  generation(): Observation {
    return this;
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
}

export const silentObservation: Observation = new SilentObservation();
