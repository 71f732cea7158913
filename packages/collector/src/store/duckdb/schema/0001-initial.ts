import { createTableSql } from './columns.js';
import { INSTANCE_COLUMNS } from './instance-columns.js';
import { METADATA_COLUMNS } from './metadata-columns.js';
import { OBSERVATION_COLUMNS } from './observation-columns.js';
import { TRACE_COLUMNS } from './trace-columns.js';

/**
 * Version 1. None of the large tables has a primary key: an index makes appends three times as dear and checkpoints
 * grow with the table. What a key would forbid is kept by the one writer (`intake/`).
 *
 * A new database gets the columns as they are declared today. So a later step that adds one says
 * `ADD COLUMN IF NOT EXISTS`, and the column stands last in its table, where ALTER puts it in an older database.
 */
export const initialSchema: readonly string[] = [
  createTableSql('observations', OBSERVATION_COLUMNS),
  createTableSql('running_observations', OBSERVATION_COLUMNS),
  createTableSql('metadata', METADATA_COLUMNS),
  createTableSql('traces', TRACE_COLUMNS),
  createTableSql('hot_traces', TRACE_COLUMNS),
  'CREATE VIEW all_traces AS SELECT * FROM hot_traces UNION ALL SELECT * FROM traces',
  'CREATE VIEW all_observations AS SELECT * FROM running_observations UNION ALL SELECT * FROM observations',
  createTableSql('instance_counts', INSTANCE_COLUMNS),
  'CREATE TABLE store_state (queue_cursor BIGINT NOT NULL, spans BIGINT NOT NULL)',
  'INSERT INTO store_state VALUES (0, 0)',
];
