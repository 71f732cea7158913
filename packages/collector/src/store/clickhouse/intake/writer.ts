import type { ScoreEntry } from '../../../scores/payload.js';
import { OBSERVATION_COLUMNS, type StoredObservation } from '../../duckdb/schema/observation-columns.js';
import { SCORE_COLUMNS } from '../../duckdb/schema/score-columns.js';
import { TRACE_COLUMNS } from '../../duckdb/schema/trace-columns.js';
import type { Connection } from '../database/connection.js';
import type { IndexEntry } from '../database/trace-index.js';
import { namesOf, toLine } from '../schema/rows.js';
import { spanVersion } from '../schema/versions.js';
import type { MovedSpan } from './batch-changes.js';
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

/** Characters of one insert: what ClickHouse takes in one piece, well below where it would cut it in two. */
const MAX_INSERT_CHARS = 32 * 1024 * 1024;

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

  /** Drops the texts of the observations once they are written down: the folds that keep them have no use for them. */
  async writeObservations(observations: readonly StoredObservation[]): Promise<void> {
    let lines: string[] = [];
    let chars = 0;
    for (const observation of observations) {
      const version = spanVersion(observation.endTimeUnixNano !== undefined, observation.revision);
      const line = toLine(OBSERVATION_COLUMNS, observation, [String(version)]);
      dropTexts(observation);
      if (chars + line.length > MAX_INSERT_CHARS) {
        await this.#insert('observation_versions', OBSERVATION_NAMES, lines);
        lines = [];
        chars = 0;
      }
      lines.push(line);
      chars += line.length;
    }
    await this.#insert('observation_versions', OBSERVATION_NAMES, lines);
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

function dropTexts(observation: StoredObservation): void {
  Object.assign(observation, { input: undefined, output: undefined, traceInput: undefined, traceOutput: undefined });
}
