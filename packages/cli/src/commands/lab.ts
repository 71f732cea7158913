import { CliError, codeOf, reasonOf } from '../errors.js';
import type { Terminal } from '../terminal/terminal.js';

/**
 * Runs the lab, which reads its own arguments.
 *
 * @param isTerminal whether talk goes to a terminal, on which progress can be drawn
 * @returns its exit code: 0 done, 1 it failed, 2 wrong arguments, 130 stopped by Ctrl-C
 * @throws CliError `cannotRun` where it is not installed
 */
export async function runLab(args: readonly string[], terminal: Terminal, isTerminal: boolean): Promise<number> {
  const { runLabCommand } = await loadLab();
  return runLabCommand(args, {
    result: (text) => terminal.data(text),
    talk: (text) => terminal.talk(text.replace(/\n$/, '')),
    // Where there is no terminal to draw on, the lab says the same in lines.
    ...(isTerminal ? { draw: (line: string) => terminal.progress(line) } : {}),
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
