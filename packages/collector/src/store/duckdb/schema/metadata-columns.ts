import * as c from './columns.js';

export const METADATA_LEVELS = ['trace', 'observation'] as const;

/** One key and value, so that a filter by metadata scans two narrow columns instead of parsing JSON. */
export interface MetadataRow {
  readonly traceId: string;
  /** `''` at trace level. */
  readonly spanId: string;
  readonly level: (typeof METADATA_LEVELS)[number];
  readonly key: string;
  /** `undefined` for a value longer than any filter can ask for. */
  readonly value: string | undefined;
  /** Start of the observation that brought it; prunes by time. */
  readonly startUs: number;
}

export const METADATA_COLUMNS: readonly c.Column<MetadataRow>[] = [
  c.column('trace_id', 'traceId', c.text),
  c.column('span_id', 'spanId', c.text),
  c.column('level', 'level', c.oneOf(METADATA_LEVELS, 'observation')),
  c.column('key', 'key', c.text),
  c.column('value', 'value', c.optionalText),
  c.column('start_us', 'startUs', c.whole),
];
