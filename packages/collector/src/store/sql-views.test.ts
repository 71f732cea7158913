import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { SQL_VIEWS } from './sql-views.js';

const GUIDE = fileURLToPath(new URL('../../../../docs/guide/sql.md', import.meta.url));

test('the guide lists every view with its columns', () => {
  const guide = readFileSync(GUIDE, 'utf8').replaceAll('\r\n', '\n');
  for (const { name, meaning, columns } of SQL_VIEWS) {
    const lines = columns.map((column) => `| \`${column.name}\` | ${column.type} | ${column.meaning} |`);
    expect(guide).toContain(
      `### \`${name}\`\n\n${meaning}\n\n| column | type | |\n|---|---|---|\n${lines.join('\n')}\n`,
    );
  }
});
