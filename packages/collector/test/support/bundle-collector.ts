/** Bundles `src/main.ts` and the store's thread, so that a plain Node process can run them without a build. */
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const SOURCE = fileURLToPath(new URL('../../src/', import.meta.url));
/** Below the package, so that bare imports find the workspace's modules. */
const CACHE_DIRECTORY = fileURLToPath(new URL('../../node_modules/.cache/slipstream/', import.meta.url));

const keepNpmPackagesOutside: Plugin = {
  name: 'keep-npm-packages-outside',
  setup(setup) {
    setup.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || path.startsWith('@slipstream/') ? undefined : { path, external: true },
    );
  },
};

export interface BundledCollector {
  /** To be run by `node`. */
  readonly mainPath: string;
  remove(): Promise<void>;
}

export async function bundleCollector(): Promise<BundledCollector> {
  await mkdir(CACHE_DIRECTORY, { recursive: true });
  const directory = await mkdtemp(join(CACHE_DIRECTORY, 'collector-'));
  await build({
    entryPoints: {
      main: join(SOURCE, 'main.ts'),
      worker: join(SOURCE, 'store/duckdb/worker.ts'),
      'clickhouse-worker': join(SOURCE, 'store/clickhouse/clickhouse-worker.ts'),
    },
    outdir: directory,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['slipstream-source'],
    outExtension: { '.js': '.mjs' },
    plugins: [keepNpmPackagesOutside],
    logLevel: 'silent',
  });
  // Below `node_modules` a file's format is not taken from the package around it.
  await writeFile(join(directory, 'package.json'), '{ "type": "module" }');
  // A store looks for its thread under the name that a build gives it.
  for (const name of ['worker', 'clickhouse-worker']) {
    await rename(join(directory, `${name}.mjs`), join(directory, `${name}.js`));
  }
  return { mainPath: join(directory, 'main.mjs'), remove: () => rm(directory, { recursive: true, force: true }) };
}
