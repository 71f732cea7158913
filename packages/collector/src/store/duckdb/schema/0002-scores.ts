import { createTableSql } from './columns.js';
import { SCORE_COLUMNS } from './score-columns.js';

/** Version 2: scores. */
export const scoresSchema: readonly string[] = [createTableSql('scores', SCORE_COLUMNS)];
