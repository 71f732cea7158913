// A large store in a fraction of the time that its intake takes: one that was filled by its intake, and copies of its rows
// by SQL, each a stretch of time earlier and with ids of its own, in the order in which intake would have put them. Texts and
// metadata are those of the original, so that each value is in every copy.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { createDuckDbStore } from '../dist/store/index.js';

const FILE = 'store.duckdb';
const TABLES = ['observations', 'metadata', 'traces'];
const TRACE_ID_DIGITS = 32;
const SPAN_ID_DIGITS = 16;

const md5 = (text) => createHash('md5').update(text).digest('hex');
const digitsOf = { trace_id: TRACE_ID_DIGITS, span_id: SPAN_ID_DIGITS, parent_span_id: SPAN_ID_DIGITS };

/**
 * @param {{ from: string, to: string, copies: number, lengthMs: number, say: (line: string) => void }} options `from` is
 * the folder of a closed store of this length, `to` a folder without one
 */
export async function copyStore({ from, to, copies, lengthMs, say }) {
  const empty = await createDuckDbStore({ directory: to });
  await empty.close();
  const instance = await DuckDBInstance.create(join(to, FILE), {
    threads: '1',
    memory_limit: '2GB',
    temp_directory: join(to, 'spill'),
    checkpoint_threshold: '1TB',
  });
  const writer = await instance.connect();
  await writer.run(`ATTACH '${join(from, FILE)}' AS source`);
  await writer.run('INSERT INTO source.traces SELECT * FROM source.hot_traces ORDER BY start_us, trace_id');
  await writer.run('DELETE FROM source.hot_traces');
  // The oldest first. A checkpoint after each table keeps the log small.
  for (let copy = copies - 1; copy >= 0; copy--) {
    for (const table of TABLES) {
      await writer.run(await copySql(writer, table, copy, lengthMs));
      await writer.run('CHECKPOINT');
    }
    say(`copy ${copies - copy} of ${copies} is made`);
  }
  await writer.run(`INSERT INTO instance_counts SELECT instance_id, spans * ${copies}, seen_us
FROM source.instance_counts`);
  await writer.run(`UPDATE store_state SET spans = (SELECT spans FROM source.store_state) * ${copies}`);
  await writer.run('DETACH source');
  await writer.run('CHECKPOINT');
  writer.closeSync();
  instance.closeSync();
}

/** The same trace in copy `copy`. */
export function copyOfTrace(trace, copy, lengthMs) {
  if (copy === 0) return trace;
  return {
    ...trace,
    traceId: md5(trace.traceId + copy),
    atMs: trace.atMs - copy * lengthMs,
  };
}

async function copySql(connection, table, copy, lengthMs) {
  const reader = await connection.runAndReadAll(
    `SELECT column_name FROM duckdb_columns() WHERE database_name = 'source' AND schema_name = 'main' AND table_name = '${table}'
ORDER BY column_index`,
  );
  const expressions = reader.getRowsJS().map(([name]) => columnSql(name, copy, lengthMs));
  return `INSERT INTO ${table} SELECT ${expressions.join(', ')} FROM source.${table}`;
}

function columnSql(name, copy, lengthMs) {
  if (copy === 0) return name;
  const id = digitsOf[name];
  if (id !== undefined) return `CASE WHEN ${name} = '' THEN '' ELSE left(md5(${name} || ${copy}), ${id}) END`;
  if (name.endsWith('_ns')) return `${name} - ${copy * lengthMs} * 1000000::BIGINT`;
  if (name.endsWith('_us')) return `${name} - ${copy * lengthMs} * 1000::BIGINT`;
  return name;
}
