import { compareRanks, type EntityState, type Field, type Fields, type Patch } from './patch.js';
import { mergeTexts } from './values.js';

/** Of one entity; more is refused, since each is an attribute of its span, and those are bounded. */
export const MAX_METADATA_KEYS = 1000;
export const MAX_TAGS = 1000;

export type MergeResult =
  | { readonly kind: 'merged'; readonly state: EntityState }
  /** The event says nothing that is not known. */
  | { readonly kind: 'unchanged'; readonly state: EntityState }
  | { readonly kind: 'refused'; readonly message: string };

/** An empty structure replaces nothing. */
const EMPTY_TEXTS = new Set(['{}', '[]']);

/** A state before its first event. */
export function emptyState({ kind, traceId, spanId, rank }: Patch): EntityState {
  return { kind, traceId, spanId, fields: new Map(), metadata: new Map(), tags: [], rank, revision: 0 };
}

/**
 * What is known of an entity with one event more. The value of the event that ranks higher counts, whatever the order of
 * arrival, so that an event that comes again changes nothing.
 */
export function mergePatch(state: EntityState, patch: Patch): MergeResult {
  const isStronger = compareRanks(patch.rank, state.rank) >= 0;
  const fields = mergeFields(state.fields, patch, isStronger);
  const metadata = mergeMetadata(state.metadata, patch.metadata, isStronger);
  const tags = [...new Set([...state.tags, ...patch.tags])];
  if (metadata.size > MAX_METADATA_KEYS) {
    return { kind: 'refused', message: `metadata would have more than ${MAX_METADATA_KEYS} keys` };
  }
  if (tags.length > MAX_TAGS) return { kind: 'refused', message: `there would be more than ${MAX_TAGS} tags` };
  const rank = isStronger ? patch.rank : state.rank;
  const isSame =
    state.revision > 0 &&
    tags.length === state.tags.length &&
    isSameMap(fields, state.fields) &&
    isSameMap(metadata, state.metadata);
  return { kind: isSame ? 'unchanged' : 'merged', state: { ...state, fields, metadata, tags, rank } };
}

function mergeFields(before: Fields, patch: Patch, isStronger: boolean): Fields {
  const fields = new Map(before);
  for (const [field, value] of patch.fields) {
    const known = before.get(field);
    if (known === undefined || isReplaced(field, known, value, patch, isStronger)) fields.set(field, value);
  }
  return fields;
}

function isReplaced(field: Field, known: string, value: string, patch: Patch, isStronger: boolean): boolean {
  switch (field) {
    case 'startNs':
      // A library that updates a trace gives it the time of the update.
      if (patch.kind === 'trace' || !patch.rank.isUpdate) return BigInt(value) < BigInt(known);
      return isStronger;
    case 'endNs':
      return patch.kind === 'trace' ? BigInt(value) > BigInt(known) : isStronger;
    case 'type':
      // `span-update` and `generation-update` serve all types of observations.
      return !patch.rank.isUpdate || (known === 'span' && value !== 'span');
    default:
      return isStronger && !EMPTY_TEXTS.has(value);
  }
}

function mergeMetadata(
  before: ReadonlyMap<string, string>,
  given: ReadonlyMap<string, string>,
  isStronger: boolean,
): ReadonlyMap<string, string> {
  const metadata = new Map(before);
  for (const [key, value] of given) {
    const known = metadata.get(key);
    if (known === undefined) metadata.set(key, value);
    else metadata.set(key, isStronger ? mergeTexts(known, value) : mergeTexts(value, known));
  }
  return metadata;
}

function isSameMap<K, V>(first: ReadonlyMap<K, V>, second: ReadonlyMap<K, V>): boolean {
  if (first.size !== second.size) return false;
  for (const [key, value] of first) if (second.get(key) !== value) return false;
  return true;
}
