import type { ObservationHandle } from '../client/observation-handle.js';
import { Collected } from './collected.js';
import { endWithError } from './failure.js';
import { readThrough } from './read-through.js';
import { type Loose, type Method, replaceMethod, tapPromise } from './replace-method.js';
import { followReader, type Outlet } from './web-reader.js';

type StreamPair = Parameters<ReadableStream['pipeThrough']>[0];
type PipeOptions = NonNullable<Parameters<ReadableStream['pipeTo']>[1]>;

/**
 * Follows a Web stream in place, by the methods that its consumers use: it stays the same object, is not locked, and
 * nothing is pulled before the caller pulls. A stream that goes another way (a transfer to a worker) ends its
 * observation when it is collected as garbage.
 */
export function followWebStream(handle: ObservationHandle, stream: ReadableStream, capturesOutput: boolean): boolean {
  // Somebody reads it already: then it is theirs, and the observation ends with the call.
  if (stream.locked) return false;
  return followStream(handle, stream, capturesOutput, undefined);
}

/** @param onCancel what a cancel means; a branch alone does not cancel its source. @default the observation ends */
function followStream(
  handle: ObservationHandle,
  stream: ReadableStream,
  capturesOutput: boolean,
  onCancel: (() => void) | undefined,
): boolean {
  const collected = new Collected(handle, stream, capturesOutput);
  const outlet: Outlet = {
    collected,
    failed: (error) => endWithError(handle, error),
    cancelled: onCancel ?? (() => collected.end()),
  };
  const replacements: readonly [PropertyKey, (original: Method) => Method][] = [
    ['getReader', (original) => followingGetReader(original, outlet)],
    ['values', (original) => followingValues(original, outlet)],
    [Symbol.asyncIterator, (original) => followingValues(original, outlet)],
    ['cancel', (original) => followingCancel(original, outlet)],
    ['tee', (original) => followingTee(original, handle, capturesOutput)],
    ['pipeTo', followingPipeTo],
    ['pipeThrough', followingPipeThrough],
  ];
  return replacements.every(([name, replace]) => {
    const original = (stream as unknown as Loose)[name];
    return typeof original !== 'function' || replaceMethod(stream, name, replace(original as Method));
  });
}

function followingGetReader(original: Method, outlet: Outlet): Method {
  return function (this: unknown, ...args: unknown[]) {
    const reader = Reflect.apply(original, this, args) as ReadableStreamDefaultReader;
    followReader(reader, outlet);
    return reader;
  };
}

/** The platform's own iterator, whose reader nobody sees. */
function followingValues(original: Method, { collected, failed, cancelled }: Outlet): Method {
  return function (this: unknown, ...args: unknown[]) {
    const iterator = Reflect.apply(original, this, args) as Loose;
    const { next, return: leave } = iterator as { next: Method; return: Method };
    const onStep = ({ done, value }: IteratorResult<unknown>): void => {
      if (done) collected.end();
      else collected.add(value);
    };
    replaceMethod(iterator, 'next', function (this: unknown, ...values: unknown[]) {
      return tapPromise(Reflect.apply(next, this, values) as Promise<IteratorResult<unknown>>, onStep, failed);
    });
    const keepsStream = Boolean((args[0] as { preventCancel?: unknown } | undefined)?.preventCancel);
    replaceMethod(iterator, 'return', function (this: unknown, ...values: unknown[]) {
      if (!keepsStream) cancelled();
      return Reflect.apply(leave, this, values);
    });
    return iterator;
  };
}

function followingCancel(original: Method, { cancelled }: Outlet): Method {
  return function (this: unknown, ...args: unknown[]) {
    const isFree = !(this as ReadableStream).locked;
    const result = Reflect.apply(original, this, args);
    if (isFree) cancelled();
    return result;
  };
}

/** The first branch that comes to the end has seen everything; both have to be cancelled for the source to be. */
function followingTee(original: Method, handle: ObservationHandle, capturesOutput: boolean): Method {
  return function (this: unknown, ...args: unknown[]) {
    const branches = Reflect.apply(original, this, args) as ReadableStream[];
    let uncancelledCount = branches.length;
    const onCancel = (): void => {
      uncancelledCount -= 1;
      if (uncancelledCount === 0 && !handle.ended) handle.end();
    };
    for (const branch of branches) followStream(handle, branch, capturesOutput, onCancel);
    return branches;
  };
}

function followingPipeTo(original: Method): Method {
  return function (this: unknown, ...args: unknown[]) {
    const stream = this as ReadableStream;
    if (stream.locked) return Reflect.apply(original, stream, args);
    const { stream: piped, release } = readThrough(stream.getReader());
    return tapPromise(Reflect.apply(original, piped, args) as Promise<void>, release, release);
  };
}

function followingPipeThrough(original: Method): Method {
  return function (this: unknown, ...args: unknown[]) {
    const [pair, options] = args as [StreamPair, PipeOptions | undefined];
    const stream = this as ReadableStream;
    // What cannot be piped is refused by the platform, in its own words.
    if (!canPipe(stream, pair, options)) return Reflect.apply(original, stream, args);
    stream.pipeTo(pair.writable, options).catch(() => undefined);
    return pair.readable;
  };
}

function canPipe(stream: ReadableStream, pair: unknown, options: unknown): boolean {
  try {
    const { readable, writable } = pair as StreamPair;
    const { signal } = (options ?? {}) as PipeOptions;
    if (signal !== undefined && !(signal instanceof AbortSignal)) return false;
    return (
      !stream.locked && readable instanceof ReadableStream && writable instanceof WritableStream && !writable.locked
    );
  } catch {
    return false;
  }
}
