import {
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBUnionValue,
  type DuckDBValue,
} from '@duckdb/node-api';

/**
 * A value of the engine as JSON has it: whole numbers beyond 2^53, numbers that JSON lacks, decimals and times as texts,
 * bytes as base64, lists as arrays, structures and maps as objects.
 */
export function toJsonValue(value: DuckDBValue): unknown {
  switch (typeof value) {
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'object':
      return value === null ? null : objectToJson(value);
    default:
      return value;
  }
}

function objectToJson(value: Exclude<DuckDBValue, string | number | bigint | boolean | null>): unknown {
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(toJsonValue);
  if (value instanceof DuckDBMapValue) {
    return Object.fromEntries(value.entries.map(({ key, value: each }) => [keyText(key), toJsonValue(each)]));
  }
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([key, each]) => [key, toJsonValue(each)]));
  }
  if (value instanceof DuckDBUnionValue) return toJsonValue(value.value);
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('base64');
  return String(value);
}

function keyText(key: DuckDBValue): string {
  const json = toJsonValue(key);
  return typeof json === 'string' ? json : JSON.stringify(json);
}

/** What a value takes as JSON, about, without writing it. */
export function jsonLength(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 8;
  let length = 2;
  for (const [key, each] of Object.entries(value)) length += key.length + jsonLength(each);
  return length;
}
