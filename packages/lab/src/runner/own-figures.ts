import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { LabProcessError } from '../errors.js';
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

/** The part of esbuild that is used: a tool of this repository. */
interface Esbuild {
  build(options: Readonly<Record<string, unknown>>): Promise<{
    readonly metafile: { readonly outputs: Readonly<Record<string, BundleFile>> };
  }>;
  transform(source: string, options: Readonly<Record<string, unknown>>): Promise<{ readonly code: string }>;
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
  const require = createRequire(import.meta.url);
  const { build, transform } = (await import(pathToFileURL(require.resolve('esbuild')).href)) as Esbuild;
  const directory = dirname(fileURLToPath(import.meta.url));
  const { metafile } = await build({
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
  });
  const entry = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint === ENTRY);
  const files = Object.keys(entry?.inputs ?? {}).filter((path) => path !== ENTRY);
  if (files.length === 0) throw new LabProcessError('the SDK is not built: run npm run build');
  let bytes = 0;
  for (const path of files) {
    const { code } = await transform(await readFile(join(directory, path), 'utf8'), { minify: true, format: 'esm' });
    bytes += gzipSync(code, { level: 9 }).length;
  }
  return { sdkGzipKb: bytes / BYTES_PER_KB, sdkDependencies: await countDependencies(require) };
}

async function countDependencies(require: NodeJS.Require): Promise<number> {
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
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
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
