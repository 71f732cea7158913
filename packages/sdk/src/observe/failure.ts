import type { ObservationHandle } from '../client/observation-handle.js';

/** Records the error as the observation's end; it goes on to the caller as it is. */
export function endWithError(handle: ObservationHandle, error: unknown): void {
  handle.end({ level: 'ERROR', statusMessage: describeError(error) });
}

export function describeError(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    // An error whose own text throws still ends the observation as an error.
    return 'Error that cannot be described';
  }
}
