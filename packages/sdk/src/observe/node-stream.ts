import type { Readable } from 'node:stream';
import type { ObservationHandle } from '../client/observation-handle.js';
import { Collected } from './collected.js';
import { endWithError } from './failure.js';
import { type Loose, type Method, replaceMethod } from './replace-method.js';

type NodeStream = Loose & Readable;

export function isNodeReadable(value: Loose): value is NodeStream {
  return ['pipe', 'read', 'on', 'emit'].every((name) => typeof value[name] === 'function');
}

/**
 * Follows a readable or duplex stream by what it emits, in place. It gets no listener of ours: one for 'data' would
 * start the flow, one for 'error' hide a crash, and any would be counted by `listenerCount`.
 */
export function followNodeStream(handle: ObservationHandle, stream: NodeStream, capturesOutput: boolean): boolean {
  if (stream.closed || stream.readableEnded) {
    endAt(handle, stream.errored);
    return true;
  }
  const collected = new Collected(handle, stream, capturesOutput);
  const emit = stream.emit as Method;
  return replaceMethod(stream, 'emit', function (this: unknown, ...args: unknown[]) {
    const [event, value] = args;
    if (event === 'data') collected.add(value);
    else if (event === 'error') endWithError(handle, value);
    // Closed without an end: whoever destroyed it wanted no more.
    else if (event === 'end' || event === 'close') collected.end();
    return Reflect.apply(emit, this, args);
  });
}

function endAt(handle: ObservationHandle, error: unknown): void {
  if (error) endWithError(handle, error);
  else handle.end();
}
