import type { AnyValue } from '../otlp/messages.js';
import type { PromptLink, Reader } from './dialect.js';
import { takeIndexed } from './indexed-attributes.js';
import { parseJson } from './json-text.js';
import { flattenNumbers, parseAmount } from './numbers.js';
import type { ObservationType } from './observation.js';

/** A key that is read and stays an attribute, since it says more than the value that it is read for. */
export function kept(key: string): Reader<string> {
  return { keys: [key], note: 'stays an attribute', read: ({ attributes }) => attributes.peekText(key) };
}

/** The same for a key whose value need not be text. */
export function keptValue(key: string): Reader<AnyValue> {
  return {
    keys: [key],
    note: 'stays an attribute',
    read: ({ attributes }) => (attributes.has(key) ? attributes.peek(key) : undefined),
  };
}

/** What a sender took apart into attributes like `gen_ai.prompt.0.role`: the text of one JSON array. */
export function indexed(prefix: string): Reader<string> {
  return {
    keys: [`${prefix}N.*`],
    families: [prefix],
    read: ({ attributes }) => takeIndexed(attributes, prefix),
  };
}

/** A list whose items are JSON texts: one JSON list. */
export function jsonTexts(key: string): Reader<string> {
  return {
    keys: [key],
    read: ({ attributes }) => {
      const items = attributes.peek(key);
      const isList =
        Array.isArray(items) && items.every((item) => typeof item === 'string' && parseJson(item) !== undefined);
      const text = attributes.takeText(key);
      return isList && text !== undefined ? `[${items.join(',')}]` : text;
    },
  };
}

/** A key that senders set to an empty object where they have nothing to say. */
export function unlessEmptyObject(key: string): Reader<string> {
  return {
    keys: [key],
    note: 'unless it is `{}`',
    read: ({ attributes }) => (attributes.peekText(key) === '{}' ? undefined : attributes.takeText(key)),
  };
}

/** A key whose value names a kind of work, compared in lower case. It stays an attribute. */
export function kindOfWork(key: string, types: Readonly<Record<string, ObservationType>>): Reader<ObservationType> {
  const byValue = new Map(Object.entries(types));
  return {
    keys: [key],
    note: Object.entries(types)
      .map(([value, type]) => `${value} → ${type}`)
      .join(', '),
    read: ({ attributes }) => {
      const value = attributes.peekText(key);
      return value === undefined ? undefined : byValue.get(value.toLowerCase());
    },
  };
}

/** A value that follows from the mere presence of any of these keys. */
export function whereAny<Value extends ObservationType | true>(keys: readonly string[], value: Value): Reader<Value> {
  const read: Reader<Value>['read'] = ({ attributes }) => (keys.some((key) => attributes.has(key)) ? value : undefined);
  return value === true ? { keys, read } : { keys, note: `any → ${value}`, read };
}

/** True where a key has one of these values. */
export function whereValue(key: string, values: readonly string[]): Reader<true> {
  const known = new Set(values);
  return {
    keys: [key],
    note: values.join(', '),
    read: ({ attributes }) => (known.has(attributes.peekText(key) ?? '') ? true : undefined),
  };
}

/** Amounts of one key each, by what they are for; of two for one thing the first that is an amount counts. */
export function amounts(kinds: Readonly<Record<string, string>>): Reader<ReadonlyMap<string, number>> {
  const kindByKey = Object.entries(kinds);
  return {
    keys: kindByKey.map(([key]) => key),
    read: ({ attributes }) => {
      const found = new Map<string, number>();
      for (const [key, kind] of kindByKey) {
        const amount = parseAmount(attributes.peek(key) ?? null);
        if (amount === undefined || found.has(kind)) continue;
        found.set(kind, amount);
        attributes.remove(key);
      }
      return found.size === 0 ? undefined : found;
    },
  };
}

/** The numbers in the text of a JSON object, those of nested objects as `outer.inner`. */
export function jsonAmounts(key: string): Reader<ReadonlyMap<string, number>> {
  return {
    keys: [key],
    note: 'a JSON object',
    read: (source) => {
      const object = source.jsonObject(key);
      if (object === undefined) return undefined;
      source.attributes.remove(key);
      return flattenNumbers(object);
    },
  };
}

/** A moment that is given as time since the span's start. */
export function sinceStart(key: string, unit: 'ms' | 's'): Reader<bigint> {
  const unitNs = unit === 's' ? 1e9 : 1e6;
  return {
    keys: [key],
    note: unit === 's' ? 'seconds after the start' : 'milliseconds after the start',
    read: ({ attributes, span }) => {
      const elapsed = parseAmount(attributes.peek(key) ?? null);
      if (elapsed === undefined || elapsed * unitNs > Number.MAX_SAFE_INTEGER) return undefined;
      attributes.remove(key);
      const start = span.startTimeUnixNano === 0n ? span.endTimeUnixNano : span.startTimeUnixNano;
      return start + BigInt(Math.round(elapsed * unitNs));
    },
  };
}

/** A managed prompt's name and version under one key each. */
export function promptKeys(nameKey: string, versionKey: string): Reader<PromptLink> {
  return {
    keys: [nameKey, versionKey],
    read: ({ attributes }) => {
      const promptName = attributes.takeText(nameKey);
      const promptVersion = attributes.takeText(versionKey);
      return promptName === undefined && promptVersion === undefined ? undefined : { promptName, promptVersion };
    },
  };
}
