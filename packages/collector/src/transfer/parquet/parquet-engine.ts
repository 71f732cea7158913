import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/** What reading or writing one file may hold in memory. */
const MEMORY_LIMIT = '384MB';

/** An engine in memory that can read and write Parquet files in one folder, and touch nothing else. */
export interface ParquetEngine {
  readonly connection: DuckDBConnection;
  close(): void;
}

/**
 * Opens one. It works on threads of its own and of libuv's pool, one at a time.
 *
 * @param folder of temporary files; MUST be there
 */
export async function openParquetEngine(folder: string): Promise<ParquetEngine> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: MEMORY_LIMIT,
    temp_directory: folder,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    // Rows keep their order on one thread all the same, and row groups can be bounded by bytes.
    preserve_insertion_order: 'false',
  });
  const connection = await instance.connect();
  await connection.run(`SET allowed_directories = [${quote(folder)}]`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
  return {
    connection,
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** A path as a literal, where a parameter cannot stand. */
export function quote(path: string): string {
  return `'${path.replaceAll("'", "''")}'`;
}
