/** Codes of the errors that testkit throws. */
export type TestkitErrorCode = 'INVALID_OPTION' | 'BODY_TOO_LARGE' | 'INVALID_BODY' | 'LISTEN_FAILED';

/** An error of testkit; branch on `code`, never on the message. */
export class TestkitError extends Error {
  readonly code: TestkitErrorCode;

  constructor(code: TestkitErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TestkitError';
    this.code = code;
  }
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
