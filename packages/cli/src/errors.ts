import { EXIT_CODE, type ExitCodeName } from './exit-codes.js';

/** A failure that the user can act on: shown as its message alone, without a stack. */
export class CliError extends Error {
  override readonly name = 'CliError';
  /** The row of the exit-code table; also the code to branch on. */
  readonly code: ExitCodeName;

  /** Whether the same attempt would fail in the same way until somebody changes something. */
  readonly isLasting: boolean;

  constructor(code: ExitCodeName, message: string, details: { cause?: unknown; isLasting?: boolean } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.isLasting = details.isLasting ?? false;
  }

  get exitCode(): number {
    return EXIT_CODE[this.code];
  }
}

export function wrongUsage(message: string): CliError {
  return new CliError('usage', message);
}

export function collectorUnreachable(url: string, reason: string, cause?: unknown): CliError {
  return new CliError(
    'unreachable',
    `No collector at ${url}: ${reason}.\nStart one with \`slipstream up\`, or say where it is with --url or SLIPSTREAM_URL.`,
    { cause },
  );
}

export function notACollector(url: string, reason: string): CliError {
  return new CliError('unreachable', `${url} answers, but not as a Slipstream collector of this version: ${reason}.`);
}

export function notAuthorized(url: string): CliError {
  const message = `${url} asks for a token: give it with --token or SLIPSTREAM_COLLECTOR_TOKEN.`;
  return new CliError('unreachable', message, { isLasting: true });
}

/** An error that the collector reports in its own words. */
export function rejectedByCollector(message: string, status: number): CliError {
  const [verb, isLasting] = status < 500 && status !== 429 ? ['answers', true] : ['cannot do it now', false];
  return new CliError('rejected', `The collector ${verb}: ${message}`, { isLasting: Boolean(isLasting) });
}

export function eventTooLong(maxChars: number): CliError {
  return new CliError(
    'unreachable',
    `What answers sends an event longer than ${maxChars} characters: no collector does.`,
  );
}

/** @param what what is not there, as a sentence without its full stop */
export function missing(what: string): CliError {
  return new CliError('missing', `${what}.`);
}

export function fileFault(file: string, error: unknown): CliError {
  return new CliError('file', `${file}: ${FILE_FAULTS[codeOf(error) ?? ''] ?? reasonOf(error)}.`, { cause: error });
}

const FILE_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'it may not be opened by this user',
  EPERM: 'it may not be changed by this user',
  EISDIR: 'it is a folder',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
};

/** @param holder what is known of the other process, `undefined` where the platform does not tell */
export function portTaken(address: string, holder: string | undefined, freePort: number | undefined): CliError {
  const who = holder === undefined ? 'another process (this system does not say which)' : holder;
  const next = freePort === undefined ? '' : `\nThe next free port is ${freePort}: add --port ${freePort}`;
  return new CliError('portTaken', `${address} is taken by ${who}.${next}`);
}

export function commandNotFound(command: string, cause: unknown): CliError {
  return new CliError('notFound', `There is no command '${command}' on the path.`, { cause });
}

export function commandCannotRun(command: string, reason: string, cause?: unknown): CliError {
  return new CliError('cannotRun', `'${command}' could not be started: ${reason}`, { cause });
}

/** What to show of an unknown error: its message, else its code, else the value as text. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // An attempt at several addresses fails with a list of errors and no message of its own.
  return error.message || codeOf(error) || error.name;
}

/** The stable code of an error (`ECONNREFUSED`, `PORT_IN_USE`, …), where it has one. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
