/**
 * The schema of a store is a folder of numbered SQL files (`store/<engine>/schema/0001-initial.sql`, …): files 1 to n make
 * a database of version n. A file that has been released is never edited; a change is the next file.
 *
 * How the files reach a running store, for every engine: `schema.gen.ts` beside them holds their texts as a module, so
 * that it is the same from sources, from `dist`, and in a bundled thread, and no build step has to copy anything. It is
 * generated and committed; `schema-files.test.ts` finds every folder with such files, fails where its module is missing
 * or out of date, and writes it with `npx vitest run packages/collector/src/store/schema-files.test.ts -u`.
 */

/** Texts by file name, as `schema.gen.ts` exports them. */
export type SchemaTexts = Readonly<Record<string, string>>;

/** One numbered file. */
export interface SchemaFile {
  /** From 1, without gaps. */
  readonly version: number;
  readonly name: string;
  /** Without comments and final semicolons, in order. */
  readonly statements: readonly string[];
}

/** The files in order of their numbers. */
export function readSchemaFiles(texts: SchemaTexts): SchemaFile[] {
  return Object.entries(texts)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, text]) => ({ version: Number.parseInt(name, 10), name, statements: splitStatements(text) }));
}

/** A statement ends with a semicolon at the end of a line; a line that begins with `--` is a comment. */
export function splitStatements(text: string): string[] {
  const code = text
    .split(/\r?\n/)
    .filter((line) => !line.trimStart().startsWith('--'))
    .join('\n');
  return code
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
