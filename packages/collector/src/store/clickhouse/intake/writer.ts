import type { ScoreEntry } from '../../../scores/payload.js';
import { OBSERVATION_COLUMNS } from '../../duckdb/schema/observation-columns.js';
import { SCORE_COLUMNS } from '../../duckdb/schema/score-columns.js';
import { TRACE_COLUMNS } from '../../duckdb/schema/trace-columns.js';
import type { Connection } from '../database/connection.js';
import type { IndexEntry } from '../database/trace-index.js';
import { namesOf, toLine } from '../schema/rows.js';
import type { MovedSpan } from './batch-changes.js';
import type { EncodedLine } from './decoded-batch.js';
import type { FoldedRow, FoldedTrace } from './folded-trace.js';

const OBSERVATION_NAMES = [...namesOf(OBSERVATION_COLUMNS), 'span_version'];
const TRACE_NAMES = [...namesOf(TRACE_COLUMNS), 'terms', 'has_more_terms', 'trace_version'];
const INDEX_NAMES = [
  'trace_id',
  'first_us',
  'last_us',
  'trace_version',
  'spans',
  'ended_spans',
  'news_us',
  'instances',
];
const SCORE_NAMES = [...namesOf(SCORE_COLUMNS), 'score_version'];

/** Of one insert: what ClickHouse takes in one piece, well below where it would cut it in two. */
const MAX_INSERT_BYTES = 32 * 1024 * 1024;

/** The inserts of a batch, each durable when it resolves. */
export class Writer {
  readonly #connection: Connection;
  #lastScoreVersion = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Says where versions will lie, before they are there, so that whoever sees one of them knows where to look. */
  async announce(traces: readonly FoldedTrace[], index: ReadonlyMap<string, IndexEntry>): Promise<void> {
    const lines: string[] = [];
    for (const trace of traces) {
      const { firstUs, lastUs } = trace.bounds();
      const known = index.get(trace.traceId);
      if (known && known.firstUs <= firstUs && known.lastUs >= lastUs) continue;
      lines.push(`[${JSON.stringify(trace.traceId)},${firstUs},${lastUs},0,0,0,0,[0,[]]]`);
    }
    await this.#insert('trace_index', INDEX_NAMES, lines);
  }

  async writeObservations(lines: readonly EncodedLine[]): Promise<void> {
    let pieces: Buffer[] = [];
    let bytes = 0;
    for (const piece of joinLines(lines)) {
      if (bytes > 0 && bytes + piece.byteLength > MAX_INSERT_BYTES) {
        await this.#connection.insertPieces('observation_versions', OBSERVATION_NAMES, pieces);
        pieces = [];
        bytes = 0;
      }
      pieces.push(piece);
      bytes += piece.byteLength;
    }
    if (bytes > 0) await this.#connection.insertPieces('observation_versions', OBSERVATION_NAMES, pieces);
  }

  /** Rows first: an entry of the index MUST NOT name a row that is not there. */
  async writeTraces(traces: readonly FoldedTrace[]): Promise<void> {
    const newsUs = Date.now() * 1000;
    const rows = traces.map((trace) => trace.toRow(newsUs));
    await this.#insert('trace_versions', TRACE_NAMES, rows.map(toTraceLine));
    await this.#insert('trace_index', INDEX_NAMES, rows.map(toIndexLine));
  }

  async writeScores(scores: readonly ScoreEntry[]): Promise<void> {
    const lines = scores.map((score) => {
      this.#lastScoreVersion = Math.max(this.#lastScoreVersion + 1, Date.now() * 1000);
      const row = { ...score, metadata: new Map(Object.entries(score.metadata)) };
      return toLine(SCORE_COLUMNS, row, [String(this.#lastScoreVersion)]);
    });
    await this.#insert('score_versions', SCORE_NAMES, lines);
  }

  /** Versions that have been replaced from another place of the table; rare, since a span keeps its start. */
  async removeMoved(spans: readonly MovedSpan[]): Promise<void> {
    for (const { traceId, spanId, startUs } of spans) {
      await this.#connection.command({
        sql: `DELETE FROM observation_versions WHERE trace_id = {trace_id:String} AND span_id = {span_id:String}
AND intDiv(start_ns, 1000) = {start_us:Int64}`,
        params: { trace_id: traceId, span_id: spanId, start_us: startUs },
      });
    }
  }

  async #insert(table: string, columns: readonly string[], lines: readonly string[]): Promise<void> {
    if (lines.length > 0) await this.#connection.insert(table, columns, lines);
  }
}

function toTraceLine({ row, version, terms, hasMoreTerms }: FoldedRow): string {
  return toLine(TRACE_COLUMNS, row, [`[${[...terms].join(',')}]`, hasMoreTerms ? '1' : '0', `"${version}"`]);
}

function toIndexLine({ row, version, endedSpans, instances }: FoldedRow): string {
  const { traceId, startUs, lastStartUs, observationCount, newsUs } = row;
  const counts = [...instances].map(([instance, spans]) => `[${JSON.stringify(instance)},${spans}]`);
  const numbers = `${startUs},${lastStartUs},"${version}",${observationCount},${endedSpans},${newsUs}`;
  return `[${JSON.stringify(traceId)},${numbers},["${version}",[${counts.join(',')}]]]`;
}

/** Lines that stand one behind the other in memory go as one piece: mostly all of a slice, since duplicates are rare. */
function* joinLines(lines: readonly EncodedLine[]): Generator<Buffer> {
  let run: EncodedLine | undefined;
  for (const line of lines) {
    if (run?.bytes === line.bytes && run.end === line.start) {
      run = { ...run, end: line.end };
      continue;
    }
    if (run) yield run.bytes.subarray(run.start, run.end);
    run = line;
  }
  if (run) yield run.bytes.subarray(run.start, run.end);
}
