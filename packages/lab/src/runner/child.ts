import { type ChildProcess, fork } from 'node:child_process';
import { processEnvironment } from '../config.js';
import { LabProcessError } from '../errors.js';

const STDERR_TAIL_CHARS = 4_000;

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process of the lab with an IPC line. */
export interface LabProcess<Incoming extends { type: string }, Outgoing extends object> {
  send(message: Outgoing): void;
  /** The next message of a type; rejects when the process ends first or the time is up. */
  receive<Type extends Incoming['type']>(type: Type, limitMs: number): Promise<Extract<Incoming, { type: Type }>>;
  /** Resolves when it has ended; kills it when that takes longer than the limit. */
  waitForEnd(limitMs: number): Promise<ProcessEnd>;
  kill(): void;
}

interface Waiter<Incoming> {
  readonly type: string;
  readonly resolve: (message: Incoming) => void;
  readonly reject: (error: Error) => void;
}

/** How a process is started, where it is not by this Node and for as long as it takes. */
export interface ProcessChoice {
  /** Another Node's binary. */
  readonly execPath?: string;
  /** Kills the process when it fires: its caller hears of a process that ended early. */
  readonly signal?: AbortSignal;
  /** Set besides what every process of the lab gets. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where it runs. @default where the lab does */
  readonly cwd?: string;
}

/** Starts a fresh Node process with its task as JSON in the first argument. */
export function startProcess<Incoming extends { type: string }, Outgoing extends object>(
  modulePath: string,
  task: object,
  { execPath, signal, environment = {}, cwd }: ProcessChoice = {},
): LabProcess<Incoming, Outgoing> {
  const child = fork(modulePath, [JSON.stringify(task)], {
    env: { ...processEnvironment(), ...environment },
    execArgv: [],
    ...(execPath === undefined ? {} : { execPath }),
    ...(cwd === undefined ? {} : { cwd }),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const end = endOf(child);
  const kill = (): void => void child.kill('SIGKILL');
  if (signal?.aborted === true) kill();
  signal?.addEventListener('abort', kill);
  void end.then(() => signal?.removeEventListener('abort', kill));
  const inbox: Incoming[] = [];
  const waiters = new Set<Waiter<Incoming>>();
  child.on('message', (raw) => {
    const message = raw as Incoming;
    const waiter = [...waiters].find((candidate) => candidate.type === message.type);
    if (waiter === undefined) inbox.push(message);
    else waiter.resolve(message);
  });
  const endedEarly = end.then((outcome) => new LabProcessError(describeEnd(modulePath, outcome)));
  return {
    send: (message) => void (child.connected && child.send(message)),
    receive: <Type extends Incoming['type']>(type: Type, limitMs: number) => {
      const early = inbox.findIndex((message) => message.type === type);
      const message =
        early === -1
          ? waitForMessage(waiters, type, limitMs, endedEarly)
          : Promise.resolve(inbox.splice(early, 1)[0] as Incoming);
      return message as Promise<Extract<Incoming, { type: Type }>>;
    },
    waitForEnd: (limitMs) => {
      const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
      return end.finally(() => clearTimeout(limit));
    },
    kill,
  };
}

interface EndWithStderr extends ProcessEnd {
  readonly stderr: string;
}

function endOf(child: ChildProcess): Promise<EndWithStderr> {
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-STDERR_TAIL_CHARS);
  });
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: null, signal: null, stderr: String(error) }));
    child.on('close', (code, signal) => resolve({ code, signal, stderr }));
  });
}

function waitForMessage<Incoming>(
  waiters: Set<Waiter<Incoming>>,
  type: string,
  limitMs: number,
  endedEarly: Promise<Error>,
): Promise<Incoming> {
  return new Promise<Incoming>((resolve, reject) => {
    const limit = setTimeout(() => waiter.reject(new LabProcessError(`no "${type}" within ${limitMs} ms`)), limitMs);
    const settle = (): void => {
      clearTimeout(limit);
      waiters.delete(waiter);
    };
    const waiter: Waiter<Incoming> = {
      type,
      resolve: (message) => {
        settle();
        resolve(message);
      },
      reject: (error) => {
        settle();
        reject(error);
      },
    };
    waiters.add(waiter);
    void endedEarly.then(waiter.reject);
  });
}

function describeEnd(modulePath: string, { code, signal, stderr }: EndWithStderr): string {
  const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
  return `${modulePath.split(/[\\/]/).slice(-2).join('/')} ended early (${how}): ${errorLineOf(stderr)}`;
}

/** The line that names the error; around it Node prints a stack and the source. */
export function errorLineOf(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const named = lines.find((line) => /^(Uncaught )?\w*Error\b/.test(line));
  return named ?? lines.findLast((line) => line !== '') ?? 'nothing on stderr';
}
