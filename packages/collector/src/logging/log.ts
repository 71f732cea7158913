import pino from 'pino';

/** What a line says beside its message: short values, never what a trace holds, never a secret. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_FORMATS = ['json', 'text'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** Where the collector says what an operator should know: faults that begin and end, not requests. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export interface LogSettings {
  /** @default 'info' */
  readonly level?: LogLevel | undefined;
  /** One JSON object a line for machines, or a line of text for people. @default 'text' at a terminal, else 'json' */
  readonly format?: LogFormat | undefined;
  /** @default standard error, written at once, so that a process that dies has said what it had to say */
  readonly write?: ((line: string) => void) | undefined;
}

/** A line longer than this is cut: what a server answers may be in it. */
const MAX_MESSAGE_LENGTH = 2000;

export function createLog(settings: LogSettings = {}): Log {
  const write = settings.write ?? writeToStandardError;
  const level = settings.level ?? 'info';
  const format = settings.format ?? (process.stderr.isTTY && settings.write === undefined ? 'text' : 'json');
  return format === 'text' ? textLog(level, write) : jsonLog(level, write);
}

function jsonLog(level: LogLevel, write: (line: string) => void): Log {
  const logger = pino(
    {
      level,
      base: { name: 'slipstream-collector', pid: process.pid },
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => write(line.trimEnd()) },
  );
  return {
    info: (message, fields) => logger.info(fields ?? {}, cut(message)),
    warn: (message, fields) => logger.warn(fields ?? {}, cut(message)),
    error: (message, fields) => logger.error(fields ?? {}, cut(message)),
  };
}

function textLog(level: LogLevel, write: (line: string) => void): Log {
  const lowest = LOG_LEVELS.indexOf(level);
  const log = (name: LogLevel) => (message: string, fields?: LogFields) => {
    if (LOG_LEVELS.indexOf(name) >= lowest) write(`slipstream collector: ${cut(message)}${asText(fields)}`);
  };
  return { info: log('info'), warn: log('warn'), error: log('error') };
}

/** ` (destination: langfuse, status: 503)` */
function asText(fields: LogFields | undefined): string {
  const shown = Object.entries(fields ?? {}).filter(([, value]) => value !== undefined);
  return shown.length === 0 ? '' : ` (${shown.map(([name, value]) => `${name}: ${String(value)}`).join(', ')})`;
}

/** One line, whatever is in it, and none that a terminal would obey. */
function cut(message: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const line = message.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
  return line.length <= MAX_MESSAGE_LENGTH ? line : `${line.slice(0, MAX_MESSAGE_LENGTH)}…`;
}

function writeToStandardError(line: string): void {
  process.stderr.write(`${line}\n`);
}
