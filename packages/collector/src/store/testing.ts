/** For tests that run from TypeScript sources, where a thread cannot. Nothing in production imports this file. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const CACHE_DIRECTORY = fileURLToPath(new URL('../../node_modules/.cache/slipstream/', import.meta.url));

/** Under names that do not meet where a bundle puts both into one folder. */
const WORKER_SOURCES = {
  duckdb: fileURLToPath(new URL('./duckdb/worker.ts', import.meta.url)),
  clickhouse: fileURLToPath(new URL('./clickhouse/clickhouse-worker.ts', import.meta.url)),
};

/** Bundles a store's thread and gives the script's address, for `createDuckDbStore({ directory, workerUrl })`. */
export async function buildStoreWorker(kind: keyof typeof WORKER_SOURCES = 'duckdb'): Promise<URL> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [WORKER_SOURCES[kind]],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['slipstream-source'],
    plugins: [
      {
        name: 'keep-npm-packages-outside',
        setup(setup) {
          setup.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
            kind === 'entry-point' || path.startsWith('@slipstream/') ? undefined : { path, external: true },
          );
        },
      },
    ],
  });
  const code = outputFiles[0]?.text ?? '';
  // Named by its content: test files that run side by side may build it at the same time.
  const name = `${kind}-worker-${createHash('sha256').update(code).digest('hex').slice(0, 16)}`;
  const path = join(CACHE_DIRECTORY, `${name}.mjs`);
  if (!existsSync(path)) {
    await mkdir(CACHE_DIRECTORY, { recursive: true });
    const draft = join(CACHE_DIRECTORY, `${name}.${process.pid}.${performance.now()}.tmp`);
    await writeFile(draft, code);
    await rename(draft, path);
  }
  return pathToFileURL(path);
}
