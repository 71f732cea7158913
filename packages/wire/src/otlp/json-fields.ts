import { WireError } from '../errors.js';
import { toWellFormed } from '../text/well-formed.js';
import { isInt64, UINT64_MAX } from './int64.js';
import { normalizeParentId, SPAN_ID_BYTES, TRACE_ID_BYTES } from './read-span.js';

/** An object of a JSON body; only own members are read, so that no name reaches a prototype. */
export type JsonMembers = { readonly [key: string]: unknown };

const UINT32_MAX = 0xffffffff;
const INT32_MIN = -0x80000000;
const INT32_MAX = 0x7fffffff;

const DECIMAL = /^-?\d{1,20}$/;
const HEX = /^[0-9a-f]*$/i;

function wrongType(path: string, wanted: string): WireError {
  return new WireError('json_type', `${path} must be ${wanted}`);
}

/** A member; `null` is the same as absent, as in protobuf's JSON mapping. */
export function member(object: JsonMembers, key: string): unknown {
  return Object.hasOwn(object, key) ? (object[key] ?? undefined) : undefined;
}

/** @throws WireError `json_type`. */
export function asObject(value: unknown, path: string): JsonMembers {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongType(path, 'an object');
  return value as JsonMembers;
}

/** A message-valued member; an absent one is an empty message. */
export function objectField(object: JsonMembers, key: string): JsonMembers {
  const value = member(object, key);
  return value === undefined ? {} : asObject(value, key);
}

/** A repeated member; an absent one is empty. */
export function arrayField(object: JsonMembers, key: string): readonly unknown[] {
  const value = member(object, key);
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw wrongType(key, 'an array');
  return value;
}

export function stringField(object: JsonMembers, key: string): string {
  const value = member(object, key);
  if (value === undefined) return '';
  if (typeof value !== 'string') throw wrongType(key, 'a string');
  return toWellFormed(value);
}

export function uint32Field(object: JsonMembers, key: string): number {
  return integerField(object, key, 0, UINT32_MAX);
}

/** An enum: its number, never its name. */
export function enumField(object: JsonMembers, key: string): number {
  const value = member(object, key);
  if (typeof value === 'string') throw wrongType(key, 'the number of the enum value, not its name');
  return integerField(object, key, INT32_MIN, INT32_MAX);
}

export function integerField(object: JsonMembers, key: string, min: number, max: number): number {
  const value = member(object, key);
  if (value === undefined) return 0;
  const number = typeof value === 'string' && DECIMAL.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < min || number > max) {
    throw wrongType(key, `an integer from ${min} to ${max}`);
  }
  return number;
}

/** A 64-bit integer as a number or a decimal string. */
export function parseInt64(value: unknown, path: string): bigint {
  const integer = parseInteger(value);
  if (integer === undefined || !isInt64(integer)) throw wrongType(path, 'a 64-bit integer');
  return integer;
}

/** A fixed64 field, such as a time. */
export function fixed64Field(object: JsonMembers, key: string): bigint {
  const value = member(object, key);
  if (value === undefined) return 0n;
  const integer = parseInteger(value);
  if (integer === undefined || integer < 0n || integer > UINT64_MAX) throw wrongType(key, 'an unsigned 64-bit integer');
  return integer;
}

function parseInteger(value: unknown): bigint | undefined {
  if (typeof value === 'string') return DECIMAL.test(value) ? BigInt(value) : undefined;
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : undefined;
}

/** An id as lower-case hexadecimal; `''` where it is absent. */
function idField(object: JsonMembers, key: string, sizeBytes: number): string {
  const hex = stringField(object, key);
  if (hex !== '' && (hex.length !== sizeBytes * 2 || !HEX.test(hex))) {
    throw new WireError('invalid_id', `${key} is not ${sizeBytes * 2} hexadecimal digits`);
  }
  return hex.toLowerCase();
}

export function traceIdField(object: JsonMembers): string {
  return idField(object, 'traceId', TRACE_ID_BYTES);
}

export function spanIdField(object: JsonMembers): string {
  return idField(object, 'spanId', SPAN_ID_BYTES);
}

export function parentSpanIdField(object: JsonMembers): string {
  return normalizeParentId(idField(object, 'parentSpanId', SPAN_ID_BYTES));
}
