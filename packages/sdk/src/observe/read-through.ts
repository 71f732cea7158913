/** A stream that reads from another one, and only when it is read itself. */
export interface ReadThrough {
  readonly stream: ReadableStream;
  /** Gives the source back, as a pipe does that ends without cancelling it. */
  release(): void;
}

/**
 * For what only the platform can read from: a pipe takes its chunks where nobody sees them. Ends and failures of
 * the source arrive at once, cancelling goes back to it.
 */
export function readThrough(reader: ReadableStreamDefaultReader<unknown>): ReadThrough {
  let isReading = false;
  let isEnding = false;
  const stream = new ReadableStream<unknown>(
    {
      start(controller) {
        const end = (): void => {
          isEnding = true;
          if (!isReading) close(controller);
        };
        reader.closed.then(end, (error: unknown) => controller.error(error));
      },
      async pull(controller) {
        isReading = true;
        const { done, value } = await reader.read();
        isReading = false;
        if (!done) controller.enqueue(value);
        // The source closes before its last chunk arrives, and says so only then.
        if (done || isEnding) close(controller);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return { stream, release: () => reader.releaseLock() };
}

function close(controller: ReadableStreamDefaultController<unknown>): void {
  try {
    controller.close();
  } catch {
    // Cancelled or closed already.
  }
}
