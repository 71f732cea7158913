import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import { expect, test } from 'vitest';
import { median } from '../src/statistics/quantile.js';

const SDK = fileURLToPath(new URL('../../sdk/', import.meta.url));
const SIZE_LIMIT_BYTES = 40 * 1024;
/** It is about 2; OpenTelemetry and dd-trace are above 20. */
const IMPORT_RATIO_LIMIT = 4;
const IMPORT_ROUNDS = 7;

interface SdkManifest {
  readonly exports: Readonly<Record<string, { readonly 'slipstream-source': string }>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(`${SDK}package.json`, 'utf8')) as SdkManifest;
const entries = Object.entries(manifest.exports).map(([name, conditions]): [string, string] => [
  name,
  conditions['slipstream-source'].replace('./', ''),
]);

/** What an application loads with an entry: its file and all that it imports at once, each minified and gzipped. */
async function loadedSize(source: string): Promise<{ gzippedBytes: number; largest: string }> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: SDK,
    entryPoints: [source],
    outdir: 'unwritten',
    write: false,
    bundle: true,
    // What is imported later, if ever, lies in files of its own: the transport for runtimes without threads.
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['slipstream-source'],
    external: Object.keys(manifest.peerDependencies ?? {}),
    metafile: true,
    logLevel: 'silent',
  });
  const loaded = loadedAtOnce(metafile, source);
  const files = outputFiles.filter(({ path }) =>
    [...loaded].some((name) => path.endsWith(name.replace('unwritten/', ''))),
  );
  return {
    gzippedBytes: files.reduce((sum, { contents }) => sum + gzipSync(contents).length, 0),
    largest: largestInputs(metafile, loaded),
  };
}

function loadedAtOnce({ outputs }: Metafile, source: string): Set<string> {
  const first = Object.keys(outputs).find((name) => outputs[name]?.entryPoint === source);
  const loaded = new Set(first === undefined ? [] : [first]);
  // A set grows while it is walked.
  for (const name of loaded) {
    for (const { path, kind, external } of outputs[name]?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) loaded.add(path);
    }
  }
  return loaded;
}

function largestInputs({ outputs }: Metafile, loaded: ReadonlySet<string>): string {
  return [...loaded]
    .flatMap((name) => Object.entries(outputs[name]?.inputs ?? {}))
    .sort(([, left], [, right]) => right.bytesInOutput - left.bytesInOutput)
    .slice(0, 5)
    .map(([name, { bytesInOutput }]) => `${name} ${bytesInOutput}`)
    .join(', ');
}

test('the SDK has no runtime dependency', () => {
  expect(manifest.dependencies).toBeUndefined();
});

test.each(entries)('%s with the core is at most 40 KB, minified and gzipped', async (name, source) => {
  const { gzippedBytes, largest } = await loadedSize(source);
  expect(gzippedBytes).toBeGreaterThan(0);
  expect(gzippedBytes, `${name} is ${gzippedBytes} bytes; most of it, before gzip: ${largest}`).toBeLessThanOrEqual(
    SIZE_LIMIT_BYTES,
  );
});

/** CPU time of the process, which other work on the machine does not change as it does the time on the clock. */
function importCpuUs(...specifiers: string[]): number {
  const imports = specifiers.map((specifier) => `await import(${JSON.stringify(specifier)});`).join('');
  const script = `const begin = process.cpuUsage(); ${imports}
    const { user, system } = process.cpuUsage(begin);
    process.stdout.write(String(user + system));`;
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd, encoding: 'utf8' }));
}

test('importing the SDK takes at most four times what two modules of Node itself take', { timeout: 60_000 }, () => {
  const rounds = Array.from({ length: IMPORT_ROUNDS }, () => ({
    own: importCpuUs('@slipstream/sdk'),
    builtIn: importCpuUs('node:worker_threads', 'node:http'),
  }));
  const ratio = median(rounds.map(({ own }) => own)) / median(rounds.map(({ builtIn }) => builtIn));
  expect(ratio).toBeGreaterThan(0);
  expect(ratio).toBeLessThanOrEqual(IMPORT_RATIO_LIMIT);
});
