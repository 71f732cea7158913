import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readSchemaFiles, splitStatements } from './schema-files.js';

const STORE = fileURLToPath(new URL('.', import.meta.url));

/** Every folder `store/<engine>/schema` with SQL files in it. */
const folders = readdirSync(STORE, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => join(name, 'schema'))
  .filter((folder) => sqlFiles(folder).length > 0);

function sqlFiles(folder: string): string[] {
  try {
    return readdirSync(join(STORE, folder))
      .filter((name) => name.endsWith('.sql'))
      .sort();
  } catch {
    // A folder of the store that has no schema.
    return [];
  }
}

function textOf(folder: string, name: string): string {
  return readFileSync(join(STORE, folder, name), 'utf8').replaceAll('\r\n', '\n');
}

/** Template literals, so that the module reads like the files. */
function moduleOf(folder: string): string {
  const members = sqlFiles(folder).map((name) => {
    const text = textOf(folder, name).replace(/[\\`]|\$\{/g, '\\$&');
    return `  '${name}': \`${text}\`,\n`;
  });
  return `// Generated from the SQL files beside it; see store/schema-files.ts for how to write it anew.
import type { SchemaTexts } from '../../schema-files.js';

export const SCHEMA_TEXTS: SchemaTexts = {
${members.join('')}};
`;
}

describe.each(folders)('%s', (folder) => {
  test('is in its module as it stands in its files', async () => {
    await expect(moduleOf(folder)).toMatchFileSnapshot(join(STORE, folder, 'schema.gen.ts'));
  });

  test('is numbered from 1 without gaps', () => {
    const files = readSchemaFiles(Object.fromEntries(sqlFiles(folder).map((name) => [name, textOf(folder, name)])));
    expect(files.map(({ version }) => version)).toEqual(files.map((_, index) => index + 1));
    for (const { name, statements } of files) {
      expect(name).toMatch(/^\d{4}-[a-z0-9-]+\.sql$/);
      expect(statements).not.toEqual([]);
    }
  });
});

test('a file is split at semicolons that end a line, and comments are left out', () => {
  const text =
    "-- one;\nCREATE TABLE a (b TEXT DEFAULT 'x;y');\n\n  -- two\nINSERT INTO a\nVALUES (';');  \r\nSELECT 1";
  expect(splitStatements(text)).toEqual([
    "CREATE TABLE a (b TEXT DEFAULT 'x;y')",
    "INSERT INTO a\nVALUES (';')",
    'SELECT 1',
  ]);
});
