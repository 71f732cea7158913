import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { DROP_REASONS } from '../src/ring/layout.js';

const guide = readFileSync(fileURLToPath(new URL('../../../docs/guide/lifecycle.md', import.meta.url)), 'utf8');
const [, table = ''] = guide.split('## What can be lost, and when');
const rows = table
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2);

describe('the table of what can be lost', () => {
  it.each(rows)('names tests that exist: %s', (row) => {
    const named = row.split('|').at(-2) ?? '';
    const proofs = named.split(';').map((proof) => /`([^`]+)`: (.+)/.exec(proof.trim()) ?? []);
    for (const [, file = '', title = ''] of proofs) {
      const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
      expect(file !== '' && existsSync(path), `${file} in ${named}`).toBe(true);
      expect(readFileSync(path, 'utf8')).toContain(title.trim());
    }
  });

  it('has a row for each reason for which spans are dropped', () => {
    // What cannot be copied is the application's value, and a guide on captured values has that.
    const reasons = Object.keys(DROP_REASONS).filter((reason) => reason !== 'copy_error');
    expect(reasons.filter((reason) => !rows.some((row) => row.includes(`\`${reason}\``)))).toEqual([]);
  });
});
