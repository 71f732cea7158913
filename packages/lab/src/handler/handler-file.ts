import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LabArgumentError } from '../errors.js';
import { type Esbuild, findEsbuild } from '../esbuild.js';

/** A module that Node can load. */
export interface PreparedFile {
  readonly url: string;
  /** Removes what was made for it. */
  remove(): Promise<void>;
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
