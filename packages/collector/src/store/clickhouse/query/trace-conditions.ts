import type { TraceFilter } from '@slipstream/query-api';
import { OBSERVATION_LEVELS } from '@slipstream/wire';
import type { ListPosition } from '../../duckdb/query/list-cursor.js';
import { IN_RANGE_SQL, rangeParams, type TimeRange } from '../database/trace-index.js';
import { conversationTerm, keyTerm, pairTerm } from '../intake/terms.js';

/** Where a trace has more terms than its row may hold, its observations are asked. */
const OVERFULL_SQL =
  'has_more_terms AND trace_id IN (SELECT trace_id FROM observation_versions FINAL WHERE trace_id IN (SELECT trace_id FROM trace_versions WHERE has_more_terms) AND';

/** Conditions on a row of `trace_versions`, joined by AND, and what their `{name:Type}` stand for. */
export class TraceConditions {
  readonly #sql: string[] = [];
  readonly #params: Record<string, unknown> = {};

  /** The WHERE clause, or nothing. */
  get where(): string {
    return this.#sql.length === 0 ? '' : `WHERE ${this.#sql.join('\n  AND ')}`;
  }

  get params(): Record<string, unknown> {
    return this.#params;
  }

  /** Every condition of the filter but `text`, which is about observations. */
  addFilter(filter: TraceFilter): this {
    this.#compare('start_us >= {from_us:Int64}', 'from_us', filter.fromUs);
    this.#compare('start_us <= {to_us:Int64}', 'to_us', filter.toUs);
    this.#compare('name = {name:String}', 'name', filter.name);
    this.#compare('user_id = {user_id:String}', 'user_id', filter.user);
    this.#compare('service = {service:String}', 'service', filter.service);
    if (filter.conversation !== undefined) this.#addConversation(filter.conversation);
    for (const [index, condition] of (filter.metadata ?? []).entries()) this.#addMetadata(index, condition);
    // A trace of which nothing has ended counts as DEFAULT, as it is shown.
    const rank = filter.level === undefined ? 0 : OBSERVATION_LEVELS.indexOf(filter.level);
    if (rank > 0) this.#compare('coalesce(level_rank, 1) >= {level_rank:Int32}', 'level_rank', rank);
    return this;
  }

  /** Traces behind a place in the list. */
  addAfter({ startUs, traceId }: ListPosition): this {
    Object.assign(this.#params, { after_us: startUs, after_id: traceId });
    // The first comparison is the one that the table's order answers.
    this.#sql.push('start_us <= {after_us:Int64} AND (start_us < {after_us:Int64} OR trace_id < {after_id:String})');
    return this;
  }

  /** Traces up to a place in the list, that one included. */
  addUpTo({ startUs, traceId }: ListPosition): this {
    Object.assign(this.#params, { up_to_us: startUs, up_to_id: traceId });
    this.#sql.push('start_us >= {up_to_us:Int64} AND (start_us > {up_to_us:Int64} OR trace_id >= {up_to_id:String})');
    return this;
  }

  /** Some traces, whose rows start within a range. */
  addIds(traceIds: readonly string[], { fromUs, toUs }: TimeRange): this {
    Object.assign(this.#params, { trace_ids: traceIds, ids_from_us: fromUs, ids_to_us: toUs });
    this.#sql.push(
      'start_us BETWEEN {ids_from_us:Int64} AND {ids_to_us:Int64} AND trace_id IN {trace_ids:Array(String)}',
    );
    return this;
  }

  /** Traces of which an observation that starts within the range meets a condition, with its parameters. */
  addObservations(sql: string, params: Readonly<Record<string, unknown>>, range: TimeRange): this {
    Object.assign(this.#params, params, rangeParams(range));
    this.#sql.push(`trace_id IN (SELECT trace_id FROM observation_versions FINAL WHERE ${IN_RANGE_SQL} AND ${sql})`);
    return this;
  }

  #addConversation(conversation: string): void {
    this.#params.conversation = conversation;
    this.#addTerm(
      'conversation_term',
      conversationTerm(conversation),
      "(metadata['conversation_id'] = {conversation:String} OR trace_metadata['conversation_id'] = {conversation:String} OR session_id = {conversation:String})",
    );
  }

  /** `key:value`, split at the first colon; without a colon, traces that have the key. */
  #addMetadata(index: number, condition: string): void {
    const colon = condition.indexOf(':');
    const key = colon < 0 ? condition : condition.slice(0, colon);
    const [keyName, valueName] = [`metadata_key_${index}`, `metadata_value_${index}`];
    this.#params[keyName] = key;
    if (colon < 0) {
      this.#addTerm(`term_${index}`, keyTerm(key), `mapContains(metadata, {${keyName}:String})`);
      return;
    }
    const value = condition.slice(colon + 1);
    this.#params[valueName] = value;
    const found = `mapContains(metadata, {${keyName}:String}) AND metadata[{${keyName}:String}] = {${valueName}:String}`;
    this.#addTerm(`term_${index}`, pairTerm(key, value), found);
  }

  #addTerm(name: string, term: string, ofObservation: string): void {
    this.#params[name] = term;
    this.#sql.push(`(has(terms, {${name}:UInt64}) OR ${OVERFULL_SQL} ${ofObservation}))`);
  }

  #compare(sql: string, name: string, value: string | number | undefined): void {
    if (value === undefined) return;
    this.#params[name] = value;
    this.#sql.push(sql);
  }
}
