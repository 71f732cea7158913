import { levelSchema } from '@slipstream/query-api';
import { type Command, Option } from 'commander';
import { collectMetadata, parseLevel, parseTime } from './values.js';

/** Where the collector is, and `--json`: for every command that asks one. */
export function addRemoteOptions(command: Command, what = 'print JSON'): Command {
  return command
    .option('--url <url>', 'address of the collector (default: SLIPSTREAM_URL, else http://127.0.0.1:4318)')
    .option('--token <token>', 'its token (default: SLIPSTREAM_COLLECTOR_TOKEN)')
    .option('--json', what, false);
}

/** Which traces. */
export function addFilterOptions(command: Command): Command {
  command
    .option('--name <name>', 'traces of this name')
    .option('--conversation <id>', 'of this session or conversation')
    .option('--user <id>', 'of this user')
    .option('--service <name>', 'of this service')
    .option('--metadata <key:value>', 'with this metadata; may be given several times', collectMetadata)
    .addOption(
      new Option('--level <level>', 'with this level or a graver one')
        .choices(levelSchema.options)
        .argParser(parseLevel),
    )
    .option('--text <text>', 'with this text in names, inputs, outputs or status messages');
  return addTimeOptions(command);
}

/** From when to when. */
export function addTimeOptions(command: Command): Command {
  return command
    .option('--since <time>', 'that began after this: 15m, 2h, 7d ago, or 2026-11-22T09:30', parseTime)
    .option('--until <time>', 'that began before this', parseTime);
}

/** Shows a command as it is typed, at the end of its help. */
export function addExample(command: Command, ...lines: readonly string[]): Command {
  const title = lines.length === 1 ? 'Example' : 'Examples';
  return command.addHelpText('after', `\n${title}:\n${lines.map((line) => `  ${line}`).join('\n')}`);
}
