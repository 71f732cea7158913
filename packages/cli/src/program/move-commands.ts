/** The commands that move data out of a collector, into it, and on from it. */
import { exportFormatSchema, exportQuerySchema } from '@slipstream/query-api';
import { type Command, Option } from 'commander';
import type { Actions, ExportFlags, Finish, ImportFlags, RemoteFlags, ReplayFlags } from './flags.js';
import { addExample, addRemoteOptions, addTimeOptions } from './options.js';
import { parseFullTraceId, wholeNumber } from './values.js';

const MAX_ENTRIES = 1_000_000_000;

export function addExport(program: Command, actions: Actions, finish: Finish): void {
  const command = program
    .command('export')
    .description('write observations and scores to a file, or as JSONL to standard output')
    .argument('[file]', 'written under another name first, so that no half of a file looks whole')
    .addOption(formatOption('of the file (default: by its ending, else jsonl)'))
    .addOption(
      new Option('--what <kind>', 'only these; Parquet has observations unless told otherwise').choices(
        exportQuerySchema.shape.what.unwrap().options,
      ),
    )
    .option('--trace <id>', 'only this trace', parseFullTraceId)
    .action(async (file: string | undefined, flags: ExportFlags) => finish(await actions.exportTo(file, flags)));
  addExample(
    addRemoteOptions(addTimeOptions(command), 'print a summary as JSON where there is a file'),
    'slipstream export --since 7d week.parquet',
    'slipstream export --trace 4bf92f3577b34da6a3ce929d0e0e4736 | jq .name',
  );
}

export function addImport(program: Command, actions: Actions, finish: Finish): void {
  const command = program
    .command('import')
    .description('read a file that export wrote; what is there already changes nothing')
    .argument('<file>', 'the file, or - for standard input')
    .addOption(formatOption('of the file (default: by its ending, else jsonl)'))
    .option('--forward', 'send the rows on to where the collector forwards spans, too', false)
    .action(async (file: string, flags: ImportFlags) => finish(await actions.importFrom(file, flags)));
  addExample(addRemoteOptions(command), 'slipstream import week.parquet', 'zcat week.jsonl.gz | slipstream import -');
}

export function addDeadLetter(program: Command, actions: Actions, finish: Finish): void {
  const parent = program
    .command('deadletter')
    .description('show what destinations could not deliver, or deliver it once more')
    .helpCommand(false);
  const list = parent
    .command('list', { isDefault: true })
    .description('show the destinations and their dead letters')
    .action(async (flags: RemoteFlags) => finish(await actions.deadLetters(flags)));
  addExample(addRemoteOptions(list), 'slipstream deadletter');
  const replay = parent
    .command('replay')
    .description('try the dead letters of a destination once more')
    .argument('<destination>', 'its name, as the list shows it')
    .option('--max <count>', 'stop after so many entries (default: all)', wholeNumber(1, MAX_ENTRIES))
    .action(async (destination: string, flags: ReplayFlags) => finish(await actions.replay(destination, flags)));
  addExample(addRemoteOptions(replay), 'slipstream deadletter replay langfuse --max 100');
}

function formatOption(description: string): Option {
  return new Option('--format <format>', description).choices(exportFormatSchema.options);
}
