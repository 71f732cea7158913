/**
 * A read that did not give what was asked for. `code` is the collector's own code where it sent one, else
 * `network` (no answer), `http` (an answer that is no API error) or `invalid_response` (not what query-api describes).
 */
export class ApiFailure extends Error {
  readonly code: string;
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.name = 'ApiFailure';
    this.code = code;
    this.status = status;
  }
}

/** Whether asking again may help: no answer, or the server's own trouble. */
export function isRetryable(error: unknown): boolean {
  return error instanceof ApiFailure && (error.status === 0 || error.status === 429 || error.status >= 500);
}
