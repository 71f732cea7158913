import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { dialectTables } from './dialect-guide.js';

const PAGE = new URL('../../../docs/guide/dialects.md', import.meta.url);
const START = '<!-- tables: made by UPDATE_GOLDEN=1 npx vitest run packages/wire/test/dialect-guide.test.ts -->';
const END = '<!-- end of tables -->';

test('the tables of the guide say what the code does', () => {
  const page = readFileSync(PAGE, 'utf8').replaceAll('\r\n', '\n');
  const [before, rest] = page.split(START);
  const [tables, after] = rest?.split(END) ?? [];
  const wanted = `\n\n${dialectTables()}\n\n`;
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(PAGE, [before, START, wanted, END, after].join(''));
  else expect(tables).toBe(wanted);
});
