import type { AnyValue, KeyValue } from '../otlp/messages.js';
import { encodeBase64 } from '../text/base64.js';

/** A value as text: a string as it is, anything else as JSON. */
export function anyValueToText(value: AnyValue): string {
  return typeof value === 'string' ? value : anyValueToJson(value);
}

/**
 * A value as JSON text: integers as all their digits, bytes as a base64 string, and the doubles that JSON lacks as the
 * strings `NaN`, `Infinity`, `-Infinity`.
 */
export function anyValueToJson(value: AnyValue): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`;
    case 'boolean':
    case 'bigint':
      return String(value);
    default:
      return value === null ? 'null' : structureToJson(value);
  }
}

function structureToJson(value: Exclude<AnyValue, string | number | boolean | bigint | null>): string {
  if (value instanceof Uint8Array) return `"${encodeBase64(value)}"`;
  if (Array.isArray(value)) return `[${value.map(anyValueToJson).join(',')}]`;
  return keyValuesToJson(value.entries);
}

/** A JSON object of entries in their order. */
export function keyValuesToJson(entries: readonly KeyValue[]): string {
  return jsonObject(entries.map(({ key, value }) => [key, anyValueToJson(value)]));
}

/** A JSON object out of values that are JSON text already. */
export function jsonObject(members: Iterable<readonly [string, string]>): string {
  const parts: string[] = [];
  for (const [key, json] of members) parts.push(`${JSON.stringify(key)}:${json}`);
  return `{${parts.join(',')}}`;
}
