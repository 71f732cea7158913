import { LIST, listValue, VARCHAR } from '@duckdb/node-api';
import type { TraceFilter } from '@slipstream/query-api';
import { OBSERVATION_LEVELS } from '@slipstream/wire';
import type { Query } from '../database/query-pool.js';
import { CONVERSATION_KEY } from '../intake/trace-state.js';
import type { ListPosition } from './list-cursor.js';

/** Conditions on a row `t` of the trace tables, joined by AND, and what is bound to their `$name`s. */
export class TraceConditions {
  readonly #with: string[] = [];
  readonly #sql: string[] = [];
  readonly #values: NonNullable<Query['values']> = {};
  readonly #types: NonNullable<Query['types']> = {};

  /** The WITH clause that {@link where} needs, or nothing: sets of trace ids, each made once for both trace tables. */
  get with(): string {
    return this.#with.length === 0 ? '' : `WITH ${this.#with.join(',\n')}\n`;
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
    this.#compare('t.start_us >= $from_us', 'from_us', asBigInt(filter.fromUs));
    this.#compare('t.start_us <= $to_us', 'to_us', asBigInt(filter.toUs));
    this.#compare('t.name = $name', 'name', filter.name);
    this.#compare('t.user_id = $user_id', 'user_id', filter.user);
    this.#compare('t.service = $service', 'service', filter.service);
    if (filter.conversation !== undefined) this.#addConversation(filter.conversation);
    for (const [index, condition] of (filter.metadata ?? []).entries()) this.#addMetadata(index, condition);
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

  /** Traces whose ids a query gives; the caller binds its values. */
  addIdsFrom(name: string, sql: string): this {
    this.#with.push(`${name} AS MATERIALIZED (\n  ${sql})`);
    this.#sql.push(`t.trace_id IN (SELECT trace_id FROM ${name})`);
    return this;
  }

  #addConversation(conversation: string): void {
    this.#bind('conversation', conversation);
    this.addIdsFrom(
      'of_conversation',
      `SELECT trace_id FROM all_traces WHERE session_id = $conversation
  UNION ALL
  SELECT trace_id FROM metadata WHERE key = '${CONVERSATION_KEY}' AND value = $conversation`,
    );
  }

  /** `key:value`, split at the first colon; without a colon, traces that have the key. */
  #addMetadata(index: number, condition: string): void {
    const colon = condition.indexOf(':');
    const keyName = `metadata_key_${index}`;
    const valueName = `metadata_value_${index}`;
    this.#bind(keyName, colon < 0 ? condition : condition.slice(0, colon));
    if (colon >= 0) this.#bind(valueName, condition.slice(colon + 1));
    const valueSql = colon < 0 ? '' : ` AND value = $${valueName}`;
    this.addIdsFrom(`with_metadata_${index}`, `SELECT trace_id FROM metadata WHERE key = $${keyName}${valueSql}`);
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
