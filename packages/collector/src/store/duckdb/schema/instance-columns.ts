import * as c from './columns.js';

/** Ended spans by the process that sent them: a row for each batch, added up when read and now and then for good. */
export interface InstanceRow {
  /** `service.instance.id`. */
  readonly instanceId: string;
  readonly spans: number;
  /** When the store stored them, by its own clock. */
  readonly seenUs: number;
}

export const INSTANCE_COLUMNS: readonly c.Column<InstanceRow>[] = [
  c.column('instance_id', 'instanceId', c.text),
  c.column('spans', 'spans', c.whole),
  c.column('seen_us', 'seenUs', c.whole),
];
