import { LessonError } from '../errors.js';

/** One request of the recorded traffic. */
export interface TraceRow {
  /** Since the first request of the file. */
  readonly offsetMs: number;
  readonly contextTokens: number;
  readonly generatedTokens: number;
}

const HEADER = 'TIMESTAMP,ContextTokens,GeneratedTokens';
/** Seven decimals of a second: more than a Date takes, so the fraction is read by itself. */
const ROW_PATTERN = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(\.\d{1,9})?,(\d{1,7}),(\d{1,7})$/;
const MAX_ROW_COUNT = 1_000_000;

/**
 * Reads the Azure LLM inference trace (see `data/README.md`).
 * @throws LessonError `INVALID_TRACE_FILE`, naming the line
 */
export function parseTraceFile(text: string): TraceRow[] {
  const [header, ...lines] = text.split(/\r?\n/);
  if (header !== HEADER) throw new LessonError('INVALID_TRACE_FILE', `the first line must be ${HEADER}`);
  const rows: TraceRow[] = [];
  let firstMs: number | undefined;
  for (const [index, line] of lines.entries()) {
    if (line === '') continue;
    if (rows.length === MAX_ROW_COUNT) throw new LessonError('INVALID_TRACE_FILE', `more than ${MAX_ROW_COUNT} rows`);
    const match = ROW_PATTERN.exec(line);
    if (match === null) throw new LessonError('INVALID_TRACE_FILE', `line ${index + 2} is no request`);
    const [, day, time, fraction = '0', contextTokens, generatedTokens] = match;
    const atMs = Date.parse(`${day}T${time}Z`) + Number(fraction) * 1000;
    firstMs ??= atMs;
    rows.push({
      offsetMs: atMs - firstMs,
      contextTokens: Number(contextTokens),
      generatedTokens: Number(generatedTokens),
    });
  }
  if (rows.length === 0) throw new LessonError('INVALID_TRACE_FILE', 'there is no request in it');
  return rows;
}
