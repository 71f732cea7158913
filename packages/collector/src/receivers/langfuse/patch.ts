/**
 * What one event says of one entity, and what all events of it together say. An entity is an observation, or a trace
 * itself, which its root span carries.
 */

/** Everything but metadata and tags, each as text; times are nanoseconds since the epoch in decimal digits. */
export const FIELDS = [
  'type',
  'name',
  'parentSpanId',
  'startNs',
  'endNs',
  'input',
  'output',
  'level',
  'statusMessage',
  'model',
  'modelParameters',
  'usageDetails',
  'costDetails',
  'completionStartNs',
  'promptName',
  'promptVersion',
  'version',
  'environment',
  'release',
  'userId',
  'sessionId',
  'isPublic',
] as const;

export type Field = (typeof FIELDS)[number];
export type Fields = ReadonlyMap<Field, string>;

export interface EntityKey {
  readonly kind: 'observation' | 'trace';
  readonly traceId: string;
  readonly spanId: string;
}

/** Where an event stands in the order in which events count: creates before updates, each by their time. */
export interface EventRank {
  readonly isUpdate: boolean;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

export interface Patch extends EntityKey {
  readonly eventId: string;
  readonly rank: EventRank;
  readonly fields: Fields;
  readonly metadata: ReadonlyMap<string, string>;
  readonly tags: readonly string[];
}

export interface EntityState extends EntityKey {
  readonly fields: Fields;
  readonly metadata: ReadonlyMap<string, string>;
  readonly tags: readonly string[];
  /** Of the event that counts most so far. */
  readonly rank: EventRank;
  /** Of the version that was made durable last; 0 before the first. */
  readonly revision: number;
}

/** Below 0 where the first counts less than the second. */
export function compareRanks(first: EventRank, second: EventRank): number {
  return Number(first.isUpdate) - Number(second.isUpdate) || first.atMs - second.atMs;
}

/** Whether the entity has ended; what a trace says of itself never runs. */
export function isEnded({ kind, fields }: EntityState): boolean {
  return kind === 'trace' || fields.has('endNs');
}
