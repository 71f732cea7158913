import { type DuckDBConnection, LIST, listValue, VARCHAR } from '@duckdb/node-api';
import type { SpanId } from '../intake/batch-fold.js';

/**
 * Work that batches leave behind, because done once for many it costs a fraction. Each function is one transaction and
 * MUST NOT overlap one of the writer.
 */

const TEXTS = LIST(VARCHAR);

/** Starts of spans that have ended since. Readers leave them out as long as they are there. */
export async function removeObsoleteStarts(writer: DuckDBConnection, starts: readonly SpanId[]): Promise<void> {
  await writer.run(
    `DELETE FROM running_observations AS r
USING (SELECT unnest($trace_ids) AS trace_id, unnest($span_ids) AS span_id) AS ended
WHERE r.trace_id = ended.trace_id AND r.span_id = ended.span_id`,
    {
      trace_ids: listValue(starts.map(({ traceId }) => traceId)),
      span_ids: listValue(starts.map(({ spanId }) => spanId)),
    },
    { trace_ids: TEXTS, span_ids: TEXTS },
  );
}

/** The same after a start, when nobody remembers which they are. */
export async function findAndRemoveObsoleteStarts(writer: DuckDBConnection): Promise<void> {
  await writer.run(`DELETE FROM running_observations AS r
USING (
  SELECT trace_id, span_id FROM observations
  WHERE start_ns >= (SELECT min(start_ns) FROM running_observations)) AS ended
WHERE r.trace_id = ended.trace_id AND r.span_id = ended.span_id`);
}

/** One row for each process in place of one for each of its batches. */
export async function addUpInstanceCounts(writer: DuckDBConnection): Promise<void> {
  await transaction(writer, async () => {
    await writer.run(`CREATE OR REPLACE TEMP TABLE added_up AS
SELECT instance_id, sum(spans)::BIGINT AS spans, max(seen_us) AS seen_us FROM instance_counts GROUP BY instance_id`);
    await writer.run('DELETE FROM instance_counts');
    await writer.run('INSERT INTO instance_counts SELECT * FROM added_up');
  });
}

export async function transaction(writer: DuckDBConnection, work: () => Promise<void>): Promise<void> {
  await writer.run('BEGIN');
  try {
    await work();
    await writer.run('COMMIT');
  } catch (error) {
    await writer.run('ROLLBACK');
    throw error;
  }
}
