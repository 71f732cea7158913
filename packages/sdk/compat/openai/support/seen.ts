/** What a caller can see of a failure. */
export function seenError(error: unknown): object {
  const fields = error as Record<string, unknown>;
  const { name, message, status, code, type, param, requestID } = fields;
  const cause = (error as Error).cause;
  return {
    threw: (error as object).constructor.name,
    parents: classesOf(error),
    fields: { name, message, status, code, type, param, requestID },
    keys: Object.keys(error as object).sort(),
    ...(cause === undefined ? {} : { cause: (cause as object).constructor?.name ?? cause }),
  };
}

/** The value or the failure. */
export async function seen(work: PromiseLike<unknown> | (() => unknown)): Promise<unknown> {
  try {
    return { gave: await (typeof work === 'function' ? work() : work) };
  } catch (error) {
    return seenError(error);
  }
}

/** Names of the classes of an object, its own first. */
export function classesOf(value: unknown): string[] {
  const names: string[] = [];
  for (let at = Object.getPrototypeOf(value); at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    names.push(at.constructor.name);
  }
  return names;
}

/** All that an async iterable gives, and how it ends. */
export async function drained(iterable: AsyncIterable<unknown>): Promise<unknown> {
  const items: unknown[] = [];
  const end = await seen(async () => {
    for await (const item of iterable) items.push(item);
  });
  return { items, end };
}

/** Everything that is rejected without a handler while the work runs, and a turn of the loop later. */
export async function unhandledDuring(work: () => unknown): Promise<unknown[]> {
  const reasons: unknown[] = [];
  const listeners = process.listeners('unhandledRejection');
  const onUnhandled = (reason: unknown): void => void reasons.push(seenError(reason));
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', onUnhandled);
  try {
    await work();
    await new Promise((resolve) => setTimeout(resolve, 0));
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('unhandledRejection', onUnhandled);
    for (const listener of listeners) process.on('unhandledRejection', listener);
  }
  return reasons;
}
