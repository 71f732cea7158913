import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { StoreError } from '../../errors.js';
import { MIGRATIONS } from '../schema/migrations.js';

const DATABASE_FILE = 'store.duckdb';

export interface DatabaseSettings {
  /** Folder of the database file and its write-ahead log; made where it is missing. */
  readonly directory: string;
  /** What the engine may hold in memory, in bytes; beyond it, it spills to the folder. */
  readonly memoryLimitBytes: number;
  /** Threads of one query. */
  readonly threads: number;
}

/** An open database at the newest schema. */
export interface Database {
  readonly instance: DuckDBInstance;
  /** The write-ahead log, where there is one. */
  readonly logPath: string;
  /** For everything that changes the database. */
  readonly writer: DuckDBConnection;
  close(): void;
}

/** @throws StoreError `store_locked`, `store_schema_too_new`, `store_open_failed` */
export async function openDatabase(settings: DatabaseSettings): Promise<Database> {
  const instance = await openInstance(settings);
  try {
    const writer = await instance.connect();
    await migrate(writer);
    return {
      instance,
      logPath: `${join(settings.directory, DATABASE_FILE)}.wal`,
      writer,
      close() {
        writer.closeSync();
        instance.closeSync();
      },
    };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

async function openInstance(settings: DatabaseSettings): Promise<DuckDBInstance> {
  const path = join(settings.directory, DATABASE_FILE);
  try {
    await mkdir(settings.directory, { recursive: true });
    return await DuckDBInstance.create(path, {
      threads: String(settings.threads),
      memory_limit: `${settings.memoryLimitBytes}B`,
      temp_directory: join(settings.directory, 'spill'),
      // An automatic checkpoint inside an append stalls it for seconds; `checkpointer.ts` does it at a chosen moment.
      checkpoint_threshold: '1TB',
      // Nothing on the wire and no query may make the engine fetch or load code.
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      // No statement may reach a file but the database and its spill folder, or change that.
      enable_external_access: 'false',
      lock_configuration: 'true',
      // After a removal the engine would rewrite whole row groups within a checkpoint, seconds in which nothing is taken
      // in. Without it a row group goes when its last row does, in milliseconds, and its room is used again.
      max_vacuum_tasks: '0',
      // A page is found by its narrow columns; the wide ones are read for its rows alone. The default stops at 50 rows.
      late_materialization_max_rows: '1000',
      // Queries name their order where it matters; keeping that of insertion costs memory.
      preserve_insertion_order: 'false',
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (/lock/i.test(reason)) {
      throw new StoreError('store_locked', `${path} is open in another process; stop that one or use another folder`, {
        cause: error,
      });
    }
    throw new StoreError('store_open_failed', `cannot open ${path}: ${reason}`, { cause: error });
  }
}

async function migrate(writer: DuckDBConnection): Promise<void> {
  await writer.run('CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, applied_us BIGINT)');
  const reader = await writer.runAndReadAll('SELECT coalesce(max(version), 0)::INTEGER FROM schema_migrations');
  const applied = Number(reader.getRowsJS()[0]?.[0] ?? 0);
  if (applied > MIGRATIONS.length) {
    throw new StoreError(
      'store_schema_too_new',
      `the database has schema version ${applied}, this version knows ${MIGRATIONS.length}; upgrade, or use another folder`,
    );
  }
  for (const [index, statements] of MIGRATIONS.entries()) {
    if (index < applied) continue;
    await writer.run('BEGIN');
    for (const statement of statements) await writer.run(statement);
    await writer.run('INSERT INTO schema_migrations VALUES ($1, $2)', [index + 1, BigInt(Date.now()) * 1000n]);
    await writer.run('COMMIT');
  }
}
