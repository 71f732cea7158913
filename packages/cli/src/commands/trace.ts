import type { ObservationNode } from '@slipstream/query-api';
import type { CollectorAddress } from '../collector/request.js';
import { askSql } from '../collector/sql.js';
import { listTraces, MAX_PAGE, readObservation, readTrace } from '../collector/traces.js';
import { CliError, missing } from '../errors.js';
import { EXIT_CODE } from '../exit-codes.js';
import type { TraceFlags } from '../program/flags.js';
import { plainJson } from '../terminal/plain-text.js';
import type { Terminal } from '../terminal/terminal.js';
import { formatObservation, formatTrace, SHOWN_ROWS } from '../traces/report.js';

const TRACE_ID_DIGITS = 32;
const SPAN_ID_DIGITS = 16;
const SHOWN_CANDIDATES = 5;
const SEARCH_MS = 5000;

/**
 * Shows a trace, or one of its observations.
 *
 * @param id of the trace, or the first digits of it
 * @returns the exit code
 * @throws CliError `missing` where there is none, or several begin so
 */
export async function showTrace(
  address: CollectorAddress,
  id: string,
  flags: TraceFlags,
  terminal: Terminal,
): Promise<number> {
  const traceId = await resolveTraceId(address, id);
  if (flags.observation !== undefined) {
    const spanId = await resolveSpanId(address, traceId, flags.observation);
    const detail = await readObservation(address, { traceId, spanId }, flags.full);
    const text = flags.json ? `${plainJson(detail, 2)}\n` : formatObservation(detail, terminal.paint, flags.full);
    terminal.data(text);
    return EXIT_CODE.ok;
  }
  const detail = await readTrace(address, traceId);
  const { paint, columns } = terminal;
  const maxRows = flags.full ? Number.POSITIVE_INFINITY : SHOWN_ROWS;
  terminal.data(flags.json ? `${plainJson(detail, 2)}\n` : formatTrace(detail, { paint, columns, maxRows }));
  return EXIT_CODE.ok;
}

/** The collector knows whole ids only. Short ones are those of lists, so the newest page of a list has most of them. */
async function resolveTraceId(address: CollectorAddress, id: string): Promise<string> {
  if (id.length === TRACE_ID_DIGITS) return id;
  const { traces } = await listTraces(address, {}, { limit: MAX_PAGE });
  const newest = traces.map(({ traceId }) => traceId).filter((traceId) => traceId.startsWith(id));
  const found = newest.length > 0 ? newest : await findOlderTraces(address, id);
  return only(found, id, `There is no trace whose id begins with ${id}; give all ${TRACE_ID_DIGITS} digits to be sure`);
}

async function findOlderTraces(address: CollectorAddress, id: string): Promise<string[]> {
  // Nothing but hexadecimal digits gets here.
  const sql = `SELECT trace_id FROM traces WHERE trace_id LIKE '${id}%' LIMIT ${SHOWN_CANDIDATES + 1}`;
  try {
    const result = await askSql(address, { sql, maxRows: SHOWN_CANDIDATES + 1, timeLimitMs: SEARCH_MS });
    return result.rows.map(([traceId]) => String(traceId));
  } catch (error) {
    // A collector that does not search so deep, or not in time: then the whole id is needed.
    if (error instanceof CliError) return [];
    throw error;
  }
}

async function resolveSpanId(address: CollectorAddress, traceId: string, id: string): Promise<string> {
  if (id.length === SPAN_ID_DIGITS) return id;
  const { observations } = await readTrace(address, traceId);
  const found = observations.map(({ spanId }: ObservationNode) => spanId).filter((spanId) => spanId.startsWith(id));
  return only(found, id, `The trace has no observation that begins with ${id}`);
}

function only(found: readonly string[], id: string, none: string): string {
  const [first, second] = found;
  if (first === undefined) throw missing(none);
  if (second === undefined) return first;
  const shown = found.slice(0, SHOWN_CANDIDATES).join(', ');
  throw missing(`${found.length} begin with ${id}: ${shown}${found.length > SHOWN_CANDIDATES ? ', …' : ''}`);
}
