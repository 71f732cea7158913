/** Codes of the errors that the service throws. */
export type LessonErrorCode =
  | 'INVALID_SETTINGS'
  | 'INVALID_ARGUMENTS'
  | 'INVALID_PAYLOAD'
  | 'INVALID_TRACE_FILE'
  | 'UNKNOWN_CONVERSATION'
  | 'CONVERSATION_ENDED'
  | 'UNKNOWN_LESSON'
  | 'BROKEN_STATE'
  | 'STATE_UNAVAILABLE'
  | 'EMPTY_ANSWER'
  | 'CHILD_FAILED';

/** An error of the service; branch on `code`, never on the message. */
export class LessonError extends Error {
  readonly code: LessonErrorCode;

  constructor(code: LessonErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LessonError';
    this.code = code;
  }
}

/** The one place that decides which HTTP status an error gets. */
export function httpStatusOf(error: unknown): number {
  if (!(error instanceof LessonError)) return 500;
  switch (error.code) {
    case 'INVALID_PAYLOAD':
    case 'UNKNOWN_LESSON':
      return 400;
    case 'UNKNOWN_CONVERSATION':
      return 404;
    case 'CONVERSATION_ENDED':
      return 409;
    case 'STATE_UNAVAILABLE':
      return 503;
    default:
      return 500;
  }
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
