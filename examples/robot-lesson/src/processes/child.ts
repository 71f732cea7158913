import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { LessonError } from '../errors.js';
import { childEnvironment } from '../settings.js';
import { parseReadyMessage, type StopMessage } from './messages.js';

/** How to start a child. */
export interface ChildOptions {
  /** For messages. */
  readonly name: string;
  /** A JavaScript module. */
  readonly module: URL;
  readonly arguments?: readonly string[];
  /** Replaces or adds to our own environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** How long a stop may take before the process is ended the hard way. @default 10,000 */
  readonly stopTimeoutMs?: number;
}

/** How a child ended. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running Node process of ours. */
export interface Child {
  readonly name: string;
  readonly pid: number | undefined;
  /** Resolves with its URL when it is ready; rejects with LessonError `CHILD_FAILED` when it ends before. */
  readonly ready: Promise<string>;
  /** Resolves when it has ended, for whatever reason. */
  readonly exited: Promise<ChildExit>;
  /** Asks it to end, and sees that it does. Safe to call twice, and after its end. */
  stop(): Promise<ChildExit>;
}

const DEFAULT_STOP_TIMEOUT_MS = 10_000;

/** Starts a module as a process of its own, with a message channel; its output goes where ours goes. */
export function startChild(options: ChildOptions): Child {
  const { name, stopTimeoutMs = DEFAULT_STOP_TIMEOUT_MS } = options;
  const child = fork(fileURLToPath(options.module), [...(options.arguments ?? [])], {
    env: childEnvironment(options.environment ?? {}),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = new Promise<ChildExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    // Raised instead of `exit` where the process could not be started at all.
    child.once('error', () => child.pid === undefined && resolve({ code: null, signal: null }));
  });
  return {
    name,
    pid: child.pid,
    ready: untilReady(child, name, exited),
    exited,
    async stop() {
      requestStop(child);
      const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
      const exit = await exited;
      clearTimeout(timer);
      return exit;
    },
  };
}

function untilReady(child: ChildProcess, name: string, exited: Promise<ChildExit>): Promise<string> {
  const ready = new Promise<string>((resolve) => {
    child.on('message', (message) => {
      const parsed = parseReadyMessage(message);
      if (parsed !== undefined) resolve(parsed.url);
    });
  });
  const failed = exited.then(({ code, signal }) => {
    throw new LessonError('CHILD_FAILED', `${name} ended before it was ready (${signal ?? `exit code ${code}`})`);
  });
  const outcome = Promise.race([ready, failed]);
  // Not every caller waits for readiness (the driver's never comes); a rejection nobody asked for is no fault.
  outcome.catch(() => undefined);
  return outcome;
}

function requestStop(child: ChildProcess): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const message: StopMessage = { type: 'stop' };
  // The callback takes the error of a channel that has just closed: then the process is ending already.
  if (child.connected) child.send(message, () => undefined);
  else child.kill();
}
