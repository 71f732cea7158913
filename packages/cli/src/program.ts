import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { describeExitCodes, EXIT_CODE } from './exit-codes.js';

/** Flags of the commands that run a collector. What is not given is left to the environment. */
export interface CollectorFlags {
  readonly port?: number;
  readonly host?: string;
  readonly dataDir?: string;
  readonly token?: string;
}

/** What the commands do; the program only reads arguments. Each resolves to an exit code. */
export interface Actions {
  up(flags: CollectorFlags): Promise<number>;
  dev(command: readonly string[], flags: CollectorFlags & { readonly keep: boolean }): Promise<number>;
  status(flags: {
    readonly url?: string;
    readonly token?: string;
    readonly json: boolean;
    readonly waitMs: number;
  }): Promise<number>;
}

/** Where help and complaints go. */
export interface ProgramOutput {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const MAX_WAIT_SECONDS = 3600;

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

function buildProgram(
  version: string,
  actions: Actions,
  output: ProgramOutput,
  finish: (code: number) => void,
): Command {
  const program = new Command('slipstream')
    .description('LLM tracing that the traced application does not feel')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .configureOutput({ writeOut: output.out, writeErr: output.err })
    .showSuggestionAfterError(true)
    .enablePositionalOptions()
    .exitOverride()
    .addHelpText('after', `\n${describeExitCodes()}`);
  addUp(program, actions, finish);
  addDev(program, actions, finish);
  addStatus(program, actions, finish);
  return program;
}

function addUp(program: Command, actions: Actions, finish: (code: number) => void): void {
  const command = program
    .command('up')
    .description('run the collector and its UI until Ctrl-C')
    .action(async (flags: CollectorFlags) => finish(await actions.up(flags)));
  addCollectorFlags(command);
}

function addDev(program: Command, actions: Actions, finish: (code: number) => void): void {
  const command = program
    .command('dev')
    .description('run the collector and its UI, and a command that traces into it; end with the command')
    .usage('[options] -- <command...>')
    .argument('<command...>', 'the command and its arguments')
    .option('--keep', 'keep the collector and its UI up after the command has ended', false)
    .passThroughOptions()
    .action(async (words: string[], flags: CollectorFlags & { keep: boolean }) =>
      finish(await actions.dev(words, flags)),
    );
  addCollectorFlags(command);
  command.addHelpText(
    'after',
    '\nThe command gets SLIPSTREAM_URL, and OTEL_EXPORTER_OTLP_ENDPOINT where it is not set.\n' +
      'Example: slipstream dev -- node server.js',
  );
}

function addStatus(program: Command, actions: Actions, finish: (code: number) => void): void {
  program
    .command('status')
    .description('print what processes sent, the collector took and the store holds, and whether it balances')
    .option('--url <url>', 'address of the collector (default: SLIPSTREAM_URL, else http://127.0.0.1:4318)')
    .option('--token <token>', 'its token (default: SLIPSTREAM_COLLECTOR_TOKEN)')
    .option('--wait <seconds>', 'how long to wait for spans that are on their way', parseWait, 3)
    .option('--json', 'print JSON', false)
    .action(async ({ wait, ...flags }: { url?: string; token?: string; wait: number; json: boolean }) =>
      finish(await actions.status({ ...flags, waitMs: wait * 1000 })),
    );
}

function addCollectorFlags(command: Command): void {
  command
    .option('--port <number>', 'port of the collector and its UI; 0 takes any free one (default: 4318)', parsePort)
    .option('--host <address>', 'address to listen on; any but a loopback address needs a token (default: 127.0.0.1)')
    .option('--data-dir <folder>', 'where traces are kept')
    .option(
      '--token <token>',
      'what clients must present; others on this machine can see it here, so prefer the environment',
    );
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a whole number from 0 to 65535.');
}

function parseWait(text: string): number {
  const seconds = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && seconds <= MAX_WAIT_SECONDS) return seconds;
  throw new InvalidArgumentError(`It must be a number of seconds from 0 to ${MAX_WAIT_SECONDS}.`);
}
