import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as c from '../schema/columns.js';
import { TableAppender } from './table-appender.js';

interface Row {
  readonly text: string;
  readonly maybe: string | undefined;
  readonly nanos: bigint | undefined;
  readonly real: number | undefined;
  readonly count: number | undefined;
}

const COLUMNS: readonly c.Column<Row>[] = [
  c.column('text', 'text', c.text),
  c.column('maybe', 'maybe', c.optionalText),
  c.column('nanos', 'nanos', c.optionalNanos),
  c.column('real', 'real', c.optionalReal),
  c.column('count', 'count', c.optionalCount),
];

const SELECT = 'SELECT "text", maybe, nanos, "real", "count" FROM t ORDER BY rowid';

async function openTable() {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run('CREATE TABLE t ("text" VARCHAR, maybe VARCHAR, nanos BIGINT, "real" DOUBLE, "count" INTEGER)');
  const appender = new TableAppender(connection, 't', COLUMNS);
  return {
    appender,
    async rows(): Promise<Row[]> {
      const reader = await connection.runAndReadAll(SELECT);
      return reader.getRows().map((values) => c.fromRow(COLUMNS, values as c.SqlValue[]));
    },
    async empty() {
      await connection.run('DELETE FROM t');
    },
    close() {
      appender.close();
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Of every length around the bound of what the engine keeps inline, in one to four bytes a character, with repeats. */
const text = fc.oneof(
  fc.constantFrom('', 'a', 'generation', 'twelve bytes', 'thirteen byte', 'b2f1c0d4e5a697881234567890abcdef'),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.tuple(fc.constantFrom('x', 'ế', '语', '🙂', '\u0000'), fc.integer({ min: 1, max: 5000 })).map(([one, times]) => {
    return one.repeat(times);
  }),
);
const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const row: fc.Arbitrary<Row> = fc.record({
  text,
  maybe: optional(text),
  nanos: optional(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  real: optional(fc.double({ noNaN: true })),
  count: optional(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
});

describe('rows appended in columns', () => {
  it('come back as they were', async () => {
    const table = await openTable();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(row, { maxLength: 130 }), { maxLength: 4 }), async (slices) => {
        await table.empty();
        for (const slice of slices) await table.appender.append(slice);
        table.appender.flush();
        expect(await table.rows()).toEqual(slices.flat());
      }),
      { numRuns: 150 },
    );
    table.close();
  });

  it('may be more than a chunk holds, with texts of megabytes among them', async () => {
    const table = await openTable();
    const rows = Array.from({ length: 5000 }, (_, index): Row => {
      const isHuge = index % 1700 === 3;
      return {
        text: isHuge ? 'Đ'.repeat(3_000_000) : `text number ${index % 7} of some length`,
        maybe: index % 3 === 0 ? undefined : `${index}`,
        nanos: BigInt(index),
        real: undefined,
        count: index,
      };
    });
    await table.appender.append(rows);
    await table.appender.append(rows.slice(0, 10));
    table.appender.flush();
    const stored = await table.rows();
    expect(stored.length).toBe(5010);
    expect(
      stored.every((one, index) => one.text === rows[index % 5000]?.text && one.maybe === rows[index % 5000]?.maybe),
    ).toBe(true);
    table.close();
  });

  it('makes half of a surrogate pair a replacement character', async () => {
    const table = await openTable();
    const broken = `${'long enough for a pointer '}\ud83d`;
    await table.appender.append([{ text: '\ud83d', maybe: broken, nanos: 1n, real: 1, count: 1 }]);
    table.appender.flush();
    expect(await table.rows()).toEqual([
      { text: '\ufffd', maybe: 'long enough for a pointer \ufffd', nanos: 1n, real: 1, count: 1 },
    ]);
    table.close();
  });

  it('leave nothing behind of what was forgotten', async () => {
    const table = await openTable();
    const one: Row = { text: 'forgotten, and long enough', maybe: undefined, nanos: 1n, real: 1, count: 1 };
    await table.appender.append([one, one]);
    table.appender.reset();
    const other: Row = { text: 'kept, and long enough too', maybe: 'there', nanos: 2n, real: 2, count: 2 };
    await table.appender.append([other]);
    table.appender.flush();
    expect(await table.rows()).toEqual([other]);
    table.close();
  });
});
