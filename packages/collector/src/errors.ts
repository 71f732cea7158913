/** Every error that the collector throws, by a stable code. Branch on `code`, never on the message. */
export const COLLECTOR_ERROR_CODES = [
  'INVALID_CONFIG',
  'PORT_IN_USE',
  'ADDRESS_UNAVAILABLE',
  'DATA_DIRECTORY_LOCKED',
  'DATA_DIRECTORY_UNUSABLE',
  'QUEUE_CLOSED',
  'QUEUE_UNAVAILABLE',
  'DISK_WRITE_STALLED',
  'INVALID_DESTINATION_NAME',
  'STORE_BEHIND',
  'TRANSFER_BUSY',
  'IMPORT_TOO_LARGE',
  'IMPORT_UNREADABLE',
  'IMPORT_UNAVAILABLE',
] as const;

export type CollectorErrorCode = (typeof COLLECTOR_ERROR_CODES)[number];

/** An error with a code, and a message that says what to do next. */
export class CollectorError extends Error {
  override readonly name = 'CollectorError';
  readonly code: CollectorErrorCode;
  /** For `INVALID_CONFIG`: one line for each wrong value. Else empty. */
  readonly problems: readonly string[];

  constructor(
    code: CollectorErrorCode,
    message: string,
    details: { cause?: unknown; problems?: readonly string[] } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.problems = details.problems ?? [];
  }
}

/** All wrong values at once, so that one start shows the whole list. */
export function invalidConfig(problems: readonly string[]): CollectorError {
  return new CollectorError(
    'INVALID_CONFIG',
    `The configuration is wrong:\n${problems.map((line) => `  - ${line}`).join('\n')}`,
    {
      problems,
    },
  );
}

/** `variable` is the one that chooses the port. */
export function portInUse(
  host: string,
  port: number,
  cause: unknown,
  variable = 'SLIPSTREAM_COLLECTOR_PORT',
): CollectorError {
  return new CollectorError(
    'PORT_IN_USE',
    `Port ${port} on ${host} is taken by another process. Stop that process, or choose another port (${variable}).`,
    { cause },
  );
}

export function addressUnavailable(host: string, port: number, cause: unknown): CollectorError {
  return new CollectorError(
    'ADDRESS_UNAVAILABLE',
    `Cannot listen on ${host}:${port}: ${reasonOf(cause)}. Choose another address (SLIPSTREAM_COLLECTOR_HOST, SLIPSTREAM_COLLECTOR_PORT).`,
    { cause },
  );
}

export function dataDirectoryLocked(directory: string, pid: number, lockPath: string): CollectorError {
  return new CollectorError(
    'DATA_DIRECTORY_LOCKED',
    `Another collector (process ${pid}) uses ${directory}. Stop it, or choose another data directory (SLIPSTREAM_COLLECTOR_DATA_DIR). If process ${pid} is not a collector, delete ${lockPath}.`,
  );
}

export function dataDirectoryUnusable(directory: string, cause: unknown): CollectorError {
  return new CollectorError(
    'DATA_DIRECTORY_UNUSABLE',
    `Cannot use the data directory ${directory}: ${reasonOf(cause)}`,
    {
      cause,
    },
  );
}

export function queueClosed(): CollectorError {
  return new CollectorError('QUEUE_CLOSED', 'The queue is closed.');
}

/** `reason` is a code; what Redis or the system said may repeat secrets. */
export function queueUnavailable(reason: string): CollectorError {
  return new CollectorError(
    'QUEUE_UNAVAILABLE',
    `The queue in Redis cannot be used at this moment (${reason}). The collector tries again by itself; check that Redis runs, and its log.`,
  );
}

export function diskWriteStalled(): CollectorError {
  return new CollectorError(
    'DISK_WRITE_STALLED',
    'The disk took no byte of a write and gave no reason. Check its space and health.',
  );
}

/** `who` is what runs: "an import is". */
export function transferBusy(who: string): CollectorError {
  return new CollectorError('TRANSFER_BUSY', `Not now: ${who} under way already. Try again when it has ended.`);
}

export function importTooLarge(maxFileBytes: number): CollectorError {
  return new CollectorError(
    'IMPORT_TOO_LARGE',
    `The file is larger than ${maxFileBytes} bytes. Compress it with gzip, or import it in parts.`,
  );
}

/** What an importer sent is no such file, or too much of one. Never repeats what it holds. */
export function importUnreadable(reason: string): CollectorError {
  return new CollectorError('IMPORT_UNREADABLE', `The file cannot be imported: ${reason}.`);
}

/** `rows` are durable; they change nothing when the same file is imported again. */
export function importUnavailable(reason: string, rows: number): CollectorError {
  return new CollectorError(
    'IMPORT_UNAVAILABLE',
    `The import stopped after ${rows} rows: ${reason}. Import the same file again later: rows that are there change nothing.`,
  );
}

export function invalidDestinationName(name: string): CollectorError {
  return new CollectorError(
    'INVALID_DESTINATION_NAME',
    `${JSON.stringify(name)} is no destination name: use 1 to 64 of a-z, 0-9 and "-", since it becomes part of a file name.`,
  );
}

export function storeBehind(): CollectorError {
  return new CollectorError(
    'STORE_BEHIND',
    'The store has not caught up with the queue; it is slow or away. Its health is in /ready, its backlog in /metrics.',
  );
}

/** What to show of an unknown error: its message, else the value as text. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The system's code of an error (`ENOSPC`, `EEXIST`, …), where it has one. */
export function systemCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
