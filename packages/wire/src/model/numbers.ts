import type { AnyValue } from '../otlp/messages.js';
import { anyValueToText } from './any-value-text.js';
import type { AttributeMap } from './attribute-map.js';
import type { JsonObject } from './json-text.js';

/** How deep a usage or cost object is read; providers nest once. */
const MAX_NESTING = 3;

/** A count or amount: finite and not negative, as a number or the text of one; `undefined` for anything else. */
export function parseAmount(value: AnyValue): number | undefined {
  if (value === null || value === '' || typeof value === 'boolean') return undefined;
  const amount = typeof value === 'number' ? value : Number(anyValueToText(value));
  return Number.isFinite(amount) && amount >= 0 ? amount : undefined;
}

/** The amounts in a JSON object by name; those of nested objects by `outer.inner`. */
export function flattenNumbers(object: JsonObject): Map<string, number> {
  const amounts = new Map<string, number>();
  addNumbers(amounts, object, '', 1);
  return amounts;
}

function addNumbers(amounts: Map<string, number>, object: JsonObject, prefix: string, nesting: number): void {
  for (const [name, value] of Object.entries(object)) {
    if (typeof value === 'number' || typeof value === 'string') {
      const amount = parseAmount(value);
      if (amount !== undefined) amounts.set(prefix + name, amount);
    } else if (typeof value === 'object' && value !== null && !Array.isArray(value) && nesting < MAX_NESTING) {
      addNumbers(amounts, value, `${prefix}${name}.`, nesting + 1);
    }
  }
}

/** Takes the amounts out whose key has one of the prefixes, by what follows it. A key given first wins. */
export function takeNumbers(
  attributes: AttributeMap,
  prefixes: readonly string[],
  accepts: (name: string) => boolean,
): Map<string, number> {
  const amounts = new Map<string, number>();
  for (const [key, value] of attributes.entries()) {
    const prefix = prefixes.find((candidate) => key.startsWith(candidate));
    if (prefix === undefined) continue;
    const name = key.slice(prefix.length);
    const amount = accepts(name) ? parseAmount(value) : undefined;
    if (amount === undefined) continue;
    if (!amounts.has(name)) amounts.set(name, amount);
    attributes.remove(key);
  }
  return amounts;
}
