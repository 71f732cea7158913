import type { TraceFilter } from '@slipstream/query-api';
import type { Query } from '../database/query-pool.js';
import { CONVERSATION_KEY } from '../intake/trace-state.js';
import { termOf } from '../schema/metadata-columns.js';

/** One condition of a filter that rows of the metadata table meet, as SQL about such a row. */
export interface MetadataCondition {
  /** Finds rows by one narrow column; some others may be among them. */
  readonly findSql: string;
  /** Tells about a found row whether it is meant. */
  readonly isSql: string;
  /** Rows from before there were terms; `undefined` where `findSql` finds them too. */
  readonly withoutTermSql: string | undefined;
  /** The session that meets the condition as well. */
  readonly sessionId: string | undefined;
  readonly values: NonNullable<Query['values']>;
}

/** Whether a filter asks for what only a look through the metadata can tell. */
export function needsMetadata({ conversation, metadata }: TraceFilter): boolean {
  return conversation !== undefined || (metadata !== undefined && metadata.length > 0);
}

export function metadataConditionsOf({ conversation, metadata = [] }: TraceFilter): readonly MetadataCondition[] {
  const conditions = metadata.map((condition, index) => metadataCondition(condition, `metadata_${index}`));
  if (conversation === undefined) return conditions;
  const ofConversation = valueCondition(CONVERSATION_KEY, conversation, 'conversation');
  return [{ ...ofConversation, sessionId: conversation }, ...conditions];
}

/** `key:value`, split at the first colon; without a colon, rows that have the key. */
function metadataCondition(condition: string, name: string): MetadataCondition {
  const colon = condition.indexOf(':');
  if (colon >= 0) return valueCondition(condition.slice(0, colon), condition.slice(colon + 1), name);
  return {
    findSql: `key = $${name}_key`,
    isSql: 'TRUE',
    withoutTermSql: undefined,
    sessionId: undefined,
    values: { [`${name}_key`]: condition },
  };
}

function valueCondition(key: string, value: string, name: string): MetadataCondition {
  const isSql = `key = $${name}_key AND value = $${name}_value`;
  return {
    findSql: `term = $${name}_term`,
    isSql,
    withoutTermSql: `term IS NULL AND ${isSql}`,
    sessionId: undefined,
    values: { [`${name}_key`]: key, [`${name}_value`]: value, [`${name}_term`]: termOf(key, value) },
  };
}
