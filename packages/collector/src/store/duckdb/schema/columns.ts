/**
 * How one field of a row is kept in one column. The numbered SQL files say which columns a table has; an array of columns
 * is the typed mapping of its rows, from which appender and row reader are made. A test holds both against each other.
 */

export type SqlType = 'VARCHAR' | 'BIGINT' | 'DOUBLE' | 'INTEGER';

/** What the database takes and gives for {@link SqlType}: VARCHAR string, BIGINT bigint, DOUBLE and INTEGER number. */
export type SqlValue = string | bigint | number | null;

export interface Codec<T> {
  readonly sqlType: SqlType;
  /** Whether the database keeps the value itself, and NULL for `undefined`: `encode` does nothing else then. */
  readonly isPlain?: true;
  encode(value: T): SqlValue;
  decode(value: SqlValue): T;
}

export interface Column<Row> {
  readonly name: string;
  readonly sqlType: SqlType;
  encode(row: Row): SqlValue;
  /** Sets the field that this column keeps. */
  decodeInto(draft: Partial<Row>, value: SqlValue): void;
}

/** A column that keeps `field` of `Row`. */
export function column<Row, Field extends keyof Row>(
  name: string,
  field: Field,
  codec: Codec<Row[Field]>,
): Column<Row> {
  return {
    name,
    sqlType: codec.sqlType,
    // Most columns keep a value as it is; without the second call they cost half.
    encode: codec.isPlain ? (row) => (row[field] as SqlValue | undefined) ?? null : (row) => codec.encode(row[field]),
    decodeInto: (draft, value) => {
      draft[field] = codec.decode(value);
    },
  };
}

/** The row as the database keeps it, in column order. */
export function toRow<Row>(columns: readonly Column<Row>[], row: Row): SqlValue[] {
  return columns.map((each) => each.encode(row));
}

/** The inverse of {@link toRow}. `columns` MUST cover every field of `Row` that the caller goes on to read. */
export function fromRow<Row>(columns: readonly Column<Row>[], values: readonly SqlValue[]): Row {
  const draft: Partial<Row> = {};
  for (const [index, each] of columns.entries()) each.decodeInto(draft, values[index] ?? null);
  return draft as Row;
}

export const text: Codec<string> = {
  sqlType: 'VARCHAR',
  isPlain: true,
  encode: (value) => value,
  decode: (value) => String(value ?? ''),
};

export const optionalText: Codec<string | undefined> = {
  sqlType: 'VARCHAR',
  isPlain: true,
  encode: (value) => value ?? null,
  decode: (value) => (value === null ? undefined : String(value)),
};

/** Nanoseconds since the epoch, below 2^63. */
export const nanos: Codec<bigint> = {
  sqlType: 'BIGINT',
  isPlain: true,
  encode: (value) => value,
  decode: (value) => (typeof value === 'bigint' ? value : 0n),
};

export const optionalNanos: Codec<bigint | undefined> = {
  sqlType: 'BIGINT',
  isPlain: true,
  encode: (value) => value ?? null,
  decode: (value) => (typeof value === 'bigint' ? value : undefined),
};

/** A whole number below 2^53, such as microseconds since the epoch. */
export const whole: Codec<number> = {
  sqlType: 'BIGINT',
  encode: (value) => BigInt(Math.trunc(value)),
  decode: (value) => Number(value ?? 0),
};

export const optionalWhole: Codec<number | undefined> = {
  sqlType: 'BIGINT',
  encode: (value) => (value === undefined ? null : BigInt(Math.trunc(value))),
  decode: (value) => (value === null ? undefined : Number(value)),
};

/** A whole number from 0, nearly always 0, which NULL stands for. */
export const revision: Codec<number> = {
  sqlType: 'BIGINT',
  encode: (value) => (value === 0 ? null : BigInt(value)),
  decode: (value) => Number(value ?? 0),
};

export const count: Codec<number> = {
  sqlType: 'INTEGER',
  isPlain: true,
  encode: (value) => value,
  decode: (value) => Number(value ?? 0),
};

export const optionalCount: Codec<number | undefined> = {
  sqlType: 'INTEGER',
  isPlain: true,
  encode: (value) => value ?? null,
  decode: (value) => (value === null ? undefined : Number(value)),
};

export const real: Codec<number> = {
  sqlType: 'DOUBLE',
  isPlain: true,
  encode: (value) => value,
  decode: (value) => Number(value ?? 0),
};

export const optionalReal: Codec<number | undefined> = {
  sqlType: 'DOUBLE',
  isPlain: true,
  encode: (value) => value ?? null,
  decode: (value) => (value === null ? undefined : Number(value)),
};

/** One of a fixed set of words; anything else that the database might hold reads as `fallback`. */
export function oneOf<T extends string>(words: readonly T[], fallback: T): Codec<T> {
  const known: ReadonlySet<string> = new Set(words);
  return {
    sqlType: 'VARCHAR',
    isPlain: true,
    encode: (value) => value,
    decode: (value) => (typeof value === 'string' && known.has(value) ? (value as T) : fallback),
  };
}

/**
 * A map as the text of a JSON object, written member by member: an object built for `JSON.stringify` costs five times
 * as much, and `__proto__` would need care.
 */
function mapCodec<Value>(writeValue: (value: Value) => string): Codec<ReadonlyMap<string, Value>> {
  return {
    sqlType: 'VARCHAR',
    encode: (map) => {
      if (map.size === 0) return null;
      let members = '';
      for (const [key, value] of map) {
        members += `${members === '' ? '{' : ','}${JSON.stringify(key)}:${writeValue(value)}`;
      }
      return `${members}}`;
    },
    decode: (value) => new Map(value === null ? [] : Object.entries(JSON.parse(String(value)) as object)),
  };
}

export const textMap: Codec<ReadonlyMap<string, string>> = mapCodec<string>((value) => JSON.stringify(value));
export const numberMap: Codec<ReadonlyMap<string, number>> = mapCodec<number>((value) => JSON.stringify(value));

export const textList: Codec<readonly string[]> = {
  sqlType: 'VARCHAR',
  encode: (list) => (list.length === 0 ? null : JSON.stringify(list)),
  decode: (value) => (value === null ? [] : (JSON.parse(String(value)) as string[])),
};
