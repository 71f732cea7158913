import type { ObservationHandle } from '../client/observation-handle.js';
import { Collected } from './collected.js';
import { endWithError } from './failure.js';

/**
 * A Web stream cannot tell its consumer's end to anybody else, so the caller gets one that reads from it: nothing
 * is pulled before the caller pulls, and cancelling cancels the source.
 */
export function observeWebStream(handle: ObservationHandle, source: ReadableStream, capturesOutput: boolean): unknown {
  // Somebody reads it already: then it is theirs, and the observation ends with the call.
  if (source.locked) return undefined;
  const collected = new Collected(capturesOutput);
  const reader = source.getReader();
  return new ReadableStream<unknown>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) {
            collected.end(handle, undefined);
            controller.close();
            return;
          }
          collected.add(value);
          controller.enqueue(value);
        } catch (error) {
          endWithError(handle, error);
          controller.error(error);
        }
      },
      async cancel(reason) {
        collected.end(handle, undefined);
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
