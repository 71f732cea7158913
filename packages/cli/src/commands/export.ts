import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { untilInterrupted } from '../child/interrupt.js';
import { type CollectorAddress, describeFault, openAnswer } from '../collector/request.js';
import { CliError, collectorUnreachable, wrongUsage } from '../errors.js';
import { EXIT_CODE } from '../exit-codes.js';
import type { ExportFlags } from '../program/flags.js';
import { plainJson } from '../terminal/plain-text.js';
import { startProgress } from '../terminal/progress.js';
import { formatAmount, formatBytes } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { countingPass, type Passed, screenPass } from '../transfer/counting.js';
import { formatOf } from '../transfer/file-format.js';
import { writeWholeFile } from '../transfer/whole-file.js';

/**
 * Writes what the collector holds to a file, or as JSONL to `output`.
 *
 * @param file `undefined` for `output`
 * @returns the exit code
 * @throws CliError `usage`, `file`, `unreachable` where the answer breaks off, `rejected`
 */
export async function exportRows(
  address: CollectorAddress,
  file: string | undefined,
  flags: ExportFlags,
  io: { readonly terminal: Terminal; readonly output: NodeJS.WritableStream },
): Promise<number> {
  const format = formatOf(file, flags.format);
  if (format === 'parquet' && file === undefined) throw wrongUsage('Parquet needs a file to be written to: name one.');
  const ended = await untilInterrupted(async (signal) => {
    const answer = await openAnswer(address, { path: '/api/v1/export', query: toQuery(format, flags), signal });
    return receive({ address, answer, file, io, signal, isText: format === 'jsonl' });
  });
  if (ended.kind === 'interrupted') return ended.exitCode;
  if (file !== undefined) report(file, ended.value, format, { isJson: flags.json, terminal: io.terminal });
  return EXIT_CODE.ok;
}

function toQuery(format: string, { what, since, until, trace }: ExportFlags): URLSearchParams {
  const query = new URLSearchParams({ format });
  const fields = { what, fromUs: since, toUs: until, traceId: trace };
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) query.set(name, String(value));
  return query;
}

interface Receiving {
  readonly address: CollectorAddress;
  readonly answer: IncomingMessage;
  readonly file: string | undefined;
  readonly io: { readonly terminal: Terminal; readonly output: NodeJS.WritableStream };
  readonly signal: AbortSignal;
  /** Whether lines are rows. */
  readonly isText: boolean;
}

async function receive({ address, answer, file, io, signal, isText }: Receiving): Promise<Passed> {
  // Beside data on the same screen, or in a pager, a bar would be in the way.
  const progress = file === undefined ? undefined : startProgress(io.terminal, 'exporting', lengthOf(answer));
  let total: Passed = { bytes: 0, lines: 0 };
  const passes: Transform[] = [
    countingPass((passed) => {
      total = { ...passed };
      progress?.update(isText ? { bytes: passed.bytes, rows: passed.lines } : { bytes: passed.bytes });
    }),
  ];
  try {
    if (file !== undefined) await writeWholeFile(file, answer, passes, signal);
    else {
      if (io.terminal.isScreen) passes.push(screenPass());
      await pipeline([answer, ...passes, io.output], { signal, end: false });
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof CliError ? error : collectorUnreachable(address.url, describeFault(error), error);
  } finally {
    progress?.end();
  }
  return total;
}

/** Known only where the collector made the file before it sent it. */
function lengthOf(answer: IncomingMessage): number | undefined {
  const text = answer.headers['content-length'];
  return text === undefined ? undefined : Number(text);
}

function report(
  file: string,
  { bytes, lines }: Passed,
  format: string,
  { isJson, terminal }: { readonly isJson: boolean; readonly terminal: Terminal },
): void {
  const rows = format === 'jsonl' ? lines : undefined;
  if (isJson) terminal.data(`${plainJson({ file, format, bytes, rows: rows ?? null })}\n`);
  else terminal.talk(`${file}: ${rows === undefined ? '' : `${formatAmount(rows, 'row')}, `}${formatBytes(bytes)}`);
}
