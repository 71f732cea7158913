import { LIST, listValue, VARCHAR } from '@duckdb/node-api';
import type { TraceFilter } from '@slipstream/query-api';
import { OBSERVATION_LEVELS } from '@slipstream/wire';
import type { Query } from '../database/query-pool.js';
import { CONVERSATION_KEY } from '../intake/trace-state.js';
import { termOf } from '../schema/metadata-columns.js';
import type { ListPosition } from './list-cursor.js';

/** A stretch of the list, as times: in it the observations of its traces start, and the traces themselves. */
export interface TimeBounds {
  readonly fromUs: number;
  readonly toUs: number;
}

const UNION_SQL = '\n  UNION ALL\n  ';

/** Whether a filter asks for what only a look through the metadata can tell. */
export function needsMetadata({ conversation, metadata }: TraceFilter): boolean {
  return conversation !== undefined || (metadata !== undefined && metadata.length > 0);
}

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

  /**
   * Every condition of the filter but `text`, which is about observations. Where the traces that are asked about lie within
   * bounds, the metadata is looked through within them only.
   */
  addFilter(filter: TraceFilter, bounds?: TimeBounds): this {
    return this.addRowFilter(filter).addMetadataFilter(filter, bounds);
  }

  /** Those conditions that only a look through the metadata answers. */
  addMetadataFilter(filter: TraceFilter, bounds?: TimeBounds): this {
    const within = bounds ? this.#bindBounds(bounds) : '';
    if (filter.conversation !== undefined) this.#addConversation(filter.conversation, within);
    for (const [index, condition] of (filter.metadata ?? []).entries()) this.#addMetadata(index, condition, within);
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
  addAfter({ startUs, traceId }: ListPosition): this {
    this.#bind('after_us', BigInt(startUs));
    this.#bind('after_id', traceId);
    // The first comparison is what prunes row groups by their bounds.
    this.#sql.push('t.start_us <= $after_us AND (t.start_us < $after_us OR t.trace_id < $after_id)');
    return this;
  }

  /** Traces up to a place in the list, that one included. */
  addUpTo({ startUs, traceId }: ListPosition): this {
    this.#bind('up_to_us', BigInt(startUs));
    this.#bind('up_to_id', traceId);
    this.#sql.push('t.start_us >= $up_to_us AND (t.start_us > $up_to_us OR t.trace_id >= $up_to_id)');
    return this;
  }

  addIds(traceIds: readonly string[]): this {
    this.#bind('trace_ids', listValue([...traceIds]));
    this.#types.trace_ids = LIST(VARCHAR);
    this.#sql.push('t.trace_id IN (SELECT unnest($trace_ids))');
    return this;
  }

  /** Prunes row groups where it is known when the traces start. */
  addStarts({ fromUs, toUs }: TimeBounds): this {
    this.#bind('starts_from_us', BigInt(fromUs));
    this.#bind('starts_to_us', BigInt(toUs));
    this.#sql.push('t.start_us BETWEEN $starts_from_us AND $starts_to_us');
    return this;
  }

  /** Traces whose ids a query gives; the caller binds its values. */
  addIdsFrom(name: string, sql: string): this {
    this.#idSets.push(name);
    this.#with.push(`${name} AS MATERIALIZED (\n  ${sql})`);
    this.#sql.push(`t.trace_id IN (SELECT trace_id FROM ${name})`);
    return this;
  }

  #addConversation(conversation: string, within: string): void {
    this.#bind('conversation', conversation);
    this.#bind('conversation_term', termOf(CONVERSATION_KEY, conversation));
    this.addIdsFrom(
      'of_conversation',
      [
        `SELECT trace_id FROM all_traces WHERE session_id = $conversation${within}`,
        ...withTermSql('conversation_term', `key = '${CONVERSATION_KEY}' AND value = $conversation${within}`),
      ].join(UNION_SQL),
    );
  }

  /** `key:value`, split at the first colon; without a colon, traces that have the key. */
  #addMetadata(index: number, condition: string, within: string): void {
    const colon = condition.indexOf(':');
    const key = colon < 0 ? condition : condition.slice(0, colon);
    const keySql = `key = $metadata_key_${index}`;
    this.#bind(`metadata_key_${index}`, key);
    const name = `with_metadata_${index}`;
    if (colon < 0) {
      this.addIdsFrom(name, `SELECT trace_id FROM metadata WHERE ${keySql}${within}`);
      return;
    }
    const value = condition.slice(colon + 1);
    this.#bind(`metadata_value_${index}`, value);
    this.#bind(`metadata_term_${index}`, termOf(key, value));
    const sql = `${keySql} AND value = $metadata_value_${index}${within}`;
    this.addIdsFrom(name, withTermSql(`metadata_term_${index}`, sql).join(UNION_SQL));
  }

  #bindBounds({ fromUs, toUs }: TimeBounds): string {
    this.#bind('within_from_us', BigInt(fromUs));
    this.#bind('within_to_us', BigInt(toUs));
    return ' AND start_us BETWEEN $within_from_us AND $within_to_us';
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

/**
 * Rows from before there were terms have none. Two queries, because with OR the engine looks at the texts of every row: ten
 * times the work.
 */
function withTermSql(name: string, sql: string): string[] {
  return [`term = $${name}`, 'term IS NULL'].map(
    (termSql) => `SELECT trace_id FROM metadata WHERE ${termSql} AND ${sql}`,
  );
}

function asBigInt(value: number | undefined): bigint | undefined {
  return value === undefined ? undefined : BigInt(value);
}
