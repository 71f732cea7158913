import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LabArgumentError } from '../errors.js';

/** A module that Node can load. */
export interface PreparedFile {
  readonly url: string;
  /** Removes what was made for it. */
  remove(): Promise<void>;
}

/** The part of esbuild that is used; it is a tool of this repository and need not be there. */
interface Esbuild {
  build(options: Readonly<Record<string, unknown>>): Promise<unknown>;
}

const TYPESCRIPT = new Set(['.ts', '.mts', '.cts', '.tsx']);

/**
 * Makes a file of the user's loadable: JavaScript as it is; TypeScript through esbuild where that is installed, else
 * as it is where Node itself strips types.
 *
 * @throws LabArgumentError where there is no such file, or nothing that can read its TypeScript
 */
export async function prepareFile(file: string): Promise<PreparedFile> {
  const path = resolve(file);
  if (!existsSync(path)) throw new LabArgumentError(`There is no file ${file}.`);
  const asItIs: PreparedFile = { url: pathToFileURL(path).href, remove: () => Promise.resolve() };
  if (!TYPESCRIPT.has(extname(path))) return asItIs;
  const esbuild = await findEsbuild(path);
  if (esbuild !== undefined) return stripTypes(path, esbuild);
  if (stripsTypesItself()) return asItIs;
  throw new LabArgumentError(
    `${file} is TypeScript, which Node ${process.versions.node} does not read: install esbuild beside it, use Node 24, or hand over the compiled JavaScript.`,
  );
}

function stripsTypesItself(): boolean {
  const { typescript } = process.features as { typescript?: false | string };
  return typeof typescript === 'string';
}

/** The lab's own esbuild, or the one of the project that the file belongs to. */
async function findEsbuild(path: string): Promise<Esbuild | undefined> {
  for (const from of [import.meta.url, path]) {
    try {
      const found = createRequire(from).resolve('esbuild');
      return (await import(pathToFileURL(found).href)) as Esbuild;
    } catch {
      // Not installed there: the next place is asked, and in the end the caller says what is missing.
    }
  }
  return undefined;
}

/** Beside the file, so that its packages and its `import.meta.url` are found from where they were. */
async function stripTypes(path: string, { build }: Esbuild): Promise<PreparedFile> {
  const name = `.${basename(path, extname(path))}-${randomBytes(4).toString('hex')}.lab.mjs`;
  const outfile = join(dirname(path), name);
  const remove = (): Promise<void> => rm(outfile, { force: true });
  try {
    await build({
      entryPoints: [path],
      outfile,
      // The project's own TypeScript is one module with it; packages stay what they are.
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      target: 'node20',
      logLevel: 'silent',
    });
  } catch (error) {
    await remove();
    throw new LabArgumentError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { url: pathToFileURL(outfile).href, remove };
}
