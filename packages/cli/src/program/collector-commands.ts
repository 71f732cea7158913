/** The commands that run a collector, or the lab. */
import type { Command } from 'commander';
import type { Actions, CollectorFlags, Finish } from './flags.js';
import { addExample } from './options.js';
import { parsePort, parsePortOrOff } from './values.js';

export function addUp(program: Command, actions: Actions, finish: Finish): void {
  const command = program
    .command('up')
    .description('run the collector and its UI until Ctrl-C')
    .action(async (flags: CollectorFlags & { json: boolean }) => finish(await actions.up(flags)));
  addCollectorFlags(command).option('--json', 'print the addresses as JSON', false);
  addExample(command, 'slipstream up --port 4400 --data-dir ./traces');
}

export function addDev(program: Command, actions: Actions, finish: Finish): void {
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
  addCollectorFlags(command).addHelpText(
    'after',
    '\nThe command gets SLIPSTREAM_URL, and OTEL_EXPORTER_OTLP_ENDPOINT where it is not set.',
  );
  addExample(command, 'slipstream dev -- node server.js');
}

/** The lab reads its own arguments. */
export function addLab(program: Command, actions: Actions, finish: Finish): void {
  program
    .command('lab')
    .description('measure on this machine what tracing costs; `slipstream lab --help` has its options')
    .usage('[options]')
    .argument('[arguments...]')
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (args: string[]) => finish(await actions.lab(args)));
}

function addCollectorFlags(command: Command): Command {
  return command
    .option('--port <number>', 'port of the collector and its UI; 0 takes any free one (default: 4318)', parsePort)
    .option('--host <address>', 'address to listen on; any but a loopback address needs a token (default: 127.0.0.1)')
    .option(
      '--grpc-port <number>',
      'port for OTLP over gRPC; 0 takes any free one, off none (default: 4317)',
      parsePortOrOff,
    )
    .option('--data-dir <folder>', 'where traces are kept')
    .option('--queue <url>', 'redis://… for a queue that several collectors share (default: files)')
    .option('--store <url>', 'clickhouse://… for a store on another machine (default: DuckDB in the data directory)')
    .option(
      '--token <token>',
      'what clients must present; others on this machine can see it here, so prefer the environment',
    );
}
