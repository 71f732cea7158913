import { EXIT_CODE, type ExitCodeName } from './exit-codes.js';

/** A failure that the user can act on: shown as its message alone, without a stack. */
export class CliError extends Error {
  override readonly name = 'CliError';
  /** The row of the exit-code table; also the code to branch on. */
  readonly code: ExitCodeName;

  constructor(code: ExitCodeName, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
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
    cause,
  );
}

export function notACollector(url: string, reason: string): CliError {
  return new CliError('unreachable', `${url} answers, but not as a Slipstream collector of this version: ${reason}.`);
}

export function notAuthorized(url: string): CliError {
  return new CliError('unreachable', `${url} asks for a token: give it with --token or SLIPSTREAM_COLLECTOR_TOKEN.`);
}

/** @param holder what is known of the other process, `undefined` where the platform does not tell */
export function portTaken(address: string, holder: string | undefined, freePort: number | undefined): CliError {
  const who = holder === undefined ? 'another process (this system does not say which)' : holder;
  const next = freePort === undefined ? '' : `\nThe next free port is ${freePort}: add --port ${freePort}`;
  return new CliError('portTaken', `${address} is taken by ${who}.${next}`);
}

export function commandNotFound(command: string, cause: unknown): CliError {
  return new CliError('notFound', `There is no command '${command}' on the path.`, cause);
}

export function commandCannotRun(command: string, reason: string, cause?: unknown): CliError {
  return new CliError('cannotRun', `'${command}' could not be started: ${reason}`, cause);
}

/** What to show of an unknown error: its message, else the value as text. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The stable code of an error (`ECONNREFUSED`, `PORT_IN_USE`, …), where it has one. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
