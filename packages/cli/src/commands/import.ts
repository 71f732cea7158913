import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { type ExportFormat, type ImportResult, importResultSchema } from '@slipstream/query-api';
import { untilInterrupted } from '../child/interrupt.js';
import { askCollector, type CollectorAddress, type CollectorRequest } from '../collector/request.js';
import { fileFault } from '../errors.js';
import { EXIT_CODE } from '../exit-codes.js';
import type { ImportFlags } from '../program/flags.js';
import { plainJson, plainText } from '../terminal/plain-text.js';
import { startProgress } from '../terminal/progress.js';
import { formatAmount, formatCount } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { countingPass } from '../transfer/counting.js';
import { formatOf } from '../transfer/file-format.js';

/** Hours of upload are no fault. */
const IMPORT_TIMEOUT_MS = 24 * 3600 * 1000;
const MESSAGE_COLUMNS = 300;

const CONTENT_TYPE: Readonly<Record<ExportFormat, string>> = {
  jsonl: 'application/x-ndjson',
  parquet: 'application/vnd.apache.parquet',
};

/**
 * Sends a file of rows to the collector.
 *
 * @param file `-` for `input`
 * @returns the exit code: `incomplete` where lines were refused
 * @throws CliError `file`, `unreachable`, `rejected`
 */
export async function importRows(
  address: CollectorAddress,
  file: string,
  flags: ImportFlags,
  io: { readonly terminal: Terminal; readonly input: Readable },
): Promise<number> {
  const format = formatOf(file, flags.format);
  const { source, sizeBytes } = file === '-' ? { source: io.input, sizeBytes: undefined } : await openFile(file);
  const progress = startProgress(io.terminal, 'importing', sizeBytes);
  const counted = countingPass(({ bytes }) => progress.update({ bytes }));
  // What cannot be read on must not look like the end of the file: it ends the request instead.
  source.on('error', (error) => counted.destroy(fileFault(file, error)));
  try {
    const body = { stream: source.pipe(counted), headers: { 'content-type': CONTENT_TYPE[format] } };
    const ended = await untilInterrupted((signal) => upload(address, toQuery(format, flags), body, signal));
    progress.end();
    return ended.kind === 'interrupted' ? ended.exitCode : report(ended.value, flags.json, io.terminal);
  } finally {
    progress.end();
    source.destroy();
    // Ends a request that the collector has answered before it had all of it.
    counted.destroy();
  }
}

function toQuery(format: ExportFormat, { forward }: ImportFlags): URLSearchParams {
  return new URLSearchParams(forward ? { format, forward: '1' } : { format });
}

function upload(
  address: CollectorAddress,
  query: URLSearchParams,
  body: NonNullable<CollectorRequest['body']>,
  signal: AbortSignal,
): Promise<ImportResult> {
  const request = { method: 'POST', path: '/api/v1/import', query, body, signal } as const;
  return askCollector(address, request, importResultSchema, { timeoutMs: IMPORT_TIMEOUT_MS });
}

async function openFile(file: string): Promise<{ source: Readable; sizeBytes: number | undefined }> {
  try {
    const handle = await open(file);
    const found = await handle.stat();
    return { source: handle.createReadStream(), sizeBytes: found.isFile() ? found.size : undefined };
  } catch (error) {
    throw fileFault(file, error);
  }
}

function report(result: ImportResult, isJson: boolean, terminal: Terminal): number {
  const { observations, scores, refused, problems } = result;
  if (isJson) terminal.data(`${plainJson(result)}\n`);
  else {
    const lost = refused === 0 ? '' : `; ${formatAmount(refused, 'line')} refused`;
    terminal.talk(`${formatAmount(observations, 'observation')} and ${formatAmount(scores, 'score')} imported${lost}.`);
    for (const { line, message } of problems) {
      terminal.talk(`  line ${formatCount(line)}: ${plainText(message, MESSAGE_COLUMNS)}`);
    }
    if (refused > problems.length && problems.length > 0) {
      terminal.talk(`  … and ${formatCount(refused - problems.length)} more`);
    }
  }
  return refused === 0 ? EXIT_CODE.ok : EXIT_CODE.incomplete;
}
