import { looseObject, presentOnly, textOf } from './loose-object.js';

/** How the libraries call the error of a request that its caller gave up. */
const ABORT_NAMES: readonly unknown[] = ['AbortError', 'APIUserAbortError'];

/** Whether the caller gave the request up, which is no fault of it. An error with a status came from the provider. */
export function isAbort(error: unknown, signal: unknown): boolean {
  const fields = looseObject(error);
  if (fields === undefined || typeof fields.status === 'number') return false;
  const name = classNameOf(error);
  if (ABORT_NAMES.includes(fields.name) || ABORT_NAMES.includes(name)) return true;
  return looseObject(signal)?.aborted === true && !/timeout/i.test(name);
}

/** Class and message; the libraries' messages begin with the status. */
export function describeError(error: unknown): string {
  try {
    return error instanceof Error ? `${classNameOf(error)}: ${error.message}` : String(error);
  } catch {
    // An error whose own text throws is still recorded as one.
    return 'an error that cannot be described';
  }
}

/** What a provider says besides the message. */
export function errorFacts(error: unknown): Record<string, unknown> | undefined {
  const fields = looseObject(error);
  if (fields === undefined) return undefined;
  return presentOnly({
    statusCode: typeof fields.status === 'number' ? fields.status : undefined,
    errorType: textOf(fields.type),
    errorCode: textOf(fields.code),
    requestId: textOf(fields.requestID),
  });
}

/** The libraries leave `name` at `Error`; their classes say what it is. */
function classNameOf(error: unknown): string {
  const { name, constructor: errorClass } = looseObject(error) as { name?: unknown; constructor?: { name?: unknown } };
  if (typeof name === 'string' && name !== '' && name !== 'Error') return name;
  return textOf(errorClass?.name) ?? 'Error';
}
