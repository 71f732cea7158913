/** The commands that show what a running collector knows. */
import type { Command } from 'commander';
import type {
  Actions,
  EnvFlags,
  Finish,
  QueryFlags,
  RemoteFlags,
  TailFlags,
  TraceFlags,
  TracesFlags,
} from './flags.js';
import { addExample, addFilterOptions, addRemoteOptions } from './options.js';
import { parseSpanId, parseTraceId, secondsUpTo, wholeNumber } from './values.js';

const MAX_WAIT_SECONDS = 3600;
const MAX_TRACES = 10_000_000;
/** The limits of the collector's SQL endpoint. */
const MAX_ROWS = 100_000;
const MAX_SQL_SECONDS = 60;

export function addStatus(program: Command, actions: Actions, finish: Finish): void {
  const command = program
    .command('status')
    .description('print what processes sent, the collector took and the store holds, and whether it balances')
    .option('--wait <seconds>', 'how long to wait for spans that are on their way', secondsUpTo(MAX_WAIT_SECONDS))
    .action(async ({ wait = 3000, ...flags }: RemoteFlags & { wait?: number }) =>
      finish(await actions.status({ ...flags, waitMs: wait })),
    );
  addExample(addRemoteOptions(command), 'slipstream status --wait 10');
}

export function addTraces(program: Command, actions: Actions, finish: Finish): void {
  const command = program
    .command('traces')
    .description('list traces, the newest first')
    .option('--limit <count>', 'how many', wholeNumber(1, MAX_TRACES), 50)
    .option('--all', 'all that there are', false)
    .option('--cursor <cursor>', 'go on where a list before ended')
    .action(async (flags: TracesFlags) => finish(await actions.traces(flags)));
  addExample(
    addRemoteOptions(addFilterOptions(command)),
    'slipstream traces --since 2h --level ERROR',
    'slipstream traces --metadata bot_id:7 --limit 200',
    'slipstream traces --all --json > traces.json',
  );
}

export function addTrace(program: Command, actions: Actions, finish: Finish): void {
  const command = program
    .command('trace')
    .description('show one trace as a tree with its course in time, or one of its observations')
    .argument('<id>', 'its id, or the beginning of it', parseTraceId)
    .option('--observation <spanId>', 'show input, output and metadata of this one', parseSpanId)
    .option('--full', 'leave nothing out: every observation, every text to its end', false)
    .action(async (id: string, flags: TraceFlags) => finish(await actions.trace(id, flags)));
  addExample(
    addRemoteOptions(command),
    'slipstream trace 4bf92f35',
    'slipstream trace 4bf92f35 --observation 00f067aa --full | less',
  );
}

export function addTail(program: Command, actions: Actions, finish: Finish): void {
  const command = program
    .command('tail')
    .description('print traces as they come and change, until Ctrl-C')
    .action(async (flags: TailFlags) => finish(await actions.tail(flags)));
  addExample(
    addRemoteOptions(addFilterOptions(command), 'print one JSON object a line'),
    'slipstream tail --service robot-lesson',
  );
}

export function addQuery(program: Command, actions: Actions, finish: Finish): void {
  const command = program
    .command('query')
    .description('run one read-only SQL statement')
    .argument('<sql>', 'the statement, or - to read it from standard input')
    .option('--csv', 'print CSV', false)
    .option('--max-rows <count>', 'stop after so many rows', wholeNumber(1, MAX_ROWS), 1000)
    .option('--timeout <seconds>', 'give up after so long (default: 10)', secondsUpTo(MAX_SQL_SECONDS))
    .action(async (sql: string, { timeout = 10_000, ...flags }: QueryFlags & { timeout?: number }) =>
      finish(await actions.query(sql, { ...flags, timeoutMs: Math.max(1, timeout) })),
    );
  addExample(
    addRemoteOptions(command),
    `slipstream query "SELECT name, count(*) AS spans FROM observations GROUP BY name"`,
    'slipstream query - --csv < report.sql > report.csv',
  );
}

export function addEnv(program: Command, actions: Actions, finish: Finish): void {
  const command = program
    .command('env')
    .description('print the settings that the collector runs with, without what is secret')
    .option('--local', 'print instead what this command itself uses, and where it has it from', false)
    .action(async (flags: EnvFlags) => finish(await actions.env(flags)));
  addExample(addRemoteOptions(command), 'slipstream env', 'slipstream env --local');
}
