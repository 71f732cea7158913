import { initialSchema } from './0001-initial.js';
import { scoresSchema } from './0002-scores.js';

/** Statements of each schema version, oldest first; a database of version n has had the first n applied. */
export const MIGRATIONS: readonly (readonly string[])[] = [initialSchema, scoresSchema];
