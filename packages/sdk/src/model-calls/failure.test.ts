import { describe, expect, it } from 'vitest';
import { describeError, errorFacts, isAbort } from './failure.js';

class APIUserAbortError extends Error {}
class APIConnectionTimeoutError extends Error {}
class RateLimitError extends Error {
  readonly status = 429;
  readonly code = 'rate_limit_exceeded';
  readonly requestID = 'req_1';
}

const ABORTED = AbortSignal.abort();
const LIVE = new AbortController().signal;

describe('a failed request', () => {
  it.each([
    [new APIUserAbortError(), LIVE, true],
    [new DOMException('gone', 'AbortError'), undefined, true],
    [new RangeError('the reason that was given'), ABORTED, true],
    [new RateLimitError('429 later'), ABORTED, false],
    [new APIConnectionTimeoutError('timed out'), ABORTED, false],
    [new RangeError('mine'), LIVE, false],
    ['a text', ABORTED, false],
    [undefined, ABORTED, false],
  ])('%s was given up by its caller or not', (error, signal, was) => {
    expect(isAbort(error, signal)).toBe(was);
  });

  it('is described by class and message, whatever was thrown', () => {
    expect(describeError(new RateLimitError('429 later'))).toBe('RateLimitError: 429 later');
    expect(describeError(new TypeError('x'))).toBe('TypeError: x');
    expect(describeError('plain')).toBe('plain');
    expect(describeError(Object.create(null))).toBe('an error that cannot be described');
  });

  it('gives what the provider said besides', () => {
    expect(errorFacts(new RateLimitError('later'))).toEqual({
      statusCode: 429,
      errorCode: 'rate_limit_exceeded',
      requestId: 'req_1',
    });
    expect(errorFacts(new TypeError('x'))).toBeUndefined();
  });
});
