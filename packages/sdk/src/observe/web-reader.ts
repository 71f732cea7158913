import type { Collected } from './collected.js';
import { type Method, replaceMethod, tapPromise } from './replace-method.js';

/** Where a stream, or one branch of it, tells what becomes of it. */
export interface Outlet {
  readonly collected: Collected;
  readonly failed: (error: unknown) => void;
  readonly cancelled: () => void;
}

/** What a reader gives; the platform's own name for it is not among Node's globals. */
interface ReadStep {
  readonly done: boolean;
  readonly value?: unknown;
}

type Reader = ReadableStreamDefaultReader<unknown> | ReadableStreamBYOBReader;

/** Follows a reader in place, of bytes too. */
export function followReader(reader: Reader, { collected, failed, cancelled }: Outlet): void {
  const { read, cancel, releaseLock } = reader as unknown as Record<'read' | 'cancel' | 'releaseLock', Method>;
  const state = { readsUnderWay: 0, isClosed: false, isCancelled: false, isReleased: false };
  // A stream is closed before the last chunk that was read from it has arrived.
  const settle = (): void => {
    if (state.isCancelled) cancelled();
    else if (state.isClosed && state.readsUnderWay === 0) collected.end();
  };
  const onRead = (step: ReadStep): void => {
    state.readsUnderWay -= 1;
    if (!step.done) collected.add(step.value);
    settle();
  };
  replaceMethod(reader, 'read', function (this: unknown, ...args: unknown[]) {
    const reading = Reflect.apply(read, this, args) as Promise<ReadStep>;
    state.readsUnderWay += 1;
    return tapPromise(reading, onRead, () => {
      state.readsUnderWay -= 1;
    });
  });
  replaceMethod(reader, 'cancel', function (this: unknown, ...args: unknown[]) {
    state.isCancelled = !state.isReleased;
    return Reflect.apply(cancel, this, args);
  });
  replaceMethod(reader, 'releaseLock', function (this: unknown, ...args: unknown[]) {
    state.isReleased = true;
    return Reflect.apply(releaseLock, this, args);
  });
  watchEnd(reader, state, settle, failed);
}

interface ReaderState {
  isClosed: boolean;
  readonly isReleased: boolean;
}

function watchEnd(reader: Reader, state: ReaderState, settle: () => void, failed: (error: unknown) => void): void {
  // The platform marks this promise as handled, so listening to it hides nothing.
  reader.closed.then(
    () => {
      state.isClosed = true;
      settle();
    },
    (error: unknown) => {
      if (!state.isReleased) failed(error);
    },
  );
}
