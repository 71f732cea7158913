import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** The part of esbuild that is used; it is a tool of this repository and need not be there. */
export interface Esbuild {
  build(options: Readonly<Record<string, unknown>>): Promise<unknown>;
  transform(source: string, options: Readonly<Record<string, unknown>>): Promise<{ readonly code: string }>;
}

/** The lab's own esbuild, or the one of a project that a file belongs to; undefined where neither has one. */
export async function findEsbuild(...files: readonly string[]): Promise<Esbuild | undefined> {
  for (const from of [import.meta.url, ...files]) {
    try {
      const found = createRequire(from).resolve('esbuild');
      return (await import(pathToFileURL(found).href)) as Esbuild;
    } catch {
      // Not installed there: the next place is asked, and in the end the caller says what is missing.
    }
  }
  return undefined;
}
