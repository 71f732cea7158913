/** The attributes of the event that stands for an exception (OpenTelemetry's semantic conventions). */
export interface ExceptionAttributes {
  'exception.type'?: string;
  'exception.message'?: string;
  'exception.stacktrace'?: string;
}

/** `undefined` where neither a type nor a message can be told; never throws. */
export function exceptionAttributes(exception: unknown): ExceptionAttributes | undefined {
  try {
    if (typeof exception === 'string') return exception === '' ? undefined : { 'exception.message': exception };
    if (typeof exception !== 'object' || exception === null) return undefined;
    return describe(exception);
  } catch {
    // Its getters are the application's.
    return undefined;
  }
}

function describe(exception: object): ExceptionAttributes | undefined {
  const { code, name, message, stack } = exception as Record<string, unknown>;
  const attributes: ExceptionAttributes = {};
  // As in OpenTelemetry's SDK: a code tells more than the name of a class.
  if (code) attributes['exception.type'] = String(code);
  else if (name) attributes['exception.type'] = String(name);
  if (message) attributes['exception.message'] = String(message);
  if (stack) attributes['exception.stacktrace'] = String(stack);
  const isTold = attributes['exception.type'] !== undefined || attributes['exception.message'] !== undefined;
  return isTold ? attributes : undefined;
}
