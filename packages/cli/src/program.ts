import { Argument, Command, CommanderError, Help } from 'commander';
import { COMPLETION_SHELLS, type CompletionShell, completionScript } from './completion/scripts.js';
import { describeExitCodes, EXIT_CODE } from './exit-codes.js';
import { addDev, addLab, addUp } from './program/collector-commands.js';
import type { Actions, Finish } from './program/flags.js';
import { addDeadLetter, addExport, addImport } from './program/move-commands.js';
import { addExample } from './program/options.js';
import { addEnv, addQuery, addStatus, addTail, addTrace, addTraces } from './program/read-commands.js';

/** Where help and complaints go. */
export interface ProgramOutput {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/**
 * Reads a command line and runs what it names.
 *
 * @param argv without the two first entries of `process.argv`
 * @returns the exit code
 * @throws what the command throws
 */
export async function runProgram(
  argv: readonly string[],
  version: string,
  actions: Actions,
  output: ProgramOutput,
): Promise<number> {
  let exitCode = 0;
  const finish = (code: number): void => {
    exitCode = code;
  };
  const program = buildProgram(version, actions, output, finish);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : EXIT_CODE.usage;
  }
}

function buildProgram(version: string, actions: Actions, output: ProgramOutput, finish: Finish): Command {
  const program = new Command('slipstream')
    .description('LLM tracing that the traced application does not feel')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    // That a switch is off unless it is given needs no words.
    .configureHelp({
      optionDescription: (option) => new Help().optionDescription(option).replace(/ \(default: false\)$/, ''),
    })
    .configureOutput({ writeOut: output.out, writeErr: output.err })
    .showSuggestionAfterError(true)
    .enablePositionalOptions()
    .exitOverride()
    .addHelpText('after', `\n${describeExitCodes()}`);
  const add = [
    addUp,
    addDev,
    addStatus,
    addTraces,
    addTrace,
    addTail,
    addQuery,
    addExport,
    addImport,
    addDeadLetter,
    addEnv,
    addLab,
  ];
  for (const addCommand of add) addCommand(program, actions, finish);
  addCompletion(program, output);
  return program;
}

function addCompletion(program: Command, output: ProgramOutput): void {
  const command = program
    .command('completion')
    .description('print a script that completes commands and flags in a shell')
    .addArgument(new Argument('<shell>').choices(COMPLETION_SHELLS))
    .action((shell: CompletionShell) => output.out(completionScript(program, shell)));
  addExample(
    command,
    'source <(slipstream completion bash)     # in ~/.bashrc',
    'source <(slipstream completion zsh)      # in ~/.zshrc, after compinit',
    'slipstream completion fish | source      # in ~/.config/fish/config.fish',
    'slipstream completion powershell | Out-String | Invoke-Expression   # in $PROFILE',
  );
}
