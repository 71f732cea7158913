import type { StoreCounts } from '../../contract.js';
import { RUNNING_LIMIT_US } from '../../duckdb/query/trace-summary.js';
import type { RowSource } from '../database/connection.js';

/** Processes listed, those with the most spans; the others are left out. */
const MAX_INSTANCES = 10_000;

/** Entries without spans were announced and never written. */
const COUNTS_SQL = `SELECT sum(ended_spans), sumIf(spans - ended_spans, news_us >= {news_from_us:Int64}), countIf(spans > 0)
FROM trace_index FINAL`;

const INSTANCES_SQL = `SELECT instance.1, sum(instance.2) AS spans FROM (
  SELECT arrayJoin(instances.2) AS instance FROM trace_index FINAL
) GROUP BY instance.1 ORDER BY spans DESC LIMIT ${MAX_INSTANCES}`;

const SIZE_SQL = `SELECT sum(bytes_on_disk), sumIf(rows, table = 'trace_index')
FROM system.parts WHERE database = currentDatabase() AND active`;

type Counts = Omit<StoreCounts, 'duplicates'>;

/** Counting takes no more than this share of the time, however often somebody asks. */
const MAX_SHARE = 0.1;
/** With fewer entries counting takes no time, and an answer is never an old one. */
const MANY_ENTRIES = 200_000;

/** Counts of a store so large that they take a while are a little old. */
export class CountsReader {
  readonly #source: RowSource;
  #last: Counts | undefined;
  #reuseUntilMs = 0;

  constructor(source: RowSource) {
    this.#source = source;
  }

  async read(): Promise<Counts> {
    if (this.#last && performance.now() < this.#reuseUntilMs) return this.#last;
    const startedMs = performance.now();
    const { counts, entries } = await readCounts(this.#source, Date.now() * 1000);
    this.#last = counts;
    const restMs = (performance.now() - startedMs) / MAX_SHARE;
    this.#reuseUntilMs = entries < MANY_ENTRIES ? 0 : performance.now() + restMs;
    return counts;
  }
}

async function readCounts(source: RowSource, nowUs: number): Promise<{ counts: Counts; entries: number }> {
  const [[row], instances, [size]] = await Promise.all([
    source.rows({ sql: COUNTS_SQL, params: { news_from_us: nowUs - RUNNING_LIMIT_US } }),
    source.rows({ sql: INSTANCES_SQL }),
    source.rows({ sql: SIZE_SQL }),
  ]);
  const counts = {
    spans: Number(row?.[0] ?? 0),
    runningSpans: Number(row?.[1] ?? 0),
    traces: Number(row?.[2] ?? 0),
    bytes: Number(size?.[0] ?? 0),
    spansByInstance: Object.fromEntries(instances.map(([instanceId, spans]) => [String(instanceId), Number(spans)])),
  };
  return { counts, entries: Number(size?.[1] ?? 0) };
}
