import { CliError, codeOf, reasonOf } from '../errors.js';
import type { Terminal } from '../terminal/terminal.js';

/**
 * Runs the lab, which reads its own arguments.
 *
 * @returns its exit code: 0 done, 1 it failed, 2 wrong arguments
 * @throws CliError `cannotRun` where it is not installed
 */
export async function runLab(args: readonly string[], terminal: Terminal): Promise<number> {
  const { runLabCommand } = await loadLab();
  return runLabCommand(args, {
    result: (text) => terminal.data(text),
    talk: (text) => terminal.talk(text.replace(/\n$/, '')),
  });
}

async function loadLab(): Promise<typeof import('@slipstream/lab')> {
  try {
    return await import('@slipstream/lab');
  } catch (error) {
    if (codeOf(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new CliError('cannotRun', `The lab is not installed here: ${reasonOf(error)}`, { cause: error });
  }
}
