import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { LabProcessError } from '../errors.js';
import { findEsbuild } from '../esbuild.js';
import type { Metrics } from '../sample/protocol.js';
import { startSinkProcess } from './sink-process.js';

/** Numbers of the design that no sample process can take: of the SDK as a file, of the collector as a program. */
export type OwnFigure = 'sdk-size' | 'collector-ready';

const READY_LIMIT_MS = 30_000;
const ASK_EVERY_MS = 10;
const BYTES_PER_KB = 1_024;

/** Takes one of them. */
export function takeOwnFigure(figure: OwnFigure, collectorModule: string): Promise<Metrics> {
  return figure === 'sdk-size' ? measureSdkSize() : measureCollectorReady(collectorModule);
}

interface BundleFile {
  /** Absent where it holds what several entries share. */
  readonly entryPoint?: string;
  /** By their path from the working directory. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

const ENTRY = 'sdk-entry';

/** What importing the SDK loads, the worker's source included: each file minified and gzipped. */
async function measureSdkSize(): Promise<Metrics> {
  const esbuild = await findEsbuild();
  if (esbuild === undefined) throw new LabProcessError('there is no esbuild to bundle the SDK with');
  const directory = dirname(fileURLToPath(import.meta.url));
  const { metafile } = (await esbuild.build({
    stdin: { contents: "export * from '@slipstream/sdk';", resolveDir: directory, sourcefile: ENTRY },
    absWorkingDir: directory,
    outdir: directory,
    bundle: true,
    // What is only imported when it is needed goes into files of its own, which are not looked at.
    splitting: true,
    metafile: true,
    write: false,
    format: 'esm',
    platform: 'node',
  })) as { readonly metafile: { readonly outputs: Readonly<Record<string, BundleFile>> } };
  const entry = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint === ENTRY);
  const files = Object.keys(entry?.inputs ?? {}).filter((path) => path !== ENTRY);
  if (files.length === 0) throw new LabProcessError('the SDK is not built: run npm run build');
  let bytes = 0;
  for (const path of files) {
    const source = await readFile(join(directory, path), 'utf8');
    const { code } = await esbuild.transform(source, { minify: true, format: 'esm' });
    bytes += gzipSync(code, { level: 9 }).length;
  }
  return { sdkGzipKb: bytes / BYTES_PER_KB, sdkDependencies: await countDependencies() };
}

async function countDependencies(): Promise<number> {
  const require = createRequire(import.meta.url);
  const manifest = join(dirname(dirname(require.resolve('@slipstream/sdk'))), 'package.json');
  const { dependencies } = JSON.parse(await readFile(manifest, 'utf8')) as {
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  return Object.keys(dependencies ?? {}).length;
}

/** From the start of the collector's process, on an empty directory, until `/ready` says so. */
async function measureCollectorReady(collectorModule: string): Promise<Metrics> {
  const begin = performance.now();
  const collector = await startSinkProcess(collectorModule);
  try {
    while (!(await isReady(collector.url))) {
      if (performance.now() - begin > READY_LIMIT_MS) throw new LabProcessError('the collector was never ready');
      await sleep(ASK_EVERY_MS);
    }
    return { collectorReadyMs: performance.now() - begin };
  } finally {
    await collector.stop();
  }
}

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(`${url}/ready`);
  await response.arrayBuffer();
  return response.ok;
}
