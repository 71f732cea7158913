import { type ChildProcess, spawn } from 'node:child_process';
import { codeOf, commandCannotRun, commandNotFound, reasonOf } from '../errors.js';
import { resolveCommand, thisMachine } from './command-line.js';
import { exitCodeOfSignal } from './signals.js';

/** A command that runs, with our terminal as its own. */
export interface RunningCommand {
  /** Its exit code, 128 + n where signal n ended it. */
  readonly ended: Promise<number>;
  /** Passes a signal on. On Windows, which has none, it ends the command. */
  signal(signal: NodeJS.Signals): void;
}

/**
 * Starts a command.
 *
 * @param env its whole environment
 * @throws CliError `notFound` or `cannotRun`
 */
export async function runCommand(
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<RunningCommand> {
  const [name = '', ...args] = command;
  const line = resolveCommand(name, args, thisMachine(env));
  const child = await started(name, () =>
    spawn(line.file, line.args, {
      stdio: 'inherit',
      env: { ...env },
      shell: false,
      windowsVerbatimArguments: line.verbatim,
    }),
  );
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? exitCodeOfSignal(signal ?? 'SIGTERM')));
  });
  return {
    ended,
    signal: (signal) => {
      child.kill(signal);
    },
  };
}

async function started(name: string, start: () => ChildProcess): Promise<ChildProcess> {
  try {
    const child = start();
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    return child;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw commandNotFound(name, error);
    throw commandCannotRun(name, reasonOf(error), error);
  }
}
