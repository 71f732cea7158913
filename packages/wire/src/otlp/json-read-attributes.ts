import { WireError } from '../errors.js';
import { decodeBase64 } from '../text/base64.js';
import { toWellFormed } from '../text/well-formed.js';
import { arrayField, asObject, type JsonMembers, member, parseInt64, stringField } from './json-fields.js';
import type { AnyValue, KeyValue } from './messages.js';
import type { ReadBudget } from './read-budget.js';

type ValueReader = (value: unknown, budget: ReadBudget, depth: number) => AnyValue;

/** Members of the oneof, by their JSON names. */
const VALUE_READERS: readonly (readonly [string, ValueReader])[] = [
  ['stringValue', readStringValue],
  ['boolValue', readBoolValue],
  ['intValue', (value) => parseInt64(value, 'intValue')],
  ['doubleValue', readDoubleValue],
  ['arrayValue', readArrayValue],
  ['kvlistValue', readKeyValueList],
  ['bytesValue', readBytesValue],
];

/** Reads an `AnyValue`: the first member of the oneof that is there, or `null` where there is none. */
function readAnyValue(value: unknown, budget: ReadBudget, depth: number): AnyValue {
  budget.countNode();
  if (value === undefined || value === null) return null;
  const object = asObject(value, 'an attribute value');
  for (const [key, read] of VALUE_READERS) {
    const inner = member(object, key);
    if (inner !== undefined) return read(inner, budget, depth);
  }
  return null;
}

function readStringValue(value: unknown): string {
  if (typeof value !== 'string') throw new WireError('json_type', 'stringValue must be a string');
  return toWellFormed(value);
}

function readBoolValue(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new WireError('json_type', 'boolValue must be true or false');
  return value;
}

const DOUBLE_TEXT = /^(?:NaN|-?Infinity|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;

/** A number, or as text what JSON has no number for. */
function readDoubleValue(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !DOUBLE_TEXT.test(value)) {
    throw new WireError('json_type', 'doubleValue must be a number, "NaN", "Infinity" or "-Infinity"');
  }
  return Number(value);
}

function readBytesValue(value: unknown): Uint8Array {
  const bytes = typeof value === 'string' ? decodeBase64(value) : undefined;
  if (bytes === undefined) throw new WireError('json_type', 'bytesValue must be base64');
  return bytes;
}

function readArrayValue(value: unknown, budget: ReadBudget, depth: number): AnyValue[] {
  budget.checkDepth(depth + 1);
  const elements = arrayField(asObject(value, 'arrayValue'), 'values');
  return elements.map((element) => readAnyValue(element, budget, depth + 1));
}

function readKeyValueList(value: unknown, budget: ReadBudget, depth: number): AnyValue {
  budget.checkDepth(depth + 1);
  const entries = arrayField(asObject(value, 'kvlistValue'), 'values');
  return { entries: entries.map((entry) => readKeyValue(entry, budget, depth + 1)) };
}

function readKeyValue(value: unknown, budget: ReadBudget, depth: number): KeyValue {
  const object = asObject(value, 'an attribute');
  return { key: stringField(object, 'key'), value: readAnyValue(member(object, 'value'), budget, depth) };
}

/**
 * Reads the member `attributes`.
 * @throws WireError `too_many_attributes`, `too_deep`, `json_type`, `too_many_nodes`.
 */
export function readAttributes(object: JsonMembers, budget: ReadBudget): KeyValue[] {
  const attributes: KeyValue[] = [];
  for (const attribute of arrayField(object, 'attributes')) {
    budget.checkListCount(attributes.length, 'attributes');
    attributes.push(readKeyValue(attribute, budget, 0));
  }
  return attributes;
}
