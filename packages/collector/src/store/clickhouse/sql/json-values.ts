/**
 * A value of an answer as the API gives it. ClickHouse writes 64-bit numbers as texts; those that JSON keeps exactly
 * become numbers.
 *
 * @param type ClickHouse's, such as `Array(Nullable(UInt64))`
 */
export function toJsonValue(value: unknown, type: string): unknown {
  if (value === null) return null;
  const [name, inner] = splitType(type);
  if (name === 'Nullable' || name === 'LowCardinality') return toJsonValue(value, inner);
  if (WIDE_INTEGER.test(name) && typeof value === 'string') return wholeNumber(value);
  if (name === 'Array' && Array.isArray(value)) return value.map((each) => toJsonValue(each, inner));
  if (name === 'Map' && typeof value === 'object') {
    const valueType = inner.slice(endOfFirst(inner) + 1).trim();
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toJsonValue(each, valueType)]));
  }
  return value;
}

const WIDE_INTEGER = /^U?Int(64|128|256)$/;

function wholeNumber(text: string): number | string {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

/** `Array(String)` is `Array` and `String`. */
function splitType(type: string): [name: string, inner: string] {
  const open = type.indexOf('(');
  return open < 0 ? [type, ''] : [type.slice(0, open), type.slice(open + 1, -1)];
}

/** The comma behind the first of several types. */
function endOfFirst(types: string): number {
  let depth = 0;
  for (const [index, sign] of [...types].entries()) {
    if (sign === '(') depth += 1;
    if (sign === ')') depth -= 1;
    if (sign === ',' && depth === 0) return index;
  }
  return types.length;
}
