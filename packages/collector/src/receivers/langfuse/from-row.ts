import type { ObservationRow } from '@slipstream/query-api';
import { ATTRIBUTE } from '@slipstream/wire';
import { rootSpanIdOf } from './ids.js';
import type { EntityKey, EntityState, Field } from './patch.js';

/** Under which the model keeps attributes that it has no place for. */
const PUBLIC_KEY = `attributes.${ATTRIBUTE.tracePublic}`;

/** What a stored observation says, as a state that more events can be merged into. */
export function stateOfRow(key: EntityKey, row: ObservationRow): EntityState {
  const isTrace = key.kind === 'trace';
  const fields = new Map<Field, string>();
  const add = (field: Field, value: string | null): void => {
    if (value !== null && value !== '') fields.set(field, value);
  };
  add('type', row.type);
  add('name', isTrace ? (row.trace_name ?? row.name) : row.name);
  if (row.parent_span_id !== rootSpanIdOf(row.trace_id)) add('parentSpanId', row.parent_span_id);
  add('startNs', row.start_ns);
  add('endNs', row.end_ns);
  add('input', row.input);
  add('output', row.output);
  add('level', row.level === 'DEFAULT' ? null : row.level);
  add('statusMessage', row.status_message);
  addModelFields(add, row);
  add('version', row.version);
  add('environment', row.environment);
  add('release', row.release);
  add('userId', row.user_id);
  add('sessionId', row.session_id);
  const metadata = new Map(Object.entries(isTrace ? row.trace_metadata : row.metadata));
  add('isPublic', row.metadata[PUBLIC_KEY] ?? null);
  metadata.delete(PUBLIC_KEY);
  const rank = { isUpdate: !isTrace && row.end_ns !== null, atMs: row.revision };
  return { ...key, fields, metadata, tags: row.tags, rank, revision: row.revision };
}

function addModelFields(add: (field: Field, value: string | null) => void, row: ObservationRow): void {
  add('model', row.model);
  add('modelParameters', row.model_parameters);
  add('usageDetails', amounts(row.usage_details));
  // A cost that was computed is computed again; passed on, it would count as the sender's.
  add('costDetails', row.cost_source === 'reported' ? amounts(row.cost_details) : null);
  add('completionStartNs', row.completion_start_ns);
  add('promptName', row.prompt_name);
  add('promptVersion', row.prompt_version);
}

function amounts(details: Readonly<Record<string, number>>): string | null {
  return Object.keys(details).length === 0 ? null : JSON.stringify(details);
}
