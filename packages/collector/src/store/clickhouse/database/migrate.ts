import { setTimeout as delay } from 'node:timers/promises';
import { StoreError } from '../../errors.js';
import { readSchemaFiles } from '../../schema-files.js';
import { SCHEMA_TEXTS } from '../schema/schema.gen.js';
import type { EngineSettings } from '../settings.js';
import { Connection } from './connection.js';

const FILES = readSchemaFiles(SCHEMA_TEXTS);

/** Two collectors that start at once may meet in the same statement; each does nothing the second time. */
const ATTEMPTS = 5;
const PAUSE_MS = 200;

/** Which numbered files have been applied; more than one row a version is harmless. */
const VERSIONS_TABLE = `CREATE TABLE IF NOT EXISTS schema_versions (version UInt32, applied_at DateTime DEFAULT now())
ENGINE = MergeTree ORDER BY version`;

/**
 * Makes the database and applies the files that it lacks, without a lock: every statement may run again, and at the same
 * time elsewhere.
 *
 * @throws StoreError `store_schema_too_new`, and those of the connection
 */
export async function openDatabase(settings: EngineSettings): Promise<Connection> {
  const connection = new Connection(settings);
  try {
    await makeDatabase(settings, connection);
    await retry(() => connection.command({ sql: VERSIONS_TABLE }));
    const applied = await appliedVersion(connection);
    if (applied > FILES.length) {
      throw new StoreError(
        'store_schema_too_new',
        `the database has schema version ${applied}, and this collector knows ${FILES.length}: install a newer one`,
      );
    }
    for (const { version, statements } of FILES.slice(applied)) {
      for (const sql of statements) await retry(() => connection.command({ sql }));
      await connection.insert('schema_versions', ['version'], [JSON.stringify([version])]);
    }
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** A user who may not make databases may well have one: then the first look at it works. */
async function makeDatabase(settings: EngineSettings, connection: Connection): Promise<void> {
  const [row] = await anywhere(settings, (each) =>
    each.rows({
      sql: 'SELECT count() FROM system.databases WHERE name = {name:String}',
      params: { name: settings.database },
    }),
  );
  if (Number(row?.[0]) > 0) return;
  // The name is letters and digits, which the settings have made sure of: identifiers cannot be parameters here.
  await anywhere(settings, (each) => each.command({ sql: `CREATE DATABASE IF NOT EXISTS ${settings.database}` }));
  await connection.rows({ sql: 'SELECT 1' });
}

/** A request that names a database which is not there is refused, so this one goes to another. */
async function anywhere<T>(settings: EngineSettings, action: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = new Connection({ ...settings, database: 'default' });
  try {
    return await action(connection);
  } finally {
    await connection.close();
  }
}

async function appliedVersion(connection: Connection): Promise<number> {
  const [row] = await connection.rows({ sql: 'SELECT max(version) FROM schema_versions' });
  return Number(row?.[0] ?? 0);
}

async function retry(action: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await action();
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await delay(PAUSE_MS * attempt * (0.5 + Math.random()));
    }
  }
}
