import { isThenable, type LooseObject, looseObject, type Method, onResult, replaceMethod } from './loose-object.js';
import { type ModelCall, Reading } from './model-call.js';
import { followStream, isStream } from './stream.js';

/**
 * Follows what a client's method gave, and gives it back: the libraries' own promise stays the object it is, so that
 * `withResponse`, `asResponse` and `_thenUnwrap` work, and its body is read when it is asked for, as before.
 */
export function followResult(call: ModelCall, result: unknown): unknown {
  try {
    const promise = looseObject(result);
    if (promise === undefined || !isThenable(result)) receive(call, result);
    else if (result.constructor === Promise) return onResult(result, ...handlersOf(call));
    else if (isLazyPromise(promise)) followLazyPromise(call, promise);
    else followThenable(call, promise);
  } catch {
    // A result whose properties throw when they are looked at.
    call.end();
  }
  return result;
}

function handlersOf(call: ModelCall): [(value: unknown) => void, (error: unknown) => void] {
  return [(value) => receive(call, value), (error) => call.fail(error)];
}

/** The answer, or the stream of it, has come. */
function receive(call: ModelCall, value: unknown): void {
  if (call.received || call.ended) return;
  call.received = true;
  try {
    if (isStream(value)) followStream(call, value);
    else call.end(call.endpoint.answer(value));
  } catch {
    // An answer that cannot be read is recorded without its parts.
    call.end();
  }
}

/** The promise of the libraries that are generated for OpenAI and Anthropic: it parses when somebody waits for it. */
type LazyPromise = LooseObject & { responsePromise: PromiseLike<unknown>; parseResponse: Method };

function isLazyPromise(promise: LooseObject): promise is LazyPromise {
  return isThenable(promise.responsePromise) && typeof promise.parseResponse === 'function';
}

function followLazyPromise(call: ModelCall, promise: LazyPromise): void {
  const response = promise.responsePromise.then(undefined, rethrowTo(call));
  adopt(promise, new Reading(call), response, true);
}

/** Apart, so that what waits for the response does not keep the reading alive. */
function rethrowTo(call: ModelCall): (error: unknown) => never {
  return (error) => {
    call.fail(error);
    throw error;
  };
}

/**
 * `response` takes the place of the promise that it was derived from: only then is a failure that nobody handles as
 * unhandled as it was.
 */
function adopt(promise: LazyPromise, reading: Reading, response: PromiseLike<unknown>, isWhole: boolean): void {
  promise.responsePromise = response;
  const parse = promise.parseResponse;
  promise.parseResponse = (...args) => {
    reading.hasBegun = true;
    const onValue = (value: unknown): void => {
      if (isWhole) receive(reading.call, value);
    };
    return onResult(Reflect.apply(parse, promise, args), onValue, (error) => reading.call.fail(error));
  };
  watchHandOver(promise, reading);
  const unwrap = promise._thenUnwrap;
  if (typeof unwrap !== 'function') return;
  replaceMethod(promise, '_thenUnwrap', (transform, ...others) => {
    const derived: unknown = Reflect.apply(unwrap, promise, [receiveBefore(reading, transform), ...others]);
    const inside = looseObject(derived);
    if (inside !== undefined && isLazyPromise(inside)) adopt(inside, reading, response, false);
    return derived;
  });
}

/** What the library's helpers make of an answer is theirs; recorded is what the provider sent. */
function receiveBefore(reading: Reading, transform: unknown): unknown {
  if (typeof transform !== 'function') return transform;
  return (value: unknown, ...others: unknown[]): unknown => {
    receive(reading.call, value);
    return transform(value, ...others);
  };
}

/** Whoever takes the raw response reads it alone, so that the observation ends when it is handed over. */
function watchHandOver(promise: LazyPromise, reading: Reading): void {
  const hand = promise.asResponse;
  if (typeof hand !== 'function') return;
  replaceMethod(promise, 'asResponse', (...args) =>
    onResult(
      Reflect.apply(hand, promise, args),
      (response) => {
        if (reading.hasBegun || promise.parsedPromise !== undefined) return;
        const statusCode = looseObject(response)?.status;
        reading.call.end({ metadata: { statusCode }, statusMessage: 'the raw response was handed over' });
      },
      () => undefined,
    ),
  );
}

/** Any other promise with methods of its own: only its `then` is known. */
function followThenable(call: ModelCall, promise: LooseObject): void {
  const then = promise.then as Method;
  const [onValue, onError] = handlersOf(call);
  const replaced = replaceMethod(promise, 'then', (resolve, reject, ...others) =>
    Reflect.apply(then, promise, [
      (value: unknown) => {
        onValue(value);
        return typeof resolve === 'function' ? resolve(value) : value;
      },
      (error: unknown) => {
        onError(error);
        if (typeof reject === 'function') return reject(error);
        throw error;
      },
      ...others,
    ]),
  );
  if (!replaced) call.end();
}
