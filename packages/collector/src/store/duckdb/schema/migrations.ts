import { readSchemaFiles } from '../../schema-files.js';
import { SCHEMA_TEXTS } from './schema.gen.js';

/** Statements of each schema version, oldest first; a database of version n has had the first n applied. */
export const MIGRATIONS: readonly (readonly string[])[] = readSchemaFiles(SCHEMA_TEXTS).map(
  ({ statements }) => statements,
);
