import { describe, expect, test } from 'vitest';
import type { Dialect, Target } from './dialect.js';
import { DIALECTS } from './engine.js';
import { ORDER } from './order.js';

const targets = Object.keys(ORDER) as Target[];

describe('the order of the dialects', () => {
  test.each(targets)('for %s names each dialect that has it, once, and no other', (target) => {
    const withTable = DIALECTS.filter((dialect) => dialect[target] !== undefined);
    expect(new Set(ORDER[target])).toEqual(new Set(withTable));
    expect(ORDER[target]).toHaveLength(withTable.length);
  });

  test('has a bit for each dialect', () => {
    expect(DIALECTS.length).toBeLessThanOrEqual(31);
    expect(new Set(DIALECTS.map(({ title }) => title)).size).toBe(DIALECTS.length);
  });
});

describe('the keys of a dialect', () => {
  const prefixes = [...new Set(DIALECTS.flatMap((dialect) => dialect.prefixes))];

  test('are told apart by prefixes of which none begins with another', () => {
    for (const prefix of prefixes) {
      expect(prefixes.filter((other) => other !== prefix && other.startsWith(prefix))).toEqual([]);
    }
  });

  test.each(DIALECTS.filter((dialect) => dialect.prefixes.length > 0))('of $title wake it', (dialect) => {
    for (const key of keysOf(dialect))
      expect(
        prefixes.some((prefix) => key.startsWith(prefix)),
        key,
      ).toBe(true);
  });
});

/** The keys that its rules take by name. */
function keysOf(dialect: Dialect): readonly string[] {
  return Object.entries(dialect).flatMap(([name, rules]) =>
    name !== 'title' && name !== 'prefixes' && Array.isArray(rules)
      ? rules.filter((rule) => typeof rule === 'string')
      : [],
  );
}
