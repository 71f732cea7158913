import { LIST, listValue, VARCHAR } from '@duckdb/node-api';
import type { TraceFilter } from '@slipstream/query-api';
import { OBSERVATION_LEVELS } from '@slipstream/wire';
import type { Query } from '../database/query-pool.js';
import type { ListPosition } from './list-cursor.js';
import { type MetadataCondition, metadataConditionsOf } from './metadata-condition.js';

const UNION_SQL = '\n  UNION ALL\n  ';

/** Conditions on a row `t` of the trace tables, joined by AND, and what is bound to their `$name`s. */
export class TraceConditions {
  readonly #with: string[] = [];
  readonly #idSets: string[] = [];
  readonly #sql: string[] = [];
  readonly #values: NonNullable<Query['values']> = {};
  readonly #types: NonNullable<Query['types']> = {};

  /** The WITH clause that {@link where} needs, or nothing: sets of trace ids, each made once for both trace tables. */
  get with(): string {
    return this.#with.length === 0 ? '' : `WITH ${this.#with.join(',\n')}\n`;
  }

  /** The names of those sets. */
  get idSets(): readonly string[] {
    return this.#idSets;
  }

  /** The WHERE clause, or nothing. */
  get where(): string {
    return this.#sql.length === 0 ? '' : `WHERE ${this.#sql.join('\n  AND ')}`;
  }

  get values(): NonNullable<Query['values']> {
    return this.#values;
  }

  get types(): NonNullable<Query['types']> {
    return this.#types;
  }

  /** Every condition of the filter but `text`, which is about observations. */
  addFilter(filter: TraceFilter): this {
    return this.addRowFilter(filter).addMetadataFilter(filter);
  }

  /** Those conditions that only a look through the metadata answers. */
  addMetadataFilter(filter: TraceFilter): this {
    for (const [index, condition] of metadataConditionsOf(filter).entries()) this.#addMetadata(index, condition);
    return this;
  }

  /** Those conditions of the filter that a trace's own row answers. */
  addRowFilter(filter: TraceFilter): this {
    this.#compare('t.start_us >= $from_us', 'from_us', asBigInt(filter.fromUs));
    this.#compare('t.start_us <= $to_us', 'to_us', asBigInt(filter.toUs));
    this.#compare('t.name = $name', 'name', filter.name);
    this.#compare('t.user_id = $user_id', 'user_id', filter.user);
    this.#compare('t.service = $service', 'service', filter.service);
    // A trace of which nothing has ended counts as DEFAULT, as it is shown.
    const rank = filter.level === undefined ? 0 : OBSERVATION_LEVELS.indexOf(filter.level);
    if (rank > 0) this.#compare('coalesce(t.level_rank, 1) >= $level_rank', 'level_rank', rank);
    return this;
  }

  /** Traces behind a place in the list. */
  addAfter(after: ListPosition | undefined): this {
    if (!after) return this;
    const { startUs, traceId } = after;
    this.#bind('after_us', BigInt(startUs));
    this.#bind('after_id', traceId);
    // The first comparison is what prunes row groups by their bounds.
    this.#sql.push('t.start_us <= $after_us AND (t.start_us < $after_us OR t.trace_id < $after_id)');
    return this;
  }

  /** Traces with an observation that starts after this. */
  addLastStartAfter(timeUs: number): this {
    this.#compare('t.last_start_us > $last_start_after_us', 'last_start_after_us', BigInt(timeUs));
    return this;
  }

  addIds(traceIds: readonly string[]): this {
    this.#bind('trace_ids', listValue([...traceIds]));
    this.#types.trace_ids = LIST(VARCHAR);
    this.#sql.push('t.trace_id IN (SELECT unnest($trace_ids))');
    return this;
  }

  /** Traces whose ids a query gives; the caller binds its values. */
  addIdsFrom(name: string, sql: string): this {
    this.#idSets.push(name);
    this.#with.push(`${name} AS MATERIALIZED (\n  ${sql})`);
    this.#sql.push(`t.trace_id IN (SELECT trace_id FROM ${name})`);
    return this;
  }

  #addMetadata(index: number, condition: MetadataCondition): void {
    for (const [name, value] of Object.entries(condition.values)) this.#bind(name, value);
    const sql = [`SELECT trace_id FROM metadata WHERE ${condition.findSql} AND ${condition.isSql}`];
    if (condition.withoutTermSql !== undefined) {
      // A query of its own, because with OR the engine looks at the texts of every row: ten times the work.
      sql.push(`SELECT trace_id FROM metadata WHERE ${condition.withoutTermSql}`);
    }
    if (condition.sessionId !== undefined) {
      this.#bind('session_id', condition.sessionId);
      sql.push('SELECT trace_id FROM all_traces WHERE session_id = $session_id');
    }
    this.addIdsFrom(`with_metadata_${index}`, sql.join(UNION_SQL));
  }

  #compare(sql: string, name: string, value: string | number | bigint | undefined): void {
    if (value === undefined) return;
    this.#bind(name, value);
    this.#sql.push(sql);
  }

  #bind(name: string, value: NonNullable<Query['values']>[string]): void {
    this.#values[name] = value;
  }
}

function asBigInt(value: number | undefined): bigint | undefined {
  return value === undefined ? undefined : BigInt(value);
}
